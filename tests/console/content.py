"""A copy of the content that the pages of a test show and change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.channels.webchat import languages
from bot.settings import ROOT


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The library of the console, over a copy of the content."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    found = Library(tmp_path / "content")
    monkeypatch.setattr(languages, "library", lambda: found)
    return found


def edit(library: Library, within: str, before: str, after: str) -> None:
    """Change a file as somebody with an editor would, and let the library see it."""
    file = library.root / within
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    library.refresh()
