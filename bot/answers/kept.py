"""The last content that could be served, on disk: a process that starts while a file is broken speaks from it.

Without it a typing mistake and a power cut together would be silence. One file, replaced as a whole, so that processes that
start at once all read the same and none reads a half.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from bot.answers.folder import Folder, Reading

log = logging.getLogger("faro.answers")

#: Its name in DATA_DIR.
NAME = "content-kept.zip"


def keep(file: Path, root: Path, paths: Iterable[str]) -> None:
    """Put the files of a content that can be served into `file`. Never raises: what runs goes on without a copy."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with zipfile.ZipFile(aside, "x", zipfile.ZIP_DEFLATED) as archive:
            for within in sorted(paths):
                archive.writestr(within, (root / within).read_bytes())
        aside.replace(file)
    except OSError as error:
        log.warning("content not kept", extra={"error": type(error).__name__})
        with contextlib.suppress(OSError):
            aside.unlink()


def read(file: Path) -> Reading | None:
    """What was kept, or None when nothing was that can be served by this version of Faro."""
    try:
        with tempfile.TemporaryDirectory(prefix="faro-content-") as name, zipfile.ZipFile(file) as archive:
            archive.extractall(name)
            folder = Folder(Path(name))
            reading = folder.read(folder.stamps())
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever is wrong with it: then there is none
        log.warning("kept content unreadable", extra={"error": type(error).__name__})
        return None
    return None if reading.breaking else reading
