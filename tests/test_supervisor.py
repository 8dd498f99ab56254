"""The supervisor with children that misbehave."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import supervisor
from bot.supervisor import Child, Supervisor


def run(child: Child, tmp_path: Path, *, seconds: float = 60) -> tuple[int, list[str]]:
    said: list[str] = []

    async def go() -> int:
        keeper = Supervisor([child], say=said.append, cwd=str(tmp_path))
        return await asyncio.wait_for(keeper.run(lambda: None), seconds)

    return asyncio.run(go()), said


def test_a_child_that_keeps_dying_stops_everything_with_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.01,))
    code, said = run(Child("broken", ("no-such-verb",)), tmp_path)
    assert code == 1
    assert any("broken died (exit code 2); starting it again" in line for line in said)
    assert "Faro stops: broken died 5 times" in said[-1]
    assert "there is no verb 'no-such-verb'" in said[-1], "the child's own last words are the cause"


def test_a_stop_before_anything_is_ready_is_a_stop(tmp_path: Path) -> None:
    async def go() -> int:
        keeper = Supervisor(
            [Child("broken", ("no-such-verb",), ready_url="http://127.0.0.1:9/")], say=lambda _: None, cwd=str(tmp_path)
        )
        asyncio.get_running_loop().call_later(0.2, keeper.stop)
        return await asyncio.wait_for(keeper.run(lambda: None), 30)

    assert asyncio.run(go()) == 0


def test_a_line_without_an_end_is_dropped_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "bot"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('x' * 300_000)\nprint('after it')\n", encoding="utf-8")
    monkeypatch.setattr(supervisor, "PAUSES", (0.01,))
    code, said = run(Child("talker", ("talk",)), tmp_path)
    assert code == 1
    assert "talker  | after it" in said
    assert "talker died 5 times" in said[-1]
