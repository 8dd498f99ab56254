"""`bot talk` says at once why a process of its own did not start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.talk import _Child
from bot.errors import GuardError


def child(script: str, folder: Path) -> _Child:
    output = folder / "rasa.log"
    with output.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=file, stderr=file)
    return _Child("rasa", process, output)


def test_a_process_that_ended_is_quoted_with_its_last_line(tmp_path: Path) -> None:
    ended = child("print('starting'); print('model: there is none'); raise SystemExit(2)", tmp_path)
    ended.process.wait(20)
    with pytest.raises(GuardError, match=r"^rasa: model: there is none$"):
        ended.must_live()


def test_a_process_that_ended_in_silence_is_named(tmp_path: Path) -> None:
    ended = child("", tmp_path)
    ended.process.wait(20)
    with pytest.raises(GuardError, match=r"^rasa: ended at once$"):
        ended.must_live()


def test_a_process_that_lives_is_waited_for(tmp_path: Path) -> None:
    living = child("import time; time.sleep(60)", tmp_path)
    try:
        living.must_live()
    finally:
        living.process.kill()
        living.process.wait(20)
