"""`python -m tests.bench.flood`: one person who floods beside twenty who talk, a thousand at once, and what a claim costs.

Everything runs on this machine, the load too: what counts is the ratio within one run. It asserts no time; the tables go to
docs/figures/flood.md.
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
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.bench import channels, databases, faro, load
from tests.bench.measure import Turns
from tests.bench.processes import ROOT, Process, free_port, until

#: A minute's messages of the one who floods.
FLOOD = 1_000

#: How many people talk meanwhile, each as soon as they were answered, and how many turns they have in all.
PEOPLE, TURNS = 20, 300

#: How many come at once, and how many a second.
CROWD, AT_ONCE = 1_000, 500.0

#: Old messages and waiting ones of one person, for the cost of a claim.
OLD, WAITING = 100_000, 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one database."""

    quiet: Turns
    flooded: Turns
    sent: int
    heard: int
    refused: int
    crowd: float
    claims: dict[str, float]

    def lines(self, name: str) -> tuple[str, str, str]:
        """A row of each table."""
        before, during = _p95(self.quiet), _p95(self.flooded)
        return (
            f"| {name} | {1000 * before:.0f} | {1000 * during:.0f} | {during / before:.2f} | {self.sent} | {self.refused} "
            f"| {self.heard} |",
            f"| {name} | {self.crowd:.0f} | {CROWD / self.crowd:.1f} |",
            f"| {name} | {self.claims['free']} | {self.claims['held']} | {self.claims['look']} |",
        )


def measure(name: str, database_url: str, folder: Path, claims_url: str) -> Found:
    """Start Faro with its WhatsApp channel on a database, and let them come."""
    port = free_port()
    graph = f"http://127.0.0.1:{port}"
    whatsapp = {
        "WHATSAPP_TOKEN": channels.TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": channels.NUMBER,
        "WHATSAPP_APP_SECRET": channels.SECRET,
        "WHATSAPP_VERIFY_TOKEN": channels.VERIFY,
        "WHATSAPP_API_BASE": graph,
        "ADDRESS_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "tests.bench.provider", str(port)]
    with (
        Process.started("provider", command, cwd=ROOT, environ={}, log=folder / "provider.log") as provider,
        faro.running(folder, database_url, whatsapp) as running,
    ):
        until(lambda: provider.alive() and _taken(graph) is not None, 30, "the provider")
        url = f"{running.url}/webhooks/whatsapp"
        questions = ROOT / "tests" / "questions"
        quiet = running.hold(load.conversations(questions, turns=TURNS, name="quiet", seed=1), contacts=PEOPLE)
        _say(f"{name}: quiet p95 {1000 * _p95(quiet):.0f} ms")
        over = threading.Event()
        counted = [0, 0]
        flooder = threading.Thread(target=_flood, args=(url, over, counted))
        flooder.start()
        time.sleep(5)  # the allowance is used up
        flooded = running.hold(load.conversations(questions, turns=TURNS, name="flooded", seed=1), contacts=PEOPLE)
        over.set()
        flooder.join()
        _say(f"{name}: flooded p95 {1000 * _p95(flooded):.0f} ms, {counted[0]} messages of one person")
        time.sleep(10)
        heard = _taken(graph) or 0
        texts = ["¿dónde puedo dormir esta noche?"] * CROWD
        begun = time.monotonic()
        asyncio.run(channels.burst(url, texts, rate=AT_ONCE, prefix=508_000_000, each=1))
        until(lambda: (_taken(graph) or 0) >= heard + CROWD, channels.PATIENCE, "the answers")
        crowd = time.monotonic() - begun
        _say(f"{name}: {CROWD} at once answered after {crowd:.0f} s")
    return Found(quiet, flooded, counted[0], heard, counted[1], crowd, _claims(claims_url, folder))


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


def _claims(database_url: str, folder: Path) -> dict[str, float]:
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        **{name: secrets.token_hex(32) for name in ("SECRET_KEY", "PSEUDONYM_KEY")},
    }
    command = [sys.executable, "-m", "tests.bench.claims", str(OLD), str(WAITING)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _taken(graph: str) -> int | None:
    try:
        return int(httpx.get(f"{graph}/taken", timeout=5.0, trust_env=False).json()["messages"])
    except httpx.HTTPError:
        return None


def _p95(turns: Turns) -> float:
    return sorted(turns.latencies)[int(len(turns.latencies) * 0.95)]


def main() -> int:
    """Measure on every database there is; returns the exit code."""
    argparse.ArgumentParser(prog="python -m tests.bench.flood", description=__doc__).parse_args()
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="faro-flood-") as name, ExitStack() as stack:
        urls = databases.all_of(Path(name), stack)
        others = databases.all_of(Path(name) / "claims", stack)
        (Path(name) / "claims").mkdir()
        for database, url in urls.items():
            claims_url = others[database]
            if url is None or claims_url is None:
                _say(f"{database} is not measured: TEST_DATABASE_URL names no server")
                continue
            folder = Path(name) / database
            folder.mkdir()
            rows.append(measure(database, url, folder, claims_url).lines(database))
            # After each: a run that is ended leaves what it found.
            (ROOT / "docs" / "figures" / "flood.md").write_text(_page(rows), encoding="utf-8")
            _say("\n".join(rows[-1]))
    return 0


def _page(rows: Sequence[tuple[str, str, str]]) -> str:
    beside, crowd, claims = zip(*rows, strict=True)
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return "\n".join(
        [
            "# Floods",
            "",
            f"Written by `python -m tests.bench.flood` on {when}. Faro (`bot up`: one Rasa, one worker, one web process),",
            "the load and a stand-in of Meta's API share two cores, with whatever else ran on them: the ratios count. What",
            "a flood is and what becomes of it: [ADR 16](../adr/0016-a-flood-is-read-together.md).",
            "",
            f"## One who floods beside {PEOPLE} who talk",
            "",
            f"{PEOPLE} people, each of whom writes again as soon as they were answered, have {TURNS} turns without and with",
            f"one person on WhatsApp who writes {FLOOD} messages a minute, with the settings of the default. `sent`",
            "is what that person sent, `heard` all that was delivered to them: answers, the introduction and one notice.",
            "",
            "| database | p95 without, ms | p95 with, ms | ratio | sent | refused | heard |",
            "|---|---|---|---|---|---|---|",
            *beside,
            "",
            f"## {CROWD} people at once",
            "",
            f"Each writes one message on WhatsApp, all within {CROWD / AT_ONCE:.0f} s.",
            "",
            "| database | s until everybody had an answer | answers a second |",
            "|---|---|---|",
            *crowd,
            "",
            "## What a claim costs",
            "",
            f"In ms, the middle of 15, with {OLD} old messages and {WAITING} that wait of one person (more than there can",
            "be: the allowance lets 30 wait). `free`: as it is. `held`: another worker has that person, so that the one",
            "message of somebody else has to be found. `look`: whether anything may have its turn.",
            "",
            "| database | free | held | look |",
            "|---|---|---|---|",
            *claims,
            "",
        ]
    )


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
