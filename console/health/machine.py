"""What is left of the machine's room, and how large the database is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection

#: Below this share, or this many bytes, the disk is called nearly full: SQLite and the logs need room to write.
LEAST_SHARE = 0.1
LEAST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the disk that holds DATA_DIR."""

    free: int
    total: int

    @property
    def nearly_full(self) -> bool:
        """Whether somebody should make room."""
        return self.free < LEAST_BYTES or self.free < LEAST_SHARE * self.total


def disk(folder: Path) -> Disk | None:
    """The disk of a folder; None when it cannot be told."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(usage.free, usage.total)


def database_size() -> int | None:
    """Bytes of the database, what waits to be written into it included; None when it cannot be told."""
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_database_size(current_database())")
                return int(cursor.fetchone()[0])
        files = [Path(f"{connection.settings_dict['NAME']}{ending}") for ending in ("", "-wal")]
        return sum(file.stat().st_size for file in files if file.is_file()) or None
    except (DatabaseError, OSError):
        return None
