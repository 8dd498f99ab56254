"""`bot migrate`: bring the database up to date; safe to repeat, and beside running processes."""

from __future__ import annotations

import argparse
import time

from bot.web import setup

#: Seconds that a change of a table waits for those who are in it. Whoever comes after it waits behind it: so it gives up
#: soon, and tries again when they have had their turn.
PATIENCE = 3

#: How often it tries, and how long it pauses between.
TRIES, PAUSE = 20, 1.0

#: PostgreSQL's codes for a lock that was not to be had in time, and for a deadlock (PostgreSQL 15, appendix A).
LOCKED = ("55P03", "40P01")


def run(arguments: list[str]) -> int:
    """Apply the migrations that are not applied yet.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot migrate")
    parser.add_argument("-v", action="store_true", help="say what is done")
    options = parser.parse_args(arguments)
    setup()
    from bot.web import database

    with database.usable(), database.alone():
        _migrate(1 if options.v else 0)
    return 0


def _migrate(verbosity: int) -> None:
    from django.core.management import call_command
    from django.db import OperationalError, connection

    if connection.vendor != "postgresql":
        call_command("migrate", interactive=False, verbosity=verbosity)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{PATIENCE}s"])
    for left in reversed(range(TRIES)):
        try:
            call_command("migrate", interactive=False, verbosity=verbosity)
        except OperationalError as error:
            # Each migration is done whole or not at all: the next try begins with the one that was not.
            if not left or getattr(error.__cause__, "sqlstate", "") not in LOCKED:
                raise
            time.sleep(PAUSE)
        else:
            return
