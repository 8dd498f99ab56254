"""`bot retention`: delete what is older than RETENTION_DAYS now, and what is old in the trail of the console."""

from __future__ import annotations

import argparse
import sys

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Enforce retention once; prints how many messages were deleted.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    argparse.ArgumentParser(prog="bot retention", description=__doc__).parse_args(arguments)
    setup()
    from django.utils import timezone

    from bot.conversations.retention import enforce
    from bot.web import database
    from bot.web.django_settings import SETTINGS
    from console.audit import retention as trail

    with database.usable():
        deleted = enforce(days=SETTINGS.retention_days, now=timezone.now())
        trail.expire(now=timezone.now())
    print(f"{deleted} messages deleted", file=sys.stderr)  # noqa: T201
    return 0
