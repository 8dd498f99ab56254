"""Rasa posts to api.segment.io unless it is told otherwise: it is told in every process that we start."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest

from bot.rasa_compat import placeholders
from bot.settings import ROOT
from bot.supervisor import Child, Supervisor
from tests.rasa_compat.conftest import Run, Tiny

ENABLED = "metrics:\n  enabled: true\n  date: 2026-11-23\n  rasa_user_id: somebody\n"


def test_a_wish_of_the_users_own_configuration_changes_nothing(python: Run, tmp_path: Path) -> None:
    wish = tmp_path / ".config" / "rasa" / "global.yml"
    wish.parent.mkdir(parents=True)
    wish.write_text(ENABLED, encoding="utf-8")
    script = (
        "from bot.rasa_compat import placeholders\n"
        "placeholders.install()\n"
        "import os, rasa.telemetry as telemetry\n"
        "print('after install:', telemetry.is_telemetry_enabled())\n"
        "del os.environ['RASA_TELEMETRY_ENABLED']\n"
        "print('without us:', telemetry.is_telemetry_enabled())\n"
    )
    done = python("-W", "ignore", "-c", script, RASA_TELEMETRY_ENABLED="true")
    # The second line proves that the file was read, and that the first one is our doing.
    assert done.stdout.splitlines() == ["after install: False", "without us: True"], done.stderr


def test_install_overrides_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa import telemetry

    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    assert telemetry.is_telemetry_enabled()
    placeholders.install()
    assert not telemetry.is_telemetry_enabled()


def test_training_sends_nothing(tiny: Tiny) -> None:
    assert tiny.model.is_file()
    assert tiny.sent == []


def test_what_the_test_above_watches_is_where_rasa_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa import telemetry

    sent: list[str] = []
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    monkeypatch.setattr("rasa.telemetry._send_event", lambda _id, name, *_args: sent.append(name))
    monkeypatch.setattr("rasa.telemetry.get_telemetry_id", lambda: "somebody")
    telemetry.track_interactive_learning_start(skip_visualization=True, save_in_e2e=False)
    assert sent == [telemetry.TELEMETRY_INTERACTIVE_LEARNING_STARTED_EVENT]


def test_every_command_of_make_runs_with_telemetry_off() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    first_rule = next(number for number, line in enumerate(lines) if re.match(r"[a-z]+:", line))
    assert "export RASA_TELEMETRY_ENABLED := false" in lines[:first_rule]
    assert sum("RASA_TELEMETRY_ENABLED" in line for line in lines) == 1


def test_the_supervisor_starts_its_children_with_telemetry_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    environs: list[dict[str, str]] = []

    async def note(*_command: str, env: dict[str, str], **_options: object) -> None:
        environs.append(env)
        raise RuntimeError("enough seen")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", note)

    async def start() -> int:
        children = [Child(name, ("serve", name)) for name in ("rasa", "actions")]
        return await Supervisor(children, say=lambda _line: None, cwd=os.curdir).run(lambda: None)

    assert asyncio.run(start()) == 1
    assert [environ["RASA_TELEMETRY_ENABLED"] for environ in environs] == ["false", "false"]
