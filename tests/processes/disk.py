"""A small disk that can be filled: a file system in memory, where this machine lets us mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def missing(folder: Path) -> str:
    """Why no disk can be made here, or ""."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        return "a disk that may be filled needs root: mount a file system in memory"
    tried = folder / "tried"
    tried.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "none", str(tried)], check=False, capture_output=True)
    if mounted.returncode != 0:
        return f"no file system may be mounted here: {mounted.stderr.decode().strip()}"
    subprocess.run(["umount", str(tried)], check=True)
    return ""


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size in a new folder, until the context ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """The disk of a folder is full to the last byte, until the context ends."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue
        yield
    finally:
        filler.unlink()
