"""Measuring: sizes, times, memory and percentiles. Knows nothing of Faro or Rasa."""

from __future__ import annotations

import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended: wall time and processor time in seconds, peak resident memory in bytes, exit code."""

    command: tuple[str, ...]
    seconds: float
    processor: float
    peak: int
    code: int

    def __add__(self, after: Ran) -> Ran:
        """Two commands one after the other."""
        return Ran(
            after.command,
            self.seconds + after.seconds,
            self.processor + after.processor,
            max(self.peak, after.peak),
            after.code,
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of one process in bytes: resident, and its share when pages used by several are divided among them."""

    resident: int
    share: int


@dataclass(frozen=True, slots=True)
class Turns:
    """What came of a load.

    Latencies of the turns and the wall time of all in seconds, how many got no real answer, and the processor time in
    seconds that the measured processes spent meanwhile.
    """

    latencies: tuple[float, ...]
    seconds: float
    unanswered: int = 0
    processor: float = 0.0

    def __add__(self, after: Turns) -> Turns:
        """Two loads one after the other."""
        return Turns(
            self.latencies + after.latencies,
            self.seconds + after.seconds,
            self.unanswered + after.unanswered,
            self.processor + after.processor,
        )

    @property
    def processor_a_turn(self) -> float:
        """Seconds of processor time for one turn: unlike wall time hardly changed by what else the machine does."""
        return self.processor / len(self.latencies) if self.latencies else math.nan

    @property
    def per_second(self) -> float:
        """Turns a second."""
        return len(self.latencies) / self.seconds if self.seconds else math.nan


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed; NaN without values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def size(folder: Path) -> int:
    """Bytes of all files under a folder; a file with several names in it counts once, links are not followed."""
    seen: dict[tuple[int, int], int] = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            status = (Path(directory) / name).lstat()
            seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())


def memory_from(text: str) -> Memory:
    """Memory from the text of Linux's /proc/<pid>/smaps_rollup."""
    values = {line.split()[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
    return Memory(resident=values["Rss:"], share=values["Pss:"])


def memory(pid: int) -> Memory:
    """Memory of a running process. Where there is no /proc, `ps` knows the resident part only."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists():
        return memory_from(rollup.read_text(encoding="ascii"))
    kilobytes = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return Memory(resident=int(kilobytes) * 1024, share=int(kilobytes) * 1024)


def processor_from(text: str) -> float:
    """Seconds of processor time from the text of Linux's /proc/<pid>/stat; the name in brackets may hold blanks."""
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor(pid: int) -> float:
    """Seconds of processor time that a running process has used; NaN where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    return processor_from(stat.read_text(encoding="utf-8")) if stat.exists() else math.nan


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    log: Path | None = None,
    timeout: float = 3600.0,
) -> Ran:
    """Run a command to its end, its output into `log` or to stderr; the peak is that of its largest process."""
    begun = time.monotonic()
    with ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else sys.stderr
        child = subprocess.Popen(
            list(command),
            cwd=cwd,
            env={**os.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code, usage = _wait(child, begun + timeout)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    # Linux counts in kilobytes, macOS in bytes (getrusage(2) of each).
    peak = usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
    return Ran(tuple(command), time.monotonic() - begun, usage.ru_utime + usage.ru_stime, peak, code)


def _wait(child: subprocess.Popen[bytes], end: float) -> tuple[int, resource.struct_rusage]:
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage
        if time.monotonic() > end:
            raise TimeoutError(f"{child.args!r} takes too long")
        time.sleep(0.05)


def ended(ran: Ran) -> Ran:
    """The same, if the command succeeded.

    Raises:
        subprocess.CalledProcessError: it did not.
    """
    if ran.code != 0:
        raise subprocess.CalledProcessError(ran.code, ran.command)
    return ran


def busy_from(text: str) -> float:
    """Seconds of processor time spent by all processes so far, from the text of Linux's /proc/stat."""
    fields = [int(field) for field in text.split("\n", 1)[0].split()[1:]]
    idle = fields[3] + fields[4]
    return float(sum(fields[:8]) - idle) / os.sysconf("SC_CLK_TCK")


def busy_cores(seconds: float) -> float:
    """How many cores others keep busy while this process sleeps; NaN where there is no /proc."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return math.nan
    before, begun = busy_from(stat.read_text(encoding="ascii")), time.monotonic()
    time.sleep(seconds)
    return (busy_from(stat.read_text(encoding="ascii")) - before) / (time.monotonic() - begun)
