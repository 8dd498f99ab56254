"""The database as a command needs it: usable, or one sentence why not."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import Error, OperationalError, connection

from bot.errors import DatabaseUnusable
from bot.log import place_of

#: Names our lock among the advisory locks of a PostgreSQL server; any number that nobody else takes.
_LOCK = 0x6661726F


@contextmanager
def usable() -> Iterator[None]:
    """Turn what the database says into a sentence for whoever called a command.

    Raises:
        DatabaseUnusable: the database is away, full, read-only, no database at all or not migrated.
    """
    try:
        yield
    except OperationalError as error:
        # These are about the server or the file. Others may quote a row, and stay unquoted.
        raise DatabaseUnusable(f"database: {str(error).strip().partition(chr(10))[0]}") from None
    except Error as error:
        raise DatabaseUnusable(f"database: {place_of(error)}") from None


@contextmanager
def alone() -> Iterator[None]:
    """Wait until nobody else migrates this database: of two that begin at once, one would find tables half made."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    file = Path(str(connection.settings_dict["NAME"]))
    try:
        # A file of its own: closing a descriptor of the database's would drop SQLite's locks on it.
        descriptor = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnusable(f"database: {file.parent} cannot be written to ({error.strerror})") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # What people write will stand in it: for its owner alone. SQLite's two files beside it follow.
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        yield
    finally:
        os.close(descriptor)
