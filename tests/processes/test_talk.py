"""`bot nlu` and `bot talk` with input and output as shells give them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.processes


def _begin(verb: str, *options: str, folder: Path) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", verb, *options],
        cwd=ROOT,
        env={**environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


RUBBISH = b"hola\n\xff\xfe\x00\n\n   \nadi\xc3\xb3s"


@pytest.mark.parametrize("command", [("nlu",), ("nlu", "--explain"), ("talk", "--json")], ids=" ".join)
def test_every_line_is_answered_whatever_its_bytes(model: None, tmp_path: Path, command: tuple[str, ...]) -> None:
    process = _begin(*command, folder=tmp_path)
    out, err = process.communicate(RUBBISH, timeout=240)
    assert process.returncode == 0, err
    texts = [json.loads(line)["text"] for line in out.decode().splitlines()]
    assert texts == ["hola", "\ufffd\ufffd\x00", "", "   ", "adiós"]


def test_a_message_is_understood_the_same_whether_it_is_explained_or_not(model: None, tmp_path: Path) -> None:
    asked = "kuanto cuesta el pasaje\nmi marido me pega\nTocumen\nblorp blorp\n" + "hola, quiero volver. " * 12 + "\n\n"
    told = []
    for options in ((), ("--explain",)):
        out, err = _begin("nlu", *options, folder=tmp_path).communicate(asked.encode(), timeout=240)
        told.append([json.loads(line) for line in out.decode().removesuffix("\n").split("\n")])
        assert len(told[-1]) == asked.count("\n"), err
    plain, explained = told
    why = [one.pop("explanation") for one in explained]
    assert explained == plain
    assert why[2]["rules"][-1] == "only a name" and why[-1]["rules"] == ["no_words"]
    assert why[4]["pieces"] and not why[0]["pieces"]
    for found in why[:-1]:
        assert len(found["nearest"]) == 5
        assert abs(sum(found["parts"]["shares"].values()) - found["parts"]["difference"]) < 1e-3


def test_a_reader_that_goes_away_ends_it_without_a_word(model: None, tmp_path: Path) -> None:
    process = _begin("nlu", folder=tmp_path)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b"hola\n" * 50)
    process.stdin.close()
    assert json.loads(process.stdout.readline())["text"] == "hola"
    process.stdout.close()
    told = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "Traceback" not in told and "uncaught" not in told and "BrokenPipe" not in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_conversation_that_is_ended_leaves_nothing_of_what_was_said(
    model: None, tmp_path: Path, number: signal.Signals
) -> None:
    process = _begin("talk", "--json", folder=tmp_path)
    assert process.stdin and process.stdout
    process.stdin.write(b"hola\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["answers"]
    assert list(tmp_path.glob("faro-talk-*"))
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == (130 if number is signal.SIGINT else 128 + number)
    assert not list(tmp_path.glob("faro-talk-*"))
