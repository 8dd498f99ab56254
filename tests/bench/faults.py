"""`make faults`: every fault for a while, on SQLite and on PostgreSQL, under people who go on writing.

What is done to Faro is in tests/processes/harms.py. After each fault every message that was accepted must have exactly one
answer, in order, with nothing left waiting (tests/processes/lab.py says how that is asked). The tables go to
docs/figures/faults.md; a run of some faults only leaves the rows of the others as they were.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import ROOT
from tests.bench.processes import end_with_sigterm
from tests.channels.telegram.stand_in import StandIn
from tests.processes import clock, disk, postgres
from tests.processes.harms import FAULTS, Fault
from tests.processes.lab import File, Lab, lab
from tests.processes.people import Stream
from tests.processes.postgres import Server

FIGURES = ROOT / "docs" / "figures" / "faults.json"
PAGE = ROOT / "docs" / "figures" / "faults.md"

#: What stands above the tables.
PREFACE = """\
Written by `make faults`. Seven people write to a Faro as `make run` starts it: three on WhatsApp, whose stand-in repeats and
reports, three on Telegram by polling, one on the page; each every 1 to 4 s, the longer the fault.
Meanwhile one fault after the other is done to it (tests/processes/harms.py). After each it is asked past Faro, in its
database and at the provider: every message that was accepted has exactly one answer; the order of each person is kept;
nothing waits, is on its way or is held; no answer was given up; nothing came more than twice.

*Wrong* is empty when all of that holds, and where Rasa was away nobody waited longer than 10 s for the honest sentence with
the emergency numbers. *Said*: whether /readyz named the fault while it lasted, where it lasts long enough to be named.
*Copies* are answers on WhatsApp that came a second time, because nobody could know whether they had come. *Longest wait* is
that of any message on WhatsApp or the page, from the moment in which it was taken to that in which an answer came. *Well
after* counts until nothing waited and /readyz said 200; what may have arrived is sent again after 25 s, and so much is part
of both. A fault without a row was not run there; docs/figures/faults.json says on which day each was. What the faults have
changed, and what a busy machine does to them: [ADR 15](../adr/0015-when-rasa-hangs.md#every-fault)."""

#: Megabytes of the disk that is filled, by database.
SIZES = {"SQLite": 48, "PostgreSQL": 192}

#: Seconds between two messages of one person: seven write 3.5 a second together, beside Faro, on whatever cores there are.
EVERY = 2.0

#: Messages of one person during a fault: as many as the allowances of Faro and of WhatsApp let through one by one
#: (bot/conversations/flood.py, bot/channels/limits.py).
MESSAGES = 30

#: After a longer wait, in seconds, what Faro said is kept, to be read.
LONG = 15.0

#: The columns: what is in a row, and its heading.
COLUMNS = {
    "lasted": "lasted s",
    "said": "said",
    "accepted": "accepted",
    "copies": "copies",
    "longest": "longest wait s",
    "well": "well after s",
    "wrong": "wrong",
}


def measure(held: Lab, fault: Fault, seconds: float) -> dict[str, object]:
    """Do it, wait until everything is well again, and say what came of it."""
    _say(f"  {fault.name} ...")
    before, copies = held.said.total(), _copies(held)
    held.unsure = 10**6  # counted and shown below
    held.every = max(EVERY, seconds / MESSAGES)
    stream: Stream | None = None
    wrong = ""
    begun = over = time.monotonic()
    try:
        with held.people(chats=3) as stream:
            begun = time.monotonic()
            fault.harm(held, seconds)
            over = time.monotonic()
            time.sleep(1)
        held.wait_ready(120)
        if fault.promised is not None and stream.longest > fault.promised:
            wrong = f"somebody waited {stream.longest:.1f} s"
    except AssertionError as error:
        wrong = str(error).partition("\n")[0][:160] or repr(error)
    row: dict[str, object] = {
        "lasted": round(over - begun, 1),
        "said": "" if fault.said is None or stream is None else "yes" if stream.said(fault.said) else "NO",
        "accepted": held.said.total() - before,
        "copies": _copies(held) - copies,
        "longest": round(stream.longest, 1) if stream is not None else "",
        "well": round(time.monotonic() - over, 1),
        "wrong": wrong,
    }
    _say(f"    {row}")
    return row


def _copies(held: Lab) -> int:
    return sum(number - 1 for number in held.provider.taken.values())


@contextmanager
def house(name: str) -> Iterator[Lab]:
    """A Faro on a database, with everything that can be harmed here."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faro-faults-")))
        folder.chmod(0o711)  # a server of PostgreSQL runs as somebody else
        small = not disk.missing(folder)
        place = stack.enter_context(disk.disk(folder / "disk", SIZES[name])) if small else folder
        server = stack.enter_context(postgres.server(place)) if name == "PostgreSQL" else None
        telegram = StandIn(validated=False)
        stack.callback(telegram.close)
        wall = None if clock.missing() else clock.Clock(folder)
        environ = wall.environ if wall is not None else {}
        held = stack.enter_context(lab(folder, server or File(place), telegram=telegram, **environ))
        held.disk, held.clock = place if small else None, wall
        held.wait_ready()
        yield held


def _possible(fault: Fault, held: Lab) -> bool:
    there = {
        "": True,
        "server": isinstance(held.database, Server),
        "disk": held.disk is not None,
        "clock": held.clock is not None,
    }
    return there[fault.needs]


def run(name: str, faults: Sequence[Fault], seconds: float) -> Iterator[tuple[str, dict[str, object]]]:
    """All faults on one database: each with its row of the table, one after the other; after a bad one in a new house."""
    left = deque(faults)
    while left:
        with house(name) as held:
            while left:
                fault = left.popleft()
                if not _possible(fault, held):
                    continue
                row = measure(held, fault, seconds)
                yield fault.name, row
                if row["wrong"] or float(str(row["longest"] or 0)) > LONG:
                    log = ROOT / "var" / f"faults-{name}-{fault.name.replace(' ', '-').replace('/', '-')}.log"
                    log.parent.mkdir(exist_ok=True)
                    log.write_text(held.faro.output, encoding="utf-8")
                    _say(f"    what Faro said is in var/{log.name}")
                if row["wrong"]:
                    break


def page(found: dict[str, dict[str, dict[str, object]]]) -> str:
    """docs/figures/faults.md."""
    lines = ["# Faults", "", PREFACE, ""]
    for database, rows in found.items():
        lines += [f"## {database}", "", f"| fault | {' | '.join(COLUMNS.values())} |", "|---|" + "---|" * len(COLUMNS)]
        # In their order; a fault that is no longer done has no row.
        for name in [fault.name for fault in FAULTS if fault.name in rows]:
            cells = (str(rows[name].get(key, "")) for key in COLUMNS)
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Measure and write; returns 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long each fault lasts (default: 120)")
    parser.add_argument("--database", action="append", choices=list(SIZES), help="only this one")
    parser.add_argument("--only", action="append", default=[], help="only faults whose name holds this")
    parser.add_argument("--left", action="store_true", help="only faults without a row: a run that was stopped goes on")
    options = parser.parse_args()
    end_with_sigterm()  # so that disks are unmounted, servers stopped and no Faro is left
    faults = [one for one in FAULTS if not options.only or any(part in one.name for part in options.only)]
    found = _found()
    wrong = 0
    for name in options.database or SIZES:
        if name == "PostgreSQL" and (why := postgres.missing()):
            _say(f"PostgreSQL is not measured: {why}")
            continue
        _say(name)
        left = [one for one in faults if not options.left or one.name not in found.get(name, {})]
        for fault, row in run(name, left, options.seconds):
            found = _found()  # a run of the other database beside this one has written its rows meanwhile
            found.setdefault(name, {})[fault] = {**row, "on": datetime.now(UTC).strftime("%Y-%m-%d")}
            wrong += bool(row["wrong"]) or row["said"] == "NO"
            # After each: whoever stops a run of hours keeps what it has found.
            FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            PAGE.write_text(page(found), encoding="utf-8")
    return 1 if wrong else 0


def _found() -> dict[str, dict[str, dict[str, object]]]:
    """What earlier runs found, by database and fault."""
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
