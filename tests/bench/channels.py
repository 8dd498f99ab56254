"""`make load`: a burst of signed webhooks to a running Faro, and how long until everybody has an answer.

The load is open: calls leave at their times whether the ones before were acknowledged or not, and a call's time counts from
the moment at which it should have left. Everything runs on this machine, the load and the provider's stand-in too, so the
figures are lower bounds. It asserts no time; the tables go to docs/figures/channels.md.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from tests.bench import databases, faro, load
from tests.bench.measure import percentile
from tests.bench.processes import ROOT, Process, end_with_sigterm, free_port, until

#: The number that the load is addressed to, and the secrets of an installation that exists for the load alone.
NUMBER = "106540352242922"
SECRET, VERIFY, TOKEN = (secrets.token_hex(32) for _ in range(3))

#: Messages of one person in a burst: whoever writes rarely writes more.
EACH = 4

#: Seconds after the last call until which everybody must have an answer.
PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of a burst: seconds from call to acknowledgement, calls refused, seconds until all was delivered."""

    acknowledged: tuple[float, ...]
    refused: int
    seconds: float
    delivered: int
    twice: int
    drained: float

    def data(self) -> dict[str, Any]:
        """What is kept of it; webhooks acknowledged and answers delivered a second are reckoned with elsewhere."""
        return {
            "webhooks": len(self.acknowledged),
            "acknowledged_a_second": round(len(self.acknowledged) / self.seconds, 1),
            "p50_ms": round(1000 * percentile(self.acknowledged, 0.5)),
            "p99_ms": round(1000 * percentile(self.acknowledged, 0.99)),
            "slowest_ms": round(1000 * max(self.acknowledged)),
            "refused": self.refused,
            "delivered": self.delivered,
            "twice": self.twice,
            "drained_s": round(self.drained),
            "delivered_a_second": round(self.delivered / self.drained, 1),
        }


def settings(graph: str) -> dict[str, str]:
    """Those of an installation whose WhatsApp channel sends to who plays Meta's Graph API at that address."""
    return {
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "WHATSAPP_APP_SECRET": SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY,
        "WHATSAPP_API_BASE": graph,
        "ADDRESS_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "WARNING",
    }


def webhook(person: str, number: str, text: str, now: float) -> tuple[bytes, str]:
    """One text message as Meta sends it, and the signature of its bytes."""
    message = {
        "from": person,
        "id": f"wamid.{number}",
        "timestamp": str(int(now)),
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "50760000000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "x"}, "wa_id": person}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"value": value, "field": "messages"}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    return body, "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def burst(
    url: str, texts: Sequence[str], *, rate: float, prefix: int, each: int = EACH
) -> tuple[list[float], int, float]:
    """Send each text as a webhook, `rate` a second; returns latencies, refusals, and the seconds that it took.

    A person writes `each` of them; persons are numbered from `prefix`.
    """
    begun = time.monotonic()
    latencies: list[float] = []
    refused = 0

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:

        async def call(place: int, text: str) -> None:
            nonlocal refused
            due = begun + place / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            body, signature = webhook(str(prefix + place // each), f"{prefix}.{place}", text, time.time())
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as response:
                refused += response.status != httpx.codes.OK
            latencies.append(time.monotonic() - due)

        await asyncio.gather(*(call(place, text) for place, text in enumerate(texts)))
    return latencies, refused, time.monotonic() - begun


def measure(name: str, database_url: str, folder: Path, *, rate: float, seconds: float) -> Burst:
    """Start Faro with its WhatsApp channel on a database, send the burst, and wait until everything is delivered."""
    provider_port = free_port()
    graph = f"http://127.0.0.1:{provider_port}"
    command = [sys.executable, "-m", "tests.bench.provider", str(provider_port)]
    with (
        Process.started("provider", command, cwd=ROOT, environ={}, log=folder / "provider.log") as provider,
        faro.running(folder, database_url, settings(graph)) as running,
    ):
        until(lambda: provider.alive() and answers(graph), 30, "the provider")
        texts = _texts(int(rate * seconds))
        begun = time.monotonic()
        latencies, refused, took = asyncio.run(
            burst(f"{running.url}/webhooks/whatsapp", texts, rate=rate, prefix=507_600_000)
        )
        _say(f"{name}: {len(texts)} calls in {took:.0f} s, {refused} refused; waiting for the answers")
        delivered = _all_delivered(graph, len(texts) - refused)
        return Burst(
            acknowledged=tuple(latencies),
            refused=refused,
            seconds=took,
            delivered=delivered["messages"],
            twice=delivered["twice"],
            drained=delivered["at"] - begun,
        )


def _all_delivered(graph: str, wanted: int) -> dict[str, Any]:
    """Wait until as many messages were taken as were acknowledged, or until nothing comes any more."""
    end = time.monotonic() + PATIENCE
    last: dict[str, Any] = {"messages": 0, "twice": 0, "at": time.monotonic()}
    while time.monotonic() < end and last["messages"] < wanted and time.monotonic() - last["at"] < 60:
        found = taken(graph)
        if found["messages"] > last["messages"]:
            last = {**found, "at": time.monotonic()}
        time.sleep(0.2)
    return last


def taken(graph: str) -> dict[str, Any]:
    """What was delivered so far: see tests/bench/provider.py.

    Raises:
        httpx.HTTPError: it does not say.
    """
    found: dict[str, Any] = httpx.get(f"{graph}/taken", timeout=15.0, trust_env=False).json()
    return found


def answers(graph: str) -> bool:
    """Whether who plays Meta's API is there."""
    try:
        taken(graph)
    except httpx.HTTPError:
        return False
    return True


def _texts(number: int) -> list[str]:
    held = load.conversations(ROOT / "tests" / "questions", turns=number, name="burst", seed=1)
    return [text for one in held for text in one.texts][:number]


def main() -> int:
    """Measure on every database there is; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.channels", description=__doc__)
    parser.add_argument("--rate", type=float, default=200.0, help="webhooks a second (default: 200)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long (default: 30)")
    parser.add_argument(
        "--database", action="append", help="measure only on this: SQLite or PostgreSQL (default: both)"
    )
    options = parser.parse_args()
    end_with_sigterm()
    page = ROOT / "docs" / "figures" / "channels.md"
    kept = page.with_suffix(".json")
    data: dict[str, dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    with tempfile.TemporaryDirectory(prefix="faro-load-") as name, ExitStack() as stack:
        for database, url in databases.all_of(Path(name), stack).items():
            if options.database and database not in options.database:
                continue
            if url is None:
                _say(f"{database} is not measured: TEST_DATABASE_URL names no server")
                continue
            folder = Path(name) / database
            folder.mkdir()
            done = measure(database, url, folder, rate=options.rate, seconds=options.seconds)
            measured = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            load_of = {"rate": options.rate, "seconds": options.seconds}
            data[database] = {**load_of, **done.data(), "measured": measured}
            _say(str(data[database]))
            # After each: a run that is ended leaves what it found.
            kept.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    text = _page(data)
    # What people wrote about it, below the first heading of the second order, stays.
    _, heading, written = page.read_text(encoding="utf-8").partition("\n## ") if page.exists() else ("", "", "")
    page.write_text(text + heading + written, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _page(data: Mapping[str, Mapping[str, Any]]) -> str:
    columns = {
        "a second offered": "rate",
        "for s": "seconds",
        "webhooks": "webhooks",
        "acknowledged a second": "acknowledged_a_second",
        "ack. p50 ms": "p50_ms",
        "p99 ms": "p99_ms",
        "slowest ms": "slowest_ms",
        "refused": "refused",
        "delivered": "delivered",
        "twice": "twice",
        "s until all had an answer": "drained_s",
        "answers delivered a second": "delivered_a_second",
        "measured": "measured",
    }
    return "\n".join(
        [
            "# Telegram and WhatsApp under load",
            "",
            "Written by `make load`: signed WhatsApp webhooks,",
            f"{EACH} of each person, to a running Faro (`bot up`: one Rasa, one worker, one web process) that answers them",
            "meanwhile and delivers to a stand-in of Meta's API that takes 20 ms. Everything, the load too, runs on the",
            "same two cores, with whatever else ran on them:",
            "these are lower bounds.",
            "",
            f"| database | {' | '.join(columns)} |",
            "|" + "---|" * (len(columns) + 1),
            *(
                f"| {name} | {' | '.join(str(one.get(key, '')) for key in columns.values())} |"
                for name, one in sorted(data.items(), reverse=True)
            ),
            "",
            "Acknowledged means: verified, parsed and durably written. The time counts from the moment at which the call",
            "should have left. What one number sends is paced at 40 messages a second (half of Meta's 80, which counts what",
            "comes in too), so no more than that can be delivered.",
            "",
        ]
    )


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
