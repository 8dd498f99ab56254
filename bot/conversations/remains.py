"""What deleted rows leave in the files of SQLite, and its removal. PostgreSQL has no such file of ours.

`secure_delete` (bot/web/django_settings.py) overwrites what a row leaves behind when it is deleted or changed. Two remains
are left: the write-ahead log keeps every page as it was before, until it is begun anew; and where SQLite moves rows to
another page it leaves a copy in the unused middle of the old one (measured with 3.40: one row in a thousand).
"""

from __future__ import annotations

from pathlib import Path

from django.db import OperationalError, connection

#: Milliseconds that emptying the log waits for readers: writers wait with it.
PATIENCE_MS = 500

#: Up to this size a file is written anew with each retention; a larger one would stand still for more than a second.
#: docs/figures/masking.md has the measurement.
LARGEST = 256 * 1024 * 1024


def empty_log() -> bool:
    """Put everything in SQLite's write-ahead log into its place and cut the log to nothing.

    Call it outside of a transaction. Returns False when somebody was reading just then: try again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    if not _log_size():
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone()
        except OperationalError:  # somebody writes, and for longer than that
            busy = 1
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
    return not busy


def rewrite() -> bool:
    """Write SQLite's file anew, without the copies in unused places, and empty the log. Returns whether it was done.

    Writers wait meanwhile. Call it outside of a transaction.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    return empty_log()


def small() -> bool:
    """Whether rewriting takes so little time that nobody notices it."""
    return connection.vendor != "sqlite" or _size(Path(_name())) <= LARGEST


def _log_size() -> int:
    return _size(Path(f"{_name()}-wal"))


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
