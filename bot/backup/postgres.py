"""PostgreSQL, by its own programs: pg_dump beside whoever writes, pg_restore and psql in one transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from django.db.backends.postgresql.client import DatabaseClient

from bot.errors import BackupError

_CHUNK = 1 << 20

#: Nobody may be in the tables that are replaced; so long is waited for.
_WAIT = "10s"


def dump(database: dict[str, Any]) -> Iterator[bytes]:
    """The database as it is at one moment (pg_dump, custom format).

    Args:
        database: Django's settings of it.

    Raises:
        BackupError: pg_dump is not here, or does not work.
    """
    command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    with _started([*command, *_where(database)], database, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        _end(process, "pg_dump")


def load(database: dict[str, Any], chunks: Iterable[bytes], *, instead_of: Sequence[str]) -> None:
    """Put what was dumped in the place of some tables: all of it or nothing.

    Args:
        database: Django's settings of it.
        chunks: from `dump`.
        instead_of: the names of tables that go.

    Raises:
        BackupError: a program is not here, or does not work; then nothing has changed.
    """
    into = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=-"]
    out_of = [_program("pg_restore"), "--format=custom", "--no-owner", "--no-privileges", "--file=-"]
    begin = f"SET lock_timeout = '{_WAIT}';\n" + "".join(
        f'DROP TABLE IF EXISTS "{one}" CASCADE;\n' for one in instead_of
    )
    with (
        _started([*into, *_where(database)], database, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql,
        _started(out_of, database, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as restore,
    ):
        assert psql.stdin is not None and restore.stdin is not None and restore.stdout is not None  # noqa: S101
        failures: list[BaseException] = []

        def feed() -> None:
            assert restore.stdin is not None  # noqa: S101
            try:
                for chunk in chunks:
                    restore.stdin.write(chunk)
                restore.stdin.close()
            except BaseException as error:
                failures.append(error)
                restore.kill()

        feeder = threading.Thread(target=feed, name="unsealing", daemon=True)
        try:
            feeder.start()
            psql.stdin.write(begin.encode())
            while chunk := restore.stdout.read(_CHUNK):
                psql.stdin.write(chunk)
            feeder.join()
            _raise(failures)
            _end(restore, "pg_restore")
        except BrokenPipeError:
            restore.kill()  # psql ended first: it says why, below
            with suppress(BrokenPipeError):
                psql.stdin.close()
        except BaseException:
            psql.kill()  # before it sees the end of its input, which would be the end of its transaction
            raise
        else:
            psql.stdin.close()
        _end(psql, "psql")


def _raise(failures: Sequence[BaseException]) -> None:
    # That a pipe broke says only that whoever reads it ended, and it is that which says why.
    for one in failures:
        if not isinstance(one, BrokenPipeError):
            raise one


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not here: install the client programs of PostgreSQL (Debian: postgresql-client)")
    return found


def _where(database: dict[str, Any]) -> list[str]:
    (_, *arguments), _environ = DatabaseClient.settings_to_cmd_args_env(database, [])
    return list(arguments)


def _started(command: Sequence[str], database: dict[str, Any], **streams: Any) -> subprocess.Popen[bytes]:
    # The password goes by the environment: whoever lists processes sees the arguments of all.
    _, environ = DatabaseClient.settings_to_cmd_args_env(database, [])
    return subprocess.Popen(command, env={**os.environ, **(environ or {})}, stderr=subprocess.PIPE, **streams)


def _end(process: subprocess.Popen[bytes], name: str) -> None:
    assert process.stderr is not None  # noqa: S101
    said = process.stderr.read().decode(errors="replace").strip()
    if process.wait() != 0:
        # The first line: about the server or a table. What comes behind it may quote a row.
        raise BackupError(f"{name} failed: {said.partition(chr(10))[0][:200] or process.returncode}")
