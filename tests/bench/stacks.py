"""Where a process spends its processor time: samples of its stack (py-spy), each given to a part by what it was in.

py-spy is read from the outside, at a rate at which it costs the process next to nothing, so a profile is made of Faro as it
runs and not of a copy with measuring built in. It is installed beside the project, as stock Rasa is (stock.py).
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.measure import ended, run
from tests.bench.processes import ROOT
from tests.bench.stock import uv

#: MIT, one binary, no dependency; 0.4.1 (March 2025) or newer.
PY_SPY = "py-spy>=0.4.1,<0.5"
ENVIRONMENT = ROOT / ".tools" / "py-spy"

#: Samples a second. 100 would do for the large parts; a part of a millisecond needs more.
RATE = 250

#: Name of the part -> what a frame of it looks like, as "function (path/of/file.py:line)". Of a stack the innermost frame
#: that looks like any of them decides; what none of them looks like is OTHER.
Parts = Mapping[str, re.Pattern[str]]
OTHER = "the rest"

#: Innermost frames of a thread that waits: for another thread, for the disk, for an answer of the network. py-spy leaves out
#: threads that sleep, but not reliably on virtual machines; none of these uses the processor.
_WAITS = re.compile(
    r"^(Condition\.)?wait\b|^BaseDatabaseWrapper\._commit|^SyncStream\.read|^(Epoll)?Selector\.select|^sleep|^wait_for"
    r"|^serve \(sanic/server/runners"  # its event loop
)


def parts(**patterns: str) -> Parts:
    """Parts from keywords; in a name "__" stands for a colon and "_" for a blank."""
    return {name.replace("__", ": ").replace("_", " "): re.compile(pattern) for name, pattern in patterns.items()}


def attribute(collapsed: str, known: Parts) -> Counter[str]:
    """Samples by part, without those of threads that waited.

    Args:
        collapsed: py-spy's `raw` format: a line a stack, its frames from the outside in with ";" between, a blank, a number.
        known: the parts.
    """
    found: Counter[str] = Counter()
    for line in collapsed.splitlines():
        stack, _, number = line.rpartition(" ")
        frames = stack.split(";")
        if number.isdigit() and not _WAITS.search(frames[-1]):
            found[_part(frames, known)] += int(number)
    return found


def _part(frames: Sequence[str], known: Parts) -> str:
    for frame in reversed(frames):
        for name, pattern in known.items():
            if pattern.search(frame):
                return name
    return OTHER


def install() -> Path:
    """py-spy, installed when it is not there.

    Raises:
        subprocess.CalledProcessError: uv could not.
    """
    command = ENVIRONMENT / "bin" / "py-spy"
    if not command.exists():
        ended(run([uv(), "--quiet", "--no-config", "venv", "--no-project", "--clear", str(ENVIRONMENT)], cwd=ROOT))
        into = ["--python", str(ENVIRONMENT / "bin" / "python")]
        ended(run([uv(), "--quiet", "--no-config", "pip", "install", *into, PY_SPY], cwd=ROOT))
    return command


@dataclass(slots=True)
class Samples:
    """What was sampled of each process by the end of `sampled`, as py-spy wrote it."""

    collapsed: dict[str, str] = field(default_factory=dict)


@contextmanager
def sampled(processes: Mapping[str, int]) -> Iterator[Samples]:
    """Sample running processes, by name, while the context lasts."""
    command, found = install(), Samples()
    with tempfile.TemporaryDirectory(prefix="faro-stacks-") as folder:
        spies = {
            name: subprocess.Popen(
                [
                    *(str(command), "record", "--pid", str(pid), "--rate", str(RATE), "--format", "raw"),
                    *("--nonblocking", "--duration", "3600", "--output", f"{folder}/{name}"),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for name, pid in processes.items()
        }
        try:
            yield found
        finally:
            for spy in spies.values():
                spy.send_signal(2)  # SIGINT: it writes what it has
            for name, spy in spies.items():
                spy.wait(30)
                path = Path(folder, name)
                found.collapsed[name] = path.read_text(encoding="utf-8") if path.exists() else ""
