"""Starts the processes of one machine, says what is going on, restarts what dies, and stops everything cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

#: A child that died is started again after these pauses, in seconds (the last one repeats).
PAUSES = (0.5, 1.0, 2.0, 4.0)

#: This many deaths of one child within WINDOW seconds are not chance. One that nobody has seen running for STEADY seconds is
#: set up wrongly: if people cannot do without it, everything stops, with the cause. Any other is tried again every RETRY
#: seconds, because somebody may mend it, and what still runs tells people the honest sentence meanwhile.
DEATHS = 5
WINDOW = 120.0
STEADY = 60.0
RETRY = 30.0

#: Seconds that a child has to end after SIGTERM before it is killed. A turn in flight takes at most 4 s.
GRACE = 17.0

#: Seconds that a child has to become ready for the first time; Rasa takes about 10 on two cores.
START = 180.0

#: Last lines of a child that are shown again when it is given up.
REMEMBERED = 15


@dataclass(slots=True)
class Child:
    """One process: how it is started, and how to ask whether it is ready (None: as soon as it runs).

    `needed`: without it nobody hears anything, not even that something is wrong. `steady`: it has run well since the start.
    `tired`: it died too often to be tried again soon.
    """

    name: str
    arguments: Sequence[str]
    ready_url: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    needed: bool = True
    steady: bool = False
    tired: bool = False
    process: asyncio.subprocess.Process | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class GivenUp(Exception):
    """A child died too often; the message says which, and how."""


class Supervisor:
    """Keeps a list of children running until it is told to stop."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None], cwd: str) -> None:
        self._children = children
        self._say = say
        self._cwd = cwd
        self._stopping = asyncio.Event()
        # Children hold the reading end: when this process is gone, however it went, they notice and end.
        self._lifeline, self._keep = os.pipe()

    def stop(self) -> None:
        """Ask for the end; `run` returns when every child has gone."""
        self._stopping.set()

    async def run(self, when_ready: Callable[[], Awaitable[None] | None]) -> int:
        """Start the children, call `when_ready` once all of them are, and keep them running. Returns the exit code."""
        watchers = [asyncio.create_task(self._keep_running(child), name=child.name) for child in self._children]
        ready = asyncio.create_task(self._report_ready(when_ready))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait([*watchers, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task is not stopping and task.exception() is not None:
                    self._say(f"Faro stops: {task.exception()}")
                    return 1
            return 0
        finally:
            self._stopping.set()
            ready.cancel()
            stopping.cancel()
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(ready, stopping, *watchers, return_exceptions=True)
            await self._end_all()
            os.close(self._keep)
            os.close(self._lifeline)

    async def _keep_running(self, child: Child) -> None:
        while not self._stopping.is_set():
            begun = time.monotonic()
            code = await self._run_once(child)
            if self._stopping.is_set():
                return
            now = time.monotonic()
            if now - begun >= STEADY:
                child.steady, child.tired = True, False
            child.deaths.append(now)
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            recent = sum(now - death < WINDOW for death in child.deaths)
            pause = PAUSES[min(recent, len(PAUSES)) - 1]
            if recent == DEATHS and not child.tired:
                lines = "\n".join(f"  {line}" for line in child.last_lines)
                often = f"{child.name} died {DEATHS} times in {WINDOW:.0f} s, last with {how}\n{lines}"
                if child.needed and not child.steady:
                    raise GivenUp(often)
                self._say(f"{often}\nFaro goes on without {child.name}, and tries it again every {RETRY:.0f} s")
                child.tired = True
            pause = RETRY if child.tired else pause
            self._say(f"{child.name} died ({how}); starting it again in {pause} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_once(self, child: Child) -> int:
        child.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *child.arguments,
            "--lifeline",
            str(self._lifeline),
            cwd=self._cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "RASA_TELEMETRY_ENABLED": "false", **child.environ},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(self._lifeline,),
            start_new_session=True,  # Ctrl-C reaches us alone; we end the children in our own order
        )
        assert child.process.stdout is not None  # noqa: S101 - for the type checker: PIPE was asked for
        while True:
            try:
                raw = await child.process.stdout.readline()
            except ValueError:  # a line beyond the reader's 64 kB is dropped; no line of a child may stop everything
                continue
            if not raw:
                break
            line = raw.decode(errors="replace").rstrip()
            child.last_lines.append(line)
            self._say(f"{child.name:<8}| {line}")
        return await child.process.wait()

    async def _report_ready(self, when_ready: Callable[[], Awaitable[None] | None]) -> None:
        end = time.monotonic() + START
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            for child in self._children:
                while child.ready_url and not await _answers(client, child.ready_url):
                    if time.monotonic() > end:
                        self._say(f"{child.name} is still not ready after {START:.0f} s")
                        end = time.monotonic() + START
                    await asyncio.sleep(0.1)
        result = when_ready()
        if result is not None:
            await result

    async def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process and child.process.returncode is None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        waits = [asyncio.create_task(_wait_and_drain(process)) for process in running]
        if not waits:
            return
        _, late = await asyncio.wait(waits, timeout=GRACE)
        for process in running:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if late:
            await asyncio.wait(late, timeout=5)


async def _wait_and_drain(process: asyncio.subprocess.Process) -> None:
    # Nobody reads the pipe any more: without draining, a child that still has much to say would never end.
    if process.stdout is not None:
        with contextlib.suppress(Exception):
            while await process.stdout.read(65536):
                pass
    await process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        response = await client.get(url)
    except httpx.HTTPError:
        return False
    return response.status_code == httpx.codes.OK
