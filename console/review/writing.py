"""Writing changed files: all of them or none, and only over what was looked at."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import FaroError
from console.review.proposal import FileChange

#: Begins the name of a file that is being written.
_ASIDE = ".faro-"


class WritingError(FaroError):
    """Nothing was written. `code`: "read_only", "changed" (a file is not what it was) or "failed"."""

    def __init__(self, code: str, about: str = "") -> None:
        self.code, self.about = code, about
        super().__init__(f"{code}: {about}")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep every other writer of the training data out, also in other processes.

    Raises:
        WritingError: "failed": there is no such folder.
    """
    try:
        descriptor = os.open(root / "data" / "nlu", os.O_RDONLY)
    except OSError as error:
        raise WritingError("failed", "data/nlu") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def writable(root: Path) -> bool:
    """Whether training data can be written here: in a container it cannot."""
    folder = root / "data" / "nlu"
    return all(os.access(one, os.W_OK | os.X_OK) for one in (folder, *folder.glob("*/")))


def write(root: Path, changes: Iterable[FileChange]) -> None:
    """Put the new files in place of the old ones. Called within `alone`.

    Raises:
        WritingError: nothing was written, or all of it was taken back.
    """
    changes = list(changes)
    if not writable(root):
        raise WritingError("read_only")
    for one in changes:
        if (root / one.name).read_bytes() != one.before.encode():
            raise WritingError("changed", one.name)
    done: list[FileChange] = []
    try:
        for one in changes:
            _replace(root / one.name, one.after.encode())
            done.append(one)
    except OSError as error:
        for one in done:
            _replace(root / one.name, one.before.encode())
        raise WritingError("failed", error.strerror or type(error).__name__) from error


def _replace(path: Path, content: bytes) -> None:
    # Written aside and renamed: whoever trains at this moment reads the old file or the new one, never half of it.
    target = path.resolve()
    aside = target.with_name(f"{_ASIDE}{os.getpid()}-{target.name}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
