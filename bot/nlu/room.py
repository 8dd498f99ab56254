"""What a trained component depends on, as one short hash.

Rasa caches what a component made of its training data under a key that sees only the source of the component's own
class (rasa/engine/training/fingerprinting.py). Every component of this room adds the hash of the whole room, its data
and its libraries: a change anywhere in it trains again, which costs half a minute; a stale model costs a wrong answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

#: The directory of the room.
ROOM = Path(__file__).resolve().parent
#: The directory that holds config.yml, data/ and content/; paths in config.yml are meant from here.
ROOT = ROOM.parents[1]


def inside(path: str | Path, root: Path = ROOT) -> Path:
    """Return a path of config.yml as an absolute one, whatever the working directory is."""
    return root / path


def fingerprint(*, distributions: Iterable[str] = (), files: Iterable[Path] = (), room: Path | None = None) -> str:
    """Return a hash of the code and data in `room` (this one), of further files, and of versions of distributions.

    Raises:
        FileNotFoundError: one of `files` is missing.
    """
    digest = hashlib.sha256()
    own = [path for path in (room or ROOM).rglob("*") if path.is_file() and path.suffix in {".py", ".yml"}]
    for path in [*sorted(own), *files]:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for name in sorted(distributions):
        digest.update(f"{name}=={_version(name)}\n".encode())
    return digest.hexdigest()


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"  # eldc and langidentify exclude each other, by platform
