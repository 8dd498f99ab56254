"""`bot talk [--json]`: a conversation in the terminal, through inbox, turn and outbox.

Starts its own Rasa and action server on free ports, with a SQLite database in a temporary folder that is removed at the
end. A line that is exactly `---` begins a new contact; a line that is the id of a button that was offered presses it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from bot import log
from bot.commands.nlu import claimed_stdout, lines
from bot.errors import GuardError
from bot.settings import ROOT

NEW_CONTACT = "---"

#: Seconds for Rasa to load its model, and for one answer.
START = 120.0
ANSWER = 30.0


def run(arguments: list[str]) -> int:
    """Talk until the input ends."""
    parser = argparse.ArgumentParser(prog="bot talk", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON a line for each message of yours")
    options = parser.parse_args(arguments)
    log.configure("ERROR")
    # Also when the window is closed: what was said must not stay behind in the temporary folder.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-talk-"))
        os.environ.update(_environ(folder))
        children = [stack.enter_context(_child(process, Path(folder))) for process in ("actions", "rasa")]
        from bot.web import setup

        setup()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        out = stack.enter_context(claimed_stdout())
        _converse(out, children, as_json=options.json)
    return 0


def _leave(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: a second one would end the tidying up
    sys.exit(128 + number)


def _environ(folder: str) -> dict[str, str]:
    ports = _free_ports(2)
    return {
        "DATA_DIR": folder,
        "DATABASE_URL": f"sqlite:///{quote(folder)}/talk.sqlite3",
        "SECRET_KEY": secrets.token_hex(32),
        "PSEUDONYM_KEY": secrets.token_hex(32),
        "RASA_SECRET": secrets.token_hex(32),
        "RASA_URL": f"http://127.0.0.1:{ports[0]}",
        "ACTIONS_URL": f"http://127.0.0.1:{ports[1]}",
        "LOG_LEVEL": "WARNING",
    }


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass(frozen=True, slots=True)
class _Child:
    """A process of ours and the file that it writes to."""

    name: str
    process: subprocess.Popen[bytes]
    output: Path

    def must_live(self) -> None:
        """Say why the process ended, if it did: it was only just started, and nothing was said to it yet.

        Raises:
            GuardError: it ended; the message is the last thing that it wrote.
        """
        if self.process.poll() is not None:
            written = self.output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise GuardError(f"{self.name}: {written[-1] if written else 'ended at once'}")


@contextmanager
def _child(process: str, folder: Path) -> Iterator[_Child]:
    reading, keeping = os.pipe()
    output = (folder / f"{process}.log").open("wb")
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", process, "--lifeline", str(reading)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(reading,),
        start_new_session=True,
    )
    os.close(reading)
    try:
        yield _Child(process, child, folder / f"{process}.log")
    finally:
        os.close(keeping)
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        output.close()


def _converse(out: TextIO, children: Sequence[_Child], *, as_json: bool) -> None:
    from bot.channels.terminal import Conversation
    from bot.conversations.rasa_client import RasaClient
    from bot.web.django_settings import SETTINGS

    rasa = RasaClient(SETTINGS.rasa_url, SETTINGS.rasa_secret)
    end = time.monotonic() + START
    while not rasa.ready():
        for child in children:
            child.must_live()
        if time.monotonic() > end:
            raise GuardError(f"rasa: not ready after {START:.0f} s")
        time.sleep(0.1)
    conversation = Conversation(rasa, patience=ANSWER)
    if not as_json:
        sys.stderr.write("Faro. Write in Spanish, English or French; --- begins anew; Ctrl-D ends.\n")
        sys.stderr.flush()
    for text in lines():
        if text == NEW_CONTACT:
            conversation.begin_anew()
            continue
        turn = conversation.say(text)
        out.write((json.dumps(turn, ensure_ascii=False) if as_json else _for_people(turn)) + "\n")
        out.flush()
    rasa.close()


def _for_people(turn: dict[str, Any]) -> str:
    lines: list[str] = []
    for answer in turn["answers"]:
        lines.append(answer["text"])
        lines += [f"  [{button['title']}]  {button['id']}" for button in answer["buttons"]]
        lines.append("")
    return "\n".join(lines)
