"""How long the page of figures takes over three years in which every topic was asked every day in every language.

Usage: python -m tests.bench.figures [DATABASE_URL]. The database must be empty and of nobody: its counts are written anew.
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


def timed(client: Any, query: str) -> tuple[float, float]:
    """Median and 95th percentile of the server's time for a page, in milliseconds."""
    client.get(f"/console/figures/{query}")
    times = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        response = client.get(f"/console/figures/{query}")
        times.append((time.perf_counter() - begin) * 1_000)
        assert response.status_code == 200
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]


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
        DailyCount.objects.all().delete()
        MonthlyCount.objects.all().delete()
        today = timezone.localdate()
        rows = fill(today)
        account, _ = User.objects.get_or_create(username="bench")
        roles.give(account, Role.READER)
        client = Client()
        client.force_login(account)
        print(f"{connection.vendor}, {rows:,} rows\n\n| period | p50 ms | p95 ms |\n|---|---:|---:|")  # noqa: T201
        year, whole = today - timedelta(days=364), today - timedelta(days=DAYS - 1)
        for name, query in (
            ("today", "?period=today"),
            ("7 days", "?period=7"),
            ("30 days", "?period=30"),
            ("30 days, one channel and language", "?period=30&channel=web&language=fr"),
            ("62 days, by day", f"?from={today - timedelta(days=61)}&to={today}"),
            ("a year, by week", f"?from={year}&to={today}"),
            ("three years, by month", f"?from={whole}&to={today}"),
        ):
            median, slow = timed(client, query)
            print(f"| {name} | {median:.0f} | {slow:.0f} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
