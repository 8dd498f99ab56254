"""The keys of a single machine: made once, kept in a file of its owner's alone, the same for every process."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

#: The keys that are made once on a single machine.
KEPT = ("SECRET_KEY", "PSEUDONYM_KEY", "ADDRESS_KEY")


def kept(path: Path) -> dict[str, str]:
    """The keys of a file, which is made when there is none, with its folder.

    Raises:
        OSError, ValueError, KeyError, TypeError: it cannot be made, or what it holds are not the keys.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what people write will stand in it
    if not path.exists():
        _keep({name: secrets.token_hex(32) for name in KEPT}, path)
    found = json.loads(path.read_text(encoding="utf-8"))
    if "ADDRESS_KEY" not in found:  # of before there were addresses; derived, so that all processes agree
        found["ADDRESS_KEY"] = hashlib.sha256(f"faro addresses {found['PSEUDONYM_KEY']}".encode()).hexdigest()
    return {name: str(found[name]) for name in KEPT}


def _keep(keys: Mapping[str, str], path: Path) -> None:
    # Written aside and linked into place: of two processes starting at once, one wins and both read the same.
    aside = path.with_name(f".keys.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
