"""A PostgreSQL server of a test's own: one that may be killed, stopped, cut off and filled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.processes.running import eventually, free_ports

#: Whom a server runs as when we are root, whom PostgreSQL refuses.
USER = "postgres"


def missing() -> str:
    """Why no server can be started here, or ""."""
    absent = [name for name in ("initdb", "pg_ctl") if shutil.which(name) is None]
    if absent:
        return f"PostgreSQL's server is not installed: {' and '.join(absent)} not found"
    if os.getuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return f"PostgreSQL refuses root, and there is no user {USER}"
    return ""


class Server:
    """One server with its files in a folder, to which its user must be able to come.

    `url` leads through a wire that can be cut, `direct_url` does not.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port, wire_port = free_ports(2)
        self._user = USER if os.getuid() == 0 else None
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C")
        (self.data / "postgresql.auto.conf").write_text(
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\nmax_connections = 60\n"
            "shared_buffers = 16MB\nmin_wal_size = 32MB\nmax_wal_size = 32MB\n",
            encoding="utf-8",
        )
        self.direct_url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.url = f"postgresql://postgres@127.0.0.1:{wire_port}/postgres"
        self.start()
        self.wire = Wire(wire_port, self.port)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(self.data / "log"))

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: "fast" ends every connection politely, "immediate" as a crash does."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def kill(self) -> None:
        """Kill the whole server without a word, and wait until its shared memory is free again."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{postmaster}").exists() or None, seconds=10, what="the postmaster is gone")

    def revive(self) -> None:
        """Start it if it has ended by itself."""
        try:
            eventually(lambda: self._answers() or None, seconds=5, what="a server that recovers by itself")
        except AssertionError:
            self.start()

    def _answers(self) -> bool:
        try:
            return self.rows("select 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    def terminate_connections(self) -> int:
        """End every connection but our own; returns how many."""
        ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()"
        return int(self.rows(f"{ended} and backend_type = 'client backend'")[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds, asked past the wire."""
        with psycopg.connect(self.direct_url, connect_timeout=5, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def close(self) -> None:
        """End it."""
        self.wire.close()
        with contextlib.suppress(RuntimeError):
            self.stop()

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [*command, "--pgdata", str(self.data)],
            check=False,
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a server that is started keeps it
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        if done.returncode != 0:
            log = self.data / "log"
            said = log.read_text(encoding="utf-8", errors="replace")[-1500:] if log.exists() else ""
            raise RuntimeError(f"{command[:2]} ended with {done.returncode}; the server said last:\n{said}")


class Wire:
    """A wire between Faro and the server: it can be cut: then nothing comes through in either direction."""

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._whole.set()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", port))
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """From now on nothing comes through."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        """What waited comes through."""
        self._loop.call_soon_threadsafe(self._whole.set)

    def close(self) -> None:
        """Take it away."""

        async def end() -> None:
            self._server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._whole.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@contextmanager
def server(folder: Path | None = None) -> Iterator[Server]:
    """A server for the duration of the context; without `folder` in one of its own.

    None of pytest's will do: they are closed to other users, and PostgreSQL refuses to be root.
    """
    with tempfile.TemporaryDirectory(prefix="faro-postgres-") as own:
        Path(own).chmod(0o711)
        started = Server(folder or Path(own))
        try:
            yield started
        finally:
            started.close()
