"""What stands in a backup, in order: the manifest, the files that staff edit, the database."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.errors import BackupError

#: Bytes in which a length is written.
_LENGTH = 8

#: No manifest and no folder of content is larger, in bytes.
_MOST = 1 << 30


def pack(folders: dict[str, Path]) -> bytes:
    """Folders as one archive (tar, gzip), each under its name. Links are left out."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, folder in folders.items():
            archive.add(folder, arcname=name, filter=lambda one: one if one.isfile() or one.isdir() else None)
    return packed.getvalue()


def unpack(packed: bytes, into: Path) -> None:
    """Write an archive of `pack` into a folder that is empty or not there.

    Raises:
        BackupError: there is something in it already.
    """
    if into.exists() and any(into.iterdir()):
        raise BackupError(f"{into} is not empty")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        archive.extractall(into, filter="data")


def join(manifest: bytes, files: bytes, database: Iterable[bytes]) -> Iterator[bytes]:
    """The parts, one behind the other."""
    for part in (manifest, files):
        yield len(part).to_bytes(_LENGTH, "big")
        yield part
    yield from database


def split(pieces: Iterable[bytes]) -> tuple[bytes, bytes, Iterator[bytes]]:
    """The parts again; the database as it is read on.

    Raises:
        BackupError: it ends too early.
    """
    waiting = iter(pieces)
    rest = b""

    def take(number: int) -> bytes:
        nonlocal rest
        parts = [rest]
        have = len(rest)
        while have < number:
            piece = next(waiting, None)
            if piece is None:
                raise BackupError("the backup ends too early")
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        rest = whole[number:]
        return whole[:number]

    def part() -> bytes:
        length = int.from_bytes(take(_LENGTH), "big")
        if length > _MOST:
            raise BackupError("this is no backup of Faro")
        return take(length)

    manifest, files = part(), part()

    def database() -> Iterator[bytes]:
        yield rest
        yield from waiting

    return manifest, files, database()
