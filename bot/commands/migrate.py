"""`bot migrate`: bring the database up to date; safe to repeat, and beside running processes."""

from __future__ import annotations

import argparse

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Apply the migrations that are not applied yet.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot migrate")
    parser.add_argument("-v", action="store_true", help="say what is done")
    options = parser.parse_args(arguments)
    setup()
    from django.core.management import call_command

    from bot.web import database

    with database.usable(), database.alone():
        call_command("migrate", interactive=False, verbosity=1 if options.v else 0)
    return 0
