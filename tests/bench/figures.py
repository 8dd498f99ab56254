"""How long the page of figures takes over three years in which every topic was asked every day in every language.

Usage: python -m tests.bench.figures [DATABASE_URL]. The database must be empty; what a run wrote is used by
the next one.
Prints a table for docs/figures/figures-page.md.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

#: Three years, as many channels, languages and topics as there are, each topic with three outcomes.
DAYS, TOPICS = 1_096, 96
CHANNELS, LANGUAGES = ("web", "telegram", "whatsapp"), ("es", "en", "fr")
OUTCOMES = ("answered", "suggested", "not_understood")

#: How often each page is asked for.
TIMES = 50


def one_day(chance: random.Random) -> list[tuple[str, str, str, str, int]]:
    """Rows of one day: topic, channel, language, measure, number."""
    from bot.conversations import measures

    rows = []
    for channel in CHANNELS:
        for language in LANGUAGES:
            sums: Counter[str] = Counter()
            for topic in range(TOPICS):
                for outcome in OUTCOMES:
                    number = chance.randint(1, 30)
                    rows.append((f"topic_{topic}", channel, language, f"in:{outcome}", number))
                    sums[f"in:{outcome}"] += number
            names = [measures.PERSON, measures.NEW_PERSON, measures.CONVERSATION, measures.CONVERSATION_WITH_TEAM]
            names += ["out:sent", "out:failed", "failed:131026", "failed:unreachable", "by_team", "vote:helpful"]
            names += ["vote:unhelpful", "handover:asked", "handover:safety", "handover_taken", "handover_end:returned"]
            names += [f"reply:{one}" for one in (*measures.REPLY_CLASSES, measures.MORE)]
            names += [f"wait:{one}" for one in (*measures.WAIT_CLASSES, measures.MORE)]
            names += [f"in:{one}" for one in ("held", "unreadable", "stale", "late", "trouble", "withdrawn")]
            sums |= Counter({name: chance.randint(1, 400) for name in names})
            rows += [("", channel, language, name, number) for name, number in sums.items()]
    return rows


def fill(today: date) -> int:
    """Write the counts. Returns the number of rows."""
    from django.db import connection, transaction

    from bot.conversations.models import DailyCount, MonthlyCount

    chance = random.Random(6)  # noqa: S311 - invented numbers
    months: Counter[date] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE one_day AS "
            "SELECT topic, channel, language, measure, number FROM conversations_dailycount WHERE 1 = 0"
        )
        cursor.executemany("INSERT INTO one_day VALUES (%s, %s, %s, %s, %s)", one_day(chance))
        for back in range(DAYS):
            day = today - timedelta(days=back)
            months[day.replace(day=1)] += 1
            cursor.execute(
                "INSERT INTO conversations_dailycount (day, topic, channel, language, measure, number) "
                "SELECT %s, topic, channel, language, measure, number FROM one_day",
                [connection.ops.adapt_datefield_value(day)],
            )
        for day, days in months.items():
            cursor.execute(
                "INSERT INTO conversations_monthlycount (day, topic, channel, language, measure, number) "
                "SELECT %s, topic, channel, language, measure, number * %s FROM one_day",
                [connection.ops.adapt_datefield_value(day), days],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return DailyCount.objects.count() + MonthlyCount.objects.count()


def timed(client: Any, query: str) -> list[float]:
    """Median and 95th percentile of the server's time for a page, then of the processor's share of it, in milliseconds.

    The second is what is left of the first on a machine that does nothing else.
    """
    client.get(f"/console/figures/{query}")
    times, worked = [], []
    for _ in range(TIMES):
        begin, busy = time.perf_counter(), processor()
        response = client.get(f"/console/figures/{query}")
        times.append((time.perf_counter() - begin) * 1_000)
        worked.append((processor() - busy) * 1_000)
        assert response.status_code == 200
    return [sorted(each)[int(len(each) * share)] for each in (times, worked) for share in (0.5, 0.95)]


def processor() -> float:
    """Seconds that this process and its connection to a PostgreSQL of this machine have worked."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent += int(backend.read_text().split()[0]) / 1e9
    return spent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        if len(sys.argv) > 1:
            os.environ |= {"DATABASE_URL": sys.argv[1], "SECRET_KEY": "s" * 40, "PSEUDONYM_KEY": "p" * 40}
        from bot.web import setup

        setup()
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from django.utils import timezone

        from bot.conversations.models import DailyCount, Message, MonthlyCount
        from console import roles
        from console.permissions import Role

        call_command("migrate", interactive=False, verbosity=0)
        if Message.objects.exists():
            sys.exit("this database has messages: give an empty one")
        today = timezone.localdate()
        rows = DailyCount.objects.count() + MonthlyCount.objects.count() or fill(today)
        account, _ = User.objects.get_or_create(username="bench")
        roles.give(account, Role.READER)
        client = Client()
        client.force_login(account)
        print(f"{connection.vendor}, {rows:,} rows\n\n| period | p50 | p95 | p50, processor | p95, processor |")  # noqa: T201
        print("|---|---:|---:|---:|---:|")  # noqa: T201
        half, year, whole = today - timedelta(days=180), today - timedelta(days=364), today - timedelta(days=DAYS - 1)
        for name, query in (
            ("today", "?period=today"),
            ("7 days", "?period=7"),
            ("30 days", "?period=30"),
            ("30 days, one channel and language", "?period=30&channel=web&language=fr"),
            ("45 days, by day", f"?from={today - timedelta(days=44)}&to={today}"),
            ("half a year, by week", f"?from={half}&to={today}"),
            ("a year, by month", f"?from={year}&to={today}"),
            ("three years, by month", f"?from={whole}&to={today}"),
        ):
            figures = " | ".join(f"{one:.0f}" for one in timed(client, query))
            print(f"| {name} | {figures} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
