"""A copy of the real content that tests may edit, served at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.answers import speaker
from bot.answers.library import Library
from bot.channels.webchat import languages
from bot.guide import views
from bot.settings import ROOT

#: Every real answer is valid on this day.
TODAY = date(2026, 11, 23)

Edit = Callable[[str, str, str], None]


class Clock:
    """Time that passes when a test says so: the library looks for edits once a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Path]:
    """The content folder that is served."""
    root = tmp_path / "content"
    shutil.copytree(ROOT / "content", root)
    library = Library(root, clock)
    monkeypatch.setattr(languages, "library", lambda: library)
    monkeypatch.setattr(speaker, "panama_today", lambda: TODAY)
    views._printed.clear()
    yield root
    views._printed.clear()


@pytest.fixture
def edit(folder: Path, clock: Clock) -> Edit:
    """Replace a text in one file, once, and let the second pass after which it is seen."""

    def replace(within: str, old: str, new: str) -> None:
        file = folder / within
        before = file.read_text(encoding="utf-8")
        assert old in before
        file.write_text(before.replace(old, new, 1), encoding="utf-8")
        clock.now += 2

    return replace
