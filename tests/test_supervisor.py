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


def test_one_that_people_can_do_without_is_tried_again_and_again_while_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.01,))
    monkeypatch.setattr(supervisor, "RETRY", 0.3)
    said: list[str] = []
    seen: list[bool] = []
    mended = tmp_path / "bot"
    mended.mkdir()
    (mended / "__init__.py").touch()
    program = (
        "import sys, time, pathlib\nif sys.argv[1] == 'stay' or pathlib.Path('good').exists():\n    time.sleep(60)\n"
    )
    (mended / "__main__.py").write_text(program + "print('no model')\nsys.exit(1)\n", encoding="utf-8")

    async def go() -> int:
        rasa, web = Child("rasa", ("model",), needed=False), Child("web", ("stay",))
        keeper = Supervisor([rasa, web], say=said.append, cwd=str(tmp_path))

        async def mend() -> None:
            while sum("rasa died" in line for line in said) < supervisor.DEATHS + 3:
                await asyncio.sleep(0.02)
            seen.append(web.process is not None and web.process.returncode is None)
            (tmp_path / "good").touch()  # somebody put a good model there
            number = len(said)
            await asyncio.sleep(2)
            seen.append(rasa.process is not None and rasa.process.returncode is None)
            seen.append(not any("rasa died" in line for line in said[number:]))
            keeper.stop()

        task = asyncio.create_task(mend())
        code = await asyncio.wait_for(keeper.run(lambda: None), 60)
        await task
        return code

    assert asyncio.run(go()) == 0
    assert seen == [True, True, True], said
    without = [line for line in said if "goes on without rasa" in line]
    assert len(without) == 1 and "no model" in without[0], "the cause, once"
    assert "rasa died (exit code 1); starting it again in 0.3 s" in said


def test_one_that_ran_well_is_never_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.01,))
    monkeypatch.setattr(supervisor, "RETRY", 0.05)
    monkeypatch.setattr(supervisor, "STEADY", 0.0)
    said: list[str] = []

    async def go() -> int:
        web = Child("web", ("no-such-verb",))
        keeper = Supervisor([web], say=said.append, cwd=str(tmp_path))

        async def watch() -> None:
            while sum("web died" in line for line in said) < supervisor.DEATHS + 2:
                await asyncio.sleep(0.02)
            keeper.stop()

        task = asyncio.create_task(watch())
        code = await asyncio.wait_for(keeper.run(lambda: None), 60)
        await task
        return code

    assert asyncio.run(go()) == 0
    assert not any("Faro stops" in line for line in said)


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
