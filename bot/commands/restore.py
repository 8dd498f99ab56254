"""`bot restore FILE`: put a backup in the place of the database, or look whether it could be."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.errors import BackupError
from bot.web import setup


def run(arguments: list[str]) -> int:
    """Restore a backup while Faro does not run; 1 when it cannot be restored here.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot restore", description=__doc__)
    parser.add_argument("file", type=Path, help="the backup")
    parser.add_argument("--check", action="store_true", help="only open the whole of it and say whether it fits here")
    parser.add_argument("--replace", action="store_true", help="even if the database holds conversations: they go")
    parser.add_argument("--files", type=Path, help="also write its content/ and data/ into this folder")
    options = parser.parse_args(arguments)
    setup()
    from django.utils import timezone

    from bot.backup.restore import examine, files_of, restore
    from bot.web import database
    from bot.web.django_settings import SETTINGS

    try:
        with database.usable():
            about, different = examine(options.file, SETTINGS)
            _say(f"made {about.made_at} by version {about.version} on {about.vendor}, model {about.model}")
            _say("it is whole, and fits here")
            for one in different:
                _say(one)
            if options.files is not None:
                files_of(options.file, SETTINGS, options.files)
            if options.check:
                return 0
            done = restore(options.file, SETTINGS, replace=options.replace, now=timezone.now())
    except BackupError as error:
        _say(f"bot restore: {error}")
        return 1
    _say(
        f"restored: {done.contacts} contacts, of whom {done.erased} had been erased since and were erased again; "
        f"{done.expired} messages were too old and were deleted"
    )
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
