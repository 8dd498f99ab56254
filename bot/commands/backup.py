"""`bot backup FILE`: the database and what staff edit, in one file that only BACKUP_KEY opens.

With a folder in the place of the file it is called after the day, and those of that folder that are too old are deleted.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import settings
from bot.errors import BackupError
from bot.web import setup


def run(arguments: list[str]) -> int:
    """Make a backup, beside a Faro that runs; 1 when it cannot be made.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot backup", description=__doc__)
    said = (
        "the file to write, which may not be there yet; or a folder: then it is called after the day, and old ones go"
    )
    parser.add_argument("file", type=Path, help=said)
    file = parser.parse_args(arguments).file.absolute()
    setup()
    from django.utils import timezone

    from bot.backup import shelf
    from bot.backup.make import make
    from bot.rasa_compat.training import model_path
    from bot.web import database
    from bot.web.django_settings import SETTINGS

    folder, now = file if file.is_dir() else None, timezone.now()
    if folder:
        file = shelf.file_of(folder, now)
    try:
        with database.usable():
            make(file, SETTINGS, model=model_path(settings.ROOT).name, now=now)
        if folder:
            shelf.clear(folder, now)
    except BackupError as error:
        print(f"bot backup: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"{file}: {file.stat().st_size} bytes, sealed with BACKUP_KEY", file=sys.stderr)  # noqa: T201
    return 0
