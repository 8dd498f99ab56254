"""Server time of the console's pages with many messages: `python -m tests.bench.console`; writes docs/figures/console.md.

On PostgreSQL when TEST_DATABASE_URL names a database that is empty or holds invented conversations (it is filled once and
kept), and on a SQLite file that is made and removed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.settings import ROOT
from tests.bench.measure import percentile

REPORT = ROOT / "docs" / "figures" / "console.md"

#: Messages, as the issue asks for them.
MESSAGES = {"PostgreSQL": 1_000_000, "SQLite": 100_000}

#: Requests of each kind that count, and those before them that do not.
REQUESTS, WARMING = 50, 3

AIM_MS = 200

LIST = "/console/conversations/"

Results = dict[str, dict[str, Any]]


def main() -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.console", description=__doc__)
    parser.add_argument("--here", action="store_true", help="measure the database of DATABASE_URL; JSON to stdout")
    options = parser.parse_args()
    if options.here:
        sys.stdout.write(json.dumps(measure()))
        return 0
    results: Results = {}
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        server = os.environ.get("TEST_DATABASE_URL", "").strip()
        addresses = {"PostgreSQL": server, "SQLite": f"sqlite:///{folder}/bench.sqlite3"}
        for name, address in addresses.items():
            if address:
                results[name] = _in_a_process(name, address, folder)
    REPORT.write_text(markdown(results), encoding="utf-8")
    return 0


def _in_a_process(name: str, address: str, folder: str) -> dict[str, Any]:
    names = ("SECRET_KEY", "PSEUDONYM_KEY", "ADDRESS_KEY", "RASA_SECRET")
    keys = {name: secrets.token_hex(32) for name in names}
    environ = {**os.environ, **keys, "DATABASE_URL": address, "DATA_DIR": folder}

    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False
        )
        return ended.stdout

    run("bot", "migrate")
    run("bot", "demo", "--messages", str(MESSAGES[name]))  # refused when they are there already
    found: dict[str, Any] = json.loads(run("tests.bench.console", "--here"))
    return found


def measure() -> dict[str, Any]:
    """Milliseconds of every kind of page on this process's database, with what was there to be read."""
    from bot.web import setup

    setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from bot.conversations.models import Contact, Message
    from console import roles
    from console.permissions import Role

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    account, _ = User.objects.get_or_create(username="bench")
    roles.give(account, *Role)
    client = Client()
    client.force_login(account)
    times: dict[str, list[float]] = {}
    for name, ask in _requests(client):
        for number in range(WARMING + REQUESTS):
            begun = time.perf_counter()
            response = ask()
            took = (time.perf_counter() - begun) * 1000
            assert response.status_code == 200, f"{name}: {response.status_code}"
            if number >= WARMING:
                times.setdefault(name, []).append(took)
    return {
        "messages": Message.objects.count(),
        "contacts": Contact.objects.count(),
        "version": _version(connection),
        "load": os.getloadavg()[0],
        "times": {name: [percentile(found, 0.5), percentile(found, 0.95)] for name, found in times.items()},
    }


def _requests(client: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every kind of page by name, as something to call."""
    from django.urls import NoReverseMatch, reverse
    from django.utils.http import int_to_base36

    from bot.conversations.models import Contact, Message

    def page(query: str) -> Callable[[], Any]:
        return lambda: client.get(LIST + query)

    newest, oldest = Message.objects.order_by("-pk")[0], Message.objects.order_by("pk")[0]
    ago = (newest.created_at - timedelta(days=20)).date()
    filters: Mapping[str, str] = {
        "list": "",
        "list, far back": f"?at=o{int_to_base36(oldest.pk + (newest.pk - oldest.pk) // 10)}",
        "one day, 20 days ago": f"?since={ago}&until={ago}",
        "channel": "?channel=telegram",
        "language": "?language=en",
        "topic": "?topic=shelter",
        "a rare topic": "?topic=report_aid_worker_abuse",
        "not understood": "?outcome=not_understood",
        "an outcome that nobody has": "?outcome=held",
        "low confidence": "?doubtful=on",
        "did not help": "?unhelpful=on",
        "danger": "?safety=on",
        "new to me": "?unread=on",
        "wait for a person": "?handover=waiting",
        "with me": "?handover=mine",
        "language, channel and outcome": "?language=fr&channel=telegram&outcome=suggested",
        "topic, did not help, ten days": f"?topic=shelter&unhelpful=on&since={ago}&until={ago + timedelta(days=10)}",
        "danger, handed over, low confidence": "?safety=on&handover=ever&doubtful=on",
    }
    for name, query in filters.items():
        yield name, page(query)
    for name, words, query in (
        ("search: a common word", "gracias", ""),
        ("search: a rare word", "culebra", ""),
        ("search: a word that nobody said", "xyzzyq", ""),
        ("search: the beginning of a word", "embaraz", ""),
        ("search: two words", "hospital hijo", ""),
        ("search with language and outcome", "merci", "?language=fr&outcome=not_understood"),
    ):
        client.post(f"{LIST}search", {"words": words})
        yield name, page(query)
    client.post(f"{LIST}search", {"clear": "1"})
    longest = Contact.objects.order_by("-seen_at").first()
    yield "conversation", lambda: client.get(f"{LIST}{longest.pk}/")
    for name in ("waiting", "review", "figures", "health", "audit"):
        try:
            address = reverse(f"console:{name}")
        except NoReverseMatch:
            continue
        yield f"page: {name}", lambda address=address: client.get(address)


def _version(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        return str(cursor.fetchone()[0]).split(" on ")[0]


def markdown(results: Results) -> str:
    """The report."""
    names = list(dict.fromkeys(name for found in results.values() for name in found["times"]))
    heads = [f"{name}, {found['messages']:,} messages: p50 | p95" for name, found in results.items()]
    rows = []
    for name in names:
        cells = [f"{one:.0f}" for found in results.values() for one in found["times"].get(name, ())]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    over = [
        f"{name} on {where} ({found['times'][name][1]:.0f} ms)"
        for where, found in results.items()
        for name in found["times"]
        if found["times"][name][1] >= AIM_MS
    ]
    versions = "; ".join(
        f"{found['version'] if name in found['version'] else f'{name} ' + found['version']}, {found['contacts']:,} contacts"
        for name, found in results.items()
    )
    loads = ", ".join(f"{found['load']:.1f}" for found in results.values())
    return "\n".join(
        [
            "# How fast the console is",
            "",
            f"Written by `python -m tests.bench.console` on {datetime.now(UTC):%Y-%m-%d}. "
            f"Aim: p95 under {AIM_MS} ms. {'Missed by: ' + ', '.join(over) + '.' if over else 'Reached everywhere.'}",
            "",
            f"Milliseconds of server time, {REQUESTS} requests each after {WARMING} that do not count: session, permission, "
            "queries, masking and HTML, through Django's test client in one process; without network, browser and TLS. The "
            "messages are invented (`bot demo`), spread over 30 days and three languages.",
            "",
            f"{versions}. {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}. "
            f"Load average of the machine meanwhile: {loads}; above the number of processors, everything waits for others.",
            "",
            f"| page | {' | '.join(heads)} |",
            f"|---|{'---:|' * 2 * len(results)}",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
