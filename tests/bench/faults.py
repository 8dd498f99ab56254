"""`make faults`: every fault for a while, on SQLite and on PostgreSQL, under people who go on writing.

After each fault every message that was accepted must have exactly one answer, in order, with nothing left waiting
(tests/processes/lab.py says how that is asked). The tables go to docs/figures/faults.md; a run of some faults only leaves
the rows of the others as they were.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.rasa_compat.training import model_path
from bot.settings import ROOT
from tests.channels.telegram.stand_in import Fault as TelegramFault
from tests.channels.telegram.stand_in import StandIn
from tests.processes import disk, postgres
from tests.processes.lab import File, Lab, Look, Stream, frozen, lab
from tests.processes.postgres import Server
from tests.processes.provider import Weather

FIGURES = ROOT / "docs" / "figures" / "faults.json"
PAGE = ROOT / "docs" / "figures" / "faults.md"

#: What stands above the tables.
PREFACE = """\
Written by `make faults`. Five people write every 0.7 s to a Faro as `make run` starts it: three on WhatsApp, whose
stand-in repeats and reports, one on Telegram by polling, one on the page. Meanwhile one fault after the other is done to
it. After each it is asked past Faro, in its database and at the provider: every message that was accepted has exactly one
answer; the order of each person is kept; nothing waits, is on its way or is held; no answer was given up; nothing came
more than twice.

*Wrong* is empty when all of that holds. *Copies* are answers that came a second time, because nobody could know whether
they had come. *Well after* counts until nothing waited and /readyz said 200; what may have arrived is sent again after 25
s, and so much is part of it. *Said*: whether /readyz named the fault while it lasted, where it lasts long enough to be
named. A fault without a row was not run there; docs/figures/faults.json says on which day each was."""

#: Megabytes of the disk that is filled, by database.
SIZES = {"SQLite": 32, "PostgreSQL": 160}

PROCESSES = ("web", "worker", "rasa", "actions")

#: What Telegram does instead of answering: as Weather, in the words of its stand-in.
TELEGRAM = {
    "HTTP 500": TelegramFault(500, "Internal Server Error", times=10**9),
    "a page of somebody else's": TelegramFault(200, body=b"<html>log in to this network</html>", times=10**9),
    "too many requests": TelegramFault(429, "Too Many Requests", {"retry_after": 3}, times=10**9),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is done to a running Faro, for how long, and what /readyz must say meanwhile."""

    name: str
    harm: Callable[[Lab, float], None]
    said: Callable[[Look], bool] | None = None
    #: "server": of PostgreSQL alone; "disk": needs one that may be filled.
    needs: str = ""


@contextmanager
def _weather(held: Lab, weather: Weather) -> Iterator[None]:
    held.provider.weather = weather
    try:
        yield
    finally:
        held.provider.weather = Weather.FAIR


def _signalled(name: str, number: int) -> Callable[[Lab, float], None]:
    def harm(held: Lab, seconds: float) -> None:
        """Again and again, as often as the supervisor restarts it at once."""
        end = time.monotonic() + seconds
        while True:
            before = held.faro.children()[name]
            os.kill(before, number)
            held.faro.wait_restarted(name, before)
            if time.monotonic() + 20 > end:
                return
            time.sleep(20)

    return harm


def _frozen(name: str) -> Callable[[Lab, float], None]:
    def harm(held: Lab, seconds: float) -> None:
        with frozen(held.faro.children()[name]):
            time.sleep(seconds)

    return harm


def _api(weather: Weather) -> Callable[[Lab, float], None]:
    def harm(held: Lab, seconds: float) -> None:
        with _weather(held, weather):
            time.sleep(seconds)

    return harm


def _telegram(kind: str) -> Callable[[Lab, float], None]:
    def harm(held: Lab, seconds: float) -> None:
        assert held.telegram is not None
        held.telegram.fail("getUpdates", TELEGRAM[kind])
        held.telegram.fail("sendMessage", TELEGRAM[kind])
        time.sleep(seconds)
        held.telegram.mend()

    return harm


def _server(held: Lab) -> Server:
    assert isinstance(held.database, Server)
    return held.database


def _restarted(held: Lab, _seconds: float) -> None:
    _server(held).stop()
    _server(held).start()


def _stopped(held: Lab, seconds: float) -> None:
    _server(held).stop()
    time.sleep(seconds)
    _server(held).start()


def _killed(held: Lab, seconds: float) -> None:
    _server(held).kill()
    time.sleep(seconds)
    _server(held).start()


def _cut(held: Lab, seconds: float) -> None:
    _server(held).wire.cut()
    time.sleep(seconds)
    _server(held).wire.mend()


def _terminated(held: Lab, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _server(held).terminate_connections()
        time.sleep(2)


def _full(held: Lab, seconds: float) -> None:
    assert held.disk is not None
    with disk.filled(held.disk):
        time.sleep(seconds)
    if isinstance(held.database, Server):
        held.database.revive()


def _model(harm_file: Callable[[Path], None]) -> Callable[[Lab, float], None]:
    def harm(held: Lab, seconds: float) -> None:
        """The file of the model is harmed and Rasa restarted; then the good file is put back."""
        model = model_path(ROOT)
        kept = model.with_suffix(".kept")
        shutil.copy2(model, kept)
        try:
            harm_file(model)
            held.faro.kill("rasa")
            time.sleep(max(seconds, 15))
        finally:
            kept.replace(model)

    return harm


def _truncate(model: Path) -> None:
    with model.open("r+b") as file:
        file.truncate(model.stat().st_size // 2)


def _garbage(model: Path) -> None:
    model.write_bytes(b"x" * 4096)


def _content(held: Lab, seconds: float) -> None:
    file = held.faro.content / "interface.yml"
    good = file.read_bytes()
    try:
        file.write_bytes(good[: len(good) // 2])
        time.sleep(max(seconds, 5))
    finally:
        file.write_bytes(good)


def _no_database(look: Look) -> bool:
    return look.parts.get("database") is False


def _no_rasa(look: Look) -> bool:
    return look.parts.get("rasa") is False


def _nobody(look: Look) -> bool:
    return look.status == 0


FAULTS = (
    *(Fault(f"{name}: SIGKILL", _signalled(name, signal.SIGKILL)) for name in PROCESSES),
    *(Fault(f"{name}: SIGTERM", _signalled(name, signal.SIGTERM)) for name in PROCESSES),
    Fault("web: stopped (SIGSTOP)", _frozen("web"), _nobody),
    Fault("worker: stopped (SIGSTOP)", _frozen("worker"), lambda look: look.status == 503),
    Fault("rasa: stopped (SIGSTOP)", _frozen("rasa"), _no_rasa),
    Fault("actions: stopped (SIGSTOP)", _frozen("actions"), lambda look: look.parts.get("actions") is False),
    Fault("PostgreSQL: restarted at once", _restarted, needs="server"),
    Fault("PostgreSQL: stopped", _stopped, _no_database, needs="server"),
    Fault("PostgreSQL: SIGKILL, started later", _killed, _no_database, needs="server"),
    Fault("PostgreSQL: unreachable without a word", _cut, _no_database, needs="server"),
    Fault("PostgreSQL: every connection ended, every 2 s", _terminated, needs="server"),
    Fault("disk full", _full, needs="disk"),
    *(Fault(f"Graph API: {weather}", _api(weather)) for weather in Weather if weather is not Weather.FAIR),
    *(Fault(f"Telegram: {kind}", _telegram(kind)) for kind in TELEGRAM),
    Fault("model missing at a restart of Rasa", _model(Path.unlink), _no_rasa),
    Fault("model truncated at a restart of Rasa", _model(_truncate), _no_rasa),
    Fault("model garbage at a restart of Rasa", _model(_garbage), _no_rasa),
    Fault("content broken", _content, lambda look: look.parts.get("content") is False),
)


def measure(held: Lab, fault: Fault, seconds: float) -> dict[str, object]:
    """Do it, wait until everything is well again, and say what came of it."""
    _say(f"  {fault.name} ...")
    before, copies = held.said.total(), _copies(held)
    held.unsure = 10**6  # counted and shown below
    stream: Stream | None = None
    wrong = ""
    begun = over = time.monotonic()
    try:
        with held.people() as stream:
            begun = time.monotonic()
            fault.harm(held, seconds)
            over = time.monotonic()
            time.sleep(1)
        held.wait_ready(120)
    except AssertionError as error:
        wrong = str(error).partition("\n")[0][:160]
    row: dict[str, object] = {
        "lasted": round(over - begun, 1),
        "said": "" if fault.said is None or stream is None else "yes" if stream.said(fault.said) else "NO",
        "accepted": held.said.total() - before,
        "copies": _copies(held) - copies,
        "well": round(time.monotonic() - over, 1),
        "wrong": wrong,
    }
    _say(f"    {row}")
    return row


def _copies(held: Lab) -> int:
    return sum(number - 1 for number in held.provider.taken.values())


def run(name: str, faults: Sequence[Fault], seconds: float) -> Iterator[tuple[str, dict[str, object]]]:
    """All faults on one database: each with its row of the table, one after the other."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-faults-")))
        folder.chmod(0o711)  # a server of PostgreSQL runs as somebody else
        small = not disk.missing(folder)
        place = stack.enter_context(disk.disk(folder / "disk", SIZES[name])) if small else folder
        server = stack.enter_context(postgres.server(place)) if name == "PostgreSQL" else None
        telegram = StandIn(validated=False)
        stack.callback(telegram.close)
        held = stack.enter_context(lab(folder, server or File(place), telegram=telegram))
        held.disk = place if small else None
        held.wait_ready()
        for fault in faults:
            if (fault.needs == "server" and server is None) or (fault.needs == "disk" and held.disk is None):
                continue
            row = measure(held, fault, seconds)
            yield fault.name, row
            if row["wrong"]:
                (ROOT / "var").mkdir(exist_ok=True)
                (ROOT / "var" / "faults.log").write_text(held.faro.output, encoding="utf-8")
                _say("    what Faro said is in var/faults.log; the run of this database ends")
                break


def page(found: dict[str, dict[str, dict[str, object]]]) -> str:
    """docs/figures/faults.md."""
    lines = [
        "# Faults",
        "",
        PREFACE,
        "",
    ]
    for database, rows in found.items():
        lines += [
            f"## {database}",
            "",
            "| fault | lasted s | said | accepted | copies | well after s | wrong |",
            "|---|" + "---|" * 6,
        ]
        order = [fault.name for fault in FAULTS]
        for name in sorted(rows, key=order.index):
            row = rows[name]
            cells = (str(row[key]) for key in ("lasted", "said", "accepted", "copies", "well", "wrong"))
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Measure and write; returns 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long each fault lasts (default: 120)")
    parser.add_argument("--database", action="append", choices=list(SIZES), help="only this one")
    parser.add_argument("--only", action="append", default=[], help="only faults whose name holds this")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that disks are unmounted and servers stopped
    faults = [one for one in FAULTS if not options.only or any(part in one.name for part in options.only)]
    found = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    wrong = 0
    for name in options.database or SIZES:
        if name == "PostgreSQL" and (why := postgres.missing()):
            _say(f"PostgreSQL is not measured: {why}")
            continue
        _say(name)
        for fault, row in run(name, faults, options.seconds):
            found.setdefault(name, {})[fault] = {**row, "on": datetime.now(UTC).strftime("%Y-%m-%d")}
            wrong += bool(row["wrong"]) or row["said"] == "NO"
            # After each: whoever stops a run of hours keeps what it has found.
            FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            PAGE.write_text(page(found), encoding="utf-8")
    return 1 if wrong else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
