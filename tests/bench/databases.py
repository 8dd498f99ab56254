"""The databases that Faro is measured on: a SQLite file, and PostgreSQL when a server is named."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def all_of(folder: Path, stack: ExitStack) -> dict[str, str | None]:
    """Addresses by name; None for a server that nobody named. What is made is removed with the stack."""
    server = os.environ.get("TEST_DATABASE_URL", "").strip()
    return {
        "SQLite": f"sqlite:///{folder / 'bench.sqlite3'}",
        "PostgreSQL": _fresh(server, stack) if server else None,
    }


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
