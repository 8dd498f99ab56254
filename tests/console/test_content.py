"""The content as its pages show it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.channels.webchat import languages
from bot.settings import ROOT
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A copy of the content that may be changed."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    found = Library(tmp_path / "content")
    monkeypatch.setattr(languages, "library", lambda: found)
    return found


def edit(library: Library, within: str, before: str, after: str) -> None:
    file = library.root / within
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    library.refresh()


def test_every_topic_has_a_page(staff: CheckingClient) -> None:
    for topic in languages.library().current().answers:
        response = staff.get(f"/console/content/topics/{topic}/")
        assert response.status_code == 200, topic
        assert f"<code>{topic}</code>" in response.content.decode()
