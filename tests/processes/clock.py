"""A clock that can be put forward and back under a Faro, without touching that of the machine (clock.c)."""

from __future__ import annotations

import mmap
import platform
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")

NANOSECONDS = 1_000_000_000


def missing() -> str:
    """Why no clock can be put forward here, or ""."""
    if platform.system() != "Linux":
        return "a clock is put forward by LD_PRELOAD, which is Linux's"
    return "" if shutil.which("cc") else "a clock that is put forward needs a C compiler"


class Clock:
    """The time of day of a Faro that is started with `environ`."""

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True)
        self._file.write_bytes(bytes(8))
        self.environ = {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(self._file)}

    def put(self, seconds: float) -> None:
        """From now on it is off by so many seconds; negative: behind."""
        with self._file.open("r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
            shared[:] = struct.pack("=q", int(seconds * NANOSECONDS))


@contextmanager
def off(clock: Clock, seconds: float) -> Iterator[None]:
    """It is off by so many seconds until the context ends."""
    clock.put(seconds)
    try:
        yield
    finally:
        clock.put(0)
