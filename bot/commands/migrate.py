"""`bot migrate`: bring the database up to date; safe to repeat, and beside running processes."""

from __future__ import annotations

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Apply the migrations that are not applied yet."""
    setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1 if "-v" in arguments else 0)
    return 0
