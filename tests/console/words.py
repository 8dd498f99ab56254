"""Reads the words of the console out of its code and templates, as xgettext would."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from bot.settings import ROOT

CONSOLE = ROOT / "console"

_CALLS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
}

Key = tuple[str | None, str]


def used() -> dict[Key, str]:
    """Every (context, words) that the console uses, with the place where it stands."""
    found: dict[Key, str] = {}
    for path in sorted(CONSOLE.rglob("*.py")):
        for key, line in _of(path.read_bytes()):
            found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    for path in sorted(CONSOLE.rglob("*.html")):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()
        for key, line in _of(source):
            found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    return found


def _of(source: bytes) -> Iterator[tuple[Key, int]]:
    for line, message, _comments, context in extract("python", io.BytesIO(source), keywords=_CALLS):
        words = message[0] if isinstance(message, tuple) else message
        if words:
            yield (context, words), line


def in_folder(folder: Path) -> list[Path]:
    """The catalogues of a language."""
    return sorted(folder.glob("*.po"))
