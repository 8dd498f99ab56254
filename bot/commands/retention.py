"""`bot retention`: delete what is older than RETENTION_DAYS now, and what is old in the trail of the console; mask what is
personal in older texts."""

from __future__ import annotations

import argparse
import sys

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Enforce retention once; prints how many messages were deleted, and how many were masked or found to need none.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    argparse.ArgumentParser(prog="bot retention", description=__doc__).parse_args(arguments)
    setup()
    from datetime import timedelta

    from django.utils import timezone

    from bot.answers.library import Library
    from bot.answers.published import numbers
    from bot.conversations import remains
    from bot.conversations.retention import enforce
    from bot.conversations.window import Window, mask_all
    from bot.web import database
    from bot.web.django_settings import SETTINGS
    from console.audit import retention as trail

    window = Window(
        timedelta(minutes=SETTINGS.dialogue_minutes),
        timedelta(days=SETTINGS.safeguarding_days),
        numbers(Library(SETTINGS.content_dir).current()),
    )
    with database.usable():
        deleted = enforce(days=SETTINGS.retention_days, now=timezone.now())
        trail.expire(now=timezone.now())
        masked = mask_all(window, now=timezone.now())
        remains.rewrite()
    print(f"{deleted} messages deleted, {masked} masked", file=sys.stderr)  # noqa: T201
    return 0
