"""The embedded database: copied while others write in it, and put in place at once."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import BackupError

_CHUNK = 1 << 20


def dump(file: Path) -> Iterator[bytes]:
    """The database as it is at one moment, whoever writes meanwhile (sqlite.org/backup.html).

    Raises:
        BackupError: the database is damaged.
    """
    with _aside(file) as copy:
        with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        _sound(copy)
        with copy.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk


def load(file: Path, chunks: Iterable[bytes]) -> None:
    """Put a database in the place of the one that is there.

    Raises:
        BackupError: what was read is no sound database; then nothing has changed.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _aside(file) as copy:
        with copy.open("wb") as opened:
            for chunk in chunks:
                opened.write(chunk)
            opened.flush()
            os.fsync(opened.fileno())
        _sound(copy)
        for journal in ("-wal", "-shm"):  # of the database that goes: SQLite would take them for the new one's
            Path(f"{file}{journal}").unlink(missing_ok=True)
        copy.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _aside(file: Path) -> Iterator[Path]:
    """A file beside the database, for its owner alone, that is gone afterwards."""
    copy = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield copy
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)


def _sound(file: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(file)) as opened:
            (found,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError:
        found = "no database"
    if found != "ok":
        raise BackupError("the database is damaged (PRAGMA integrity_check)")
