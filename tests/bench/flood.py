"""`python -m tests.bench.flood`: one person who floods beside twenty who talk, a thousand at once, and what a claim costs.

Everything runs on this machine, the load too: what counts is the ratio within one run. It asserts no time; what is found
goes to docs/figures/flood.json, and from there into flood.md. `--part` and `--database` measure some of it, the rest stays;
`--scale` makes it smaller, for a machine that others need too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.bench import channels, databases, faro, load
from tests.bench.measure import Turns, percentile
from tests.bench.processes import ROOT, Process, end_with_sigterm, free_port, until
from tests.bench.report import table

#: A minute's messages of the one who floods.
FLOOD = 1_000

#: How many people talk meanwhile, each as soon as they were answered, and how many turns they have in all.
PEOPLE, TURNS = 20, 180

#: How many come at once, and how many a second.
CROWD, AT_ONCE = 1_000, 500.0

#: Old messages and waiting ones of one person, for the cost of a claim.
OLD, WAITING = 100_000, 10_000

DATA = ROOT / "docs" / "figures" / "flood.json"

#: What was found: by part and database, with the time at which it was measured.
Found = dict[str, dict[str, dict[str, Any]]]


def beside(database_url: str, folder: Path, scale: float) -> dict[str, Any]:
    """Twenty people talk, first alone and then beside one who floods on WhatsApp."""
    with _whatsapp(database_url, folder) as (running, graph):
        quiet = _talk(running, "quiet", scale)
        over, counted = threading.Event(), [0, 0]
        flooder = threading.Thread(target=_flood, args=(f"{running.url}/webhooks/whatsapp", over, counted))
        flooder.start()
        time.sleep(5)  # the allowance is used up
        flooded = _talk(running, "flooded", scale)
        over.set()
        flooder.join()
        time.sleep(10)  # the last answer, which waits for the allowance
        return {
            "turns": len(quiet.latencies),
            "quiet_p95_ms": round(1000 * percentile(quiet.latencies, 0.95)),
            "flooded_p95_ms": round(1000 * percentile(flooded.latencies, 0.95)),
            "unanswered": quiet.unanswered + flooded.unanswered,
            "sent": counted[0],
            "refused": counted[1],
            "heard": channels.taken(graph)["messages"],
            "notices": sum(_times_said(graph, words) for words in _notices()),
        }


def crowd(database_url: str, folder: Path, scale: float) -> dict[str, Any]:
    """A thousand people write once, all within seconds."""
    with _whatsapp(database_url, folder) as (running, graph):
        people = round(CROWD * scale)
        texts = ["¿dónde puedo dormir esta noche?"] * people
        begun = time.monotonic()
        url = f"{running.url}/webhooks/whatsapp"
        _, refused, _ = asyncio.run(channels.burst(url, texts, rate=AT_ONCE, prefix=508_000_000, each=1))
        wanted = people - refused
        until(lambda: channels.taken(graph)["messages"] >= wanted, channels.PATIENCE, "the answers")
        return {"people": people, "seconds": round(time.monotonic() - begun), "refused": refused}


def claims(database_url: str, folder: Path, scale: float) -> dict[str, Any]:
    """What one claim costs when much waits (tests/bench/claims.py)."""
    old, waiting = round(OLD * scale), round(WAITING * scale)
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        **{name: secrets.token_hex(32) for name in ("SECRET_KEY", "PSEUDONYM_KEY")},
    }
    command = [sys.executable, "-m", "tests.bench.claims", str(old), str(waiting)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"old": old, "waiting": waiting, **found}


PARTS = {"beside": beside, "crowd": crowd, "claims": claims}


@contextmanager
def _whatsapp(database_url: str, folder: Path) -> Iterator[tuple[faro.Faro, str]]:
    """Faro with its WhatsApp channel on a database, and the address of who plays Meta."""
    port = free_port()
    graph = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.bench.provider", str(port)]
    with (
        Process.started("provider", command, cwd=ROOT, environ={}, log=folder / "provider.log") as provider,
        faro.running(folder, database_url, channels.settings(graph)) as running,
    ):
        until(lambda: provider.alive() and channels.answers(graph), 30, "the provider")
        yield running, graph


def _talk(running: faro.Faro, name: str, scale: float) -> Turns:
    held = load.conversations(ROOT / "tests" / "questions", turns=round(TURNS * scale), name=name, seed=1)
    turns = running.hold(held, contacts=PEOPLE)
    _say(f"{name}: p95 {1000 * percentile(turns.latencies, 0.95):.0f} ms")
    return turns


def _notices() -> list[str]:
    """How the notice begins in each language."""
    interface = yaml.safe_load((ROOT / "content" / "interface.yml").read_text(encoding="utf-8"))
    return [str(text)[:40] for text in interface["sentences"]["slow_down"].values()]


def _times_said(graph: str, words: str) -> int:
    found = httpx.get(f"{graph}/said", params={"words": words}, timeout=5.0, trust_env=False)
    return int(found.json()["messages"])


def _flood(url: str, over: threading.Event, counted: list[int]) -> None:
    """One person writes FLOOD messages a minute until it is over; counts them and what was refused."""
    with httpx.Client(trust_env=False, timeout=30.0) as client:
        begun = time.monotonic()
        while not over.is_set():
            body, signature = channels.webhook(
                "507999999999", f"flood.{counted[0]}", f"ayuda {counted[0]}", time.time()
            )
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            counted[1] += client.post(url, content=body, headers=headers).status_code != httpx.codes.OK
            counted[0] += 1
            time.sleep(max(0.0, begun + counted[0] * 60 / FLOOD - time.monotonic()))


def main() -> int:
    """Measure and write both files; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.flood", description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="measure only this (default: all)")
    parser.add_argument(
        "--database", action="append", help="measure only on this: SQLite or PostgreSQL (default: both)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="so much of turns, people and rows (default: 1)")
    options = parser.parse_args()
    end_with_sigterm()
    found: Found = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for part in options.part or PARTS:
        with tempfile.TemporaryDirectory(prefix="faro-flood-") as name, ExitStack() as stack:
            for database, url in databases.all_of(Path(name), stack).items():
                if options.database and database not in options.database:
                    continue
                if url is None:
                    _say(f"{database} is not measured: TEST_DATABASE_URL names no server")
                    continue
                folder = Path(name) / database
                folder.mkdir()
                measured = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
                found.setdefault(part, {})[database] = {**PARTS[part](url, folder, options.scale), "measured": measured}
                _say(f"{part}, {database}: {found[part][database]}")
                # After each: a run that is ended leaves what it found.
                DATA.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
                DATA.with_suffix(".md").write_text(page(found), encoding="utf-8")
    return 0


def page(found: Found) -> str:
    """The page."""
    beside_rows = [
        (
            name,
            one["turns"],
            one["quiet_p95_ms"],
            one["flooded_p95_ms"],
            f"{one['flooded_p95_ms'] / one['quiet_p95_ms']:.2f}",
            *(one[key] for key in ("unanswered", "sent", "refused", "heard", "notices", "measured")),
        )
        for name, one in _rows(found, "beside")
    ]
    crowd_rows = [
        (
            name,
            one["people"],
            one["refused"],
            one["seconds"],
            f"{(one['people'] - one['refused']) / one['seconds']:.1f}",
            one["measured"],
        )
        for name, one in _rows(found, "crowd")
    ]
    claim_columns = ("old", "waiting", "free", "held", "look", "measured")
    claim_rows = [(name, *(one[key] for key in claim_columns)) for name, one in _rows(found, "claims")]
    besides = ("turns", "p95 without, ms", "with, ms", "ratio", "unanswered", "sent", "refused", "heard", "notices")
    crowds = ("people", "refused", "s until everybody had an answer", "answers a second", "measured")
    parts = [
        "# Floods",
        "Written by `python -m tests.bench.flood`. Faro (`bot up`: one Rasa, one worker, one web process), the load and\n"
        "a stand-in of Meta's API share two cores, with whatever else ran on them: the ratios count. What a flood is\n"
        "and what becomes of it: [ADR 16](../adr/0016-a-flood-is-read-together.md).",
        f"## One who floods beside {PEOPLE} who talk",
        f"{PEOPLE} people, each of whom writes again as soon as they were answered, have their turns without and with\n"
        f"one person on WhatsApp who writes {FLOOD} messages a minute, with the settings of the default. `unanswered`\n"
        f"are messages of the {PEOPLE} that got no answer. `sent` is what the one sent, `heard` all that was delivered\n"
        "to them: answers, the introduction, the notice that what they write is read together; `notices` counts that.",
        _table(("database", *besides, "measured"), beside_rows),
        "## Many people at once",
        f"Each writes one message on WhatsApp, {AT_ONCE:.0f} a second.",
        _table(("database", *crowds), crowd_rows),
        "## What a claim costs",
        "In ms, the middle of 15, with so many old messages and so many that wait of one person (more than there can\n"
        "be: the allowance lets 30 wait). `free`: as it is. `held`: another worker has that person, so that the one\n"
        "message of somebody else has to be found. `look`: whether anything may have its turn.",
        _table(("database", *claim_columns), claim_rows),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    return table(head, [tuple(str(cell) for cell in row) for row in rows])


def _rows(found: Found, part: str) -> list[tuple[str, Mapping[str, Any]]]:
    return sorted(found.get(part, {}).items(), reverse=True)


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
