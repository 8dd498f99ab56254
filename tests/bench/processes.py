"""Processes that are measured: started in a folder, ended with the context, their output kept for when they fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Seconds that a process has to end after SIGTERM.
GRACE = 25.0


class NeverReady(RuntimeError):
    """Something did not become ready in its time, or ended before; the message says what and where its output is."""


@dataclass(frozen=True, slots=True)
class Process:
    """A child of ours."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path

    @classmethod
    @contextmanager
    def started(
        cls, name: str, command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], log: Path
    ) -> Iterator[Process]:
        """Start a command; end it, with whatever it started, when the context ends."""
        with log.open("wb") as output:
            child = subprocess.Popen(
                list(command),
                cwd=cwd,
                env={**os.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield cls(name, child, log)
            finally:
                child.terminate()
                try:
                    child.wait(GRACE)
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()

    @property
    def pid(self) -> int:
        """Its number."""
        return self.child.pid

    def alive(self) -> bool:
        """True while it runs.

        Raises:
            NeverReady: it has ended.
        """
        if self.child.poll() is not None:
            raise NeverReady(f"{self.name} ended with {self.child.returncode}:\n{tail(self.log)}")
        return True


def end_with_sigterm() -> None:
    """From here on SIGTERM ends this process as an error does: whatever it has started is ended too."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of an output."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(number: int) -> int:
    """The first of so many neighbouring ports that nobody listens on at this moment."""
    while True:
        first = free_port()
        with ExitStack() as stack:
            try:
                for port in range(first, first + number):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
        return first


def until(condition: Callable[[], bool], seconds: float, what: str, *, every: float = 0.05) -> None:
    """Wait until a condition holds.

    Raises:
        NeverReady: it did not within `seconds`.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NeverReady(f"{what} was not ready within {seconds:.0f} s")
        time.sleep(every)
