"""The databases that Faro is measured on: a SQLite file, and PostgreSQL when a server is named."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from tests.bench.measure import processor

#: The name, in PostgreSQL's list, of a connection of the bench that only watches: what it costs is no part of a turn.
WATCHER = "bench watcher"


def all_of(folder: Path, stack: ExitStack) -> dict[str, str | None]:
    """Addresses by name; None for a server that nobody named. What is made is removed with the stack."""
    server = os.environ.get("TEST_DATABASE_URL", "").strip()
    return {
        "SQLite": f"sqlite:///{folder / 'bench.sqlite3'}",
        "PostgreSQL": _fresh(server, stack) if server else None,
    }


def best_of(folder: Path, stack: ExitStack) -> tuple[str, str]:
    """The database that several processes share best: PostgreSQL when a server is named. Its name and its address."""
    found = all_of(folder, stack)
    name = "PostgreSQL" if found["PostgreSQL"] else "SQLite"
    return name, str(found[name])


class Server:
    """What a database takes: processor time of PostgreSQL's processes for us, and bytes; of SQLite the bytes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._used: dict[int, float] = {}
        self._over = threading.Event()
        self._postgres = url.startswith("postgres")
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        if self._postgres:
            self._watcher.start()

    def used(self) -> dict[str, float]:
        """Seconds of processor time so far, by name; of connections that have ended, as it was when they were last seen."""
        if not self._postgres:
            return {}
        self._look()
        return {"postgres": sum(self._used.values())}

    def size(self) -> int:
        """Bytes on disk, with indexes and what is not yet merged."""
        if not self._postgres:
            # Not the files: the journal beside the database keeps its greatest length.
            with contextlib.closing(sqlite3.connect(unquote(urlsplit(self._url).path).replace("//", "/"))) as rows:
                query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                return int(rows.execute(query).fetchone()[0])
        with self._connected() as connection:
            return int(connection.execute("SELECT pg_database_size(current_database())").fetchone()[0])

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        if self._postgres:
            self._watcher.join(5)

    def _connected(self) -> Any:
        import psycopg

        return psycopg.connect(self._url, autocommit=True)

    def _look(self) -> None:
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> %s",
                [WATCHER],
            ).fetchall()
        found = {pid: processor(pid) for (pid,) in rows}
        self._used |= {pid: seconds for pid, seconds in found.items() if not math.isnan(seconds)}

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            with contextlib.suppress(Exception):  # the database is just being made or removed
                self._look()


@contextmanager
def server_of(url: str) -> Iterator[Server]:
    """The server of a database, looked at while the context lasts."""
    server = Server(url)
    try:
        yield server
    finally:
        server.end()


def _fresh(server: str, stack: ExitStack) -> str:
    """A new database on the server of that address."""
    import psycopg

    name = f"faro_bench_{secrets.token_hex(4)}"

    def execute(command: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(command)

    execute(f"CREATE DATABASE {name}")
    stack.callback(execute, f"DROP DATABASE {name} WITH (FORCE)")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
