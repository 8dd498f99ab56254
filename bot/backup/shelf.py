"""A folder of backups, one a day, in which none is kept longer than people were promised."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import BackupError

#: What people wrote is gone after 30 days at most (PRIVACY.md), and a backup is a copy of it.
KEPT = timedelta(days=30)

_NAME = re.compile(r"faro-(\d{4}-\d{2}-\d{2})\.sealed")


def file_of(folder: Path, now: datetime) -> Path:
    """The file of the day (UTC)."""
    return folder / f"faro-{now.astimezone(UTC):%F}.sealed"


def clear(folder: Path, now: datetime) -> list[Path]:
    """Delete the files of days that are too long ago, by their names; others stay. Returns which.

    Raises:
        BackupError: one cannot be deleted.
    """
    first = f"{(now - KEPT).astimezone(UTC):%F}"
    old = [path for path in sorted(folder.iterdir()) if (named := _NAME.fullmatch(path.name)) and named[1] < first]
    for path in old:
        try:
            path.unlink()
        except OSError as error:
            raise BackupError(f"{path} is too old and cannot be deleted ({error.strerror})") from None
    return old
