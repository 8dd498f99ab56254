"""The last good content outlives the process: a start beside a broken file speaks from it."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers import kept, library
from bot.answers.library import Library
from bot.answers.problems import ContentError
from bot.answers.speaker import Speaker
from bot.settings import ROOT


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path / "content"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this process keeps it."""
    file = tmp_path / "var" / kept.NAME
    monkeypatch.setattr(library, "KEPT", file)
    yield file


def broken(content: Path) -> bytes:
    """Break a file; returns what stood in it."""
    file = content / "interface.yml"
    good = file.read_bytes()
    file.write_bytes(good[: len(good) // 2])
    return good


def test_a_start_beside_a_broken_file_speaks_from_what_was_kept_and_says_what_is_wrong(
    content: Path, copy: Path
) -> None:
    before = Library(content)
    good = broken(content)
    started = Library(content)
    assert started.version == before.version and started.broken
    assert any(one.path.endswith("interface.yml") for one in started.problems)
    said = Speaker(started)
    assert said.sentence("trouble", "fr") == Speaker(before).sentence("trouble", "fr")
    (content / "interface.yml").write_bytes(good)
    started.refresh()
    assert not started.broken and not started.problems


def test_what_is_kept_is_the_newest_that_was_good(content: Path, copy: Path) -> None:
    running = Library(content)
    file = content / "interface.yml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("Tengo un problema técnico. Su pregunta", "Hay un problema. Su pregunta")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    running.refresh()
    broken(content)
    running.refresh()
    assert "Hay un problema." in Speaker(Library(content)).sentence("trouble", "es").text


def test_without_a_copy_it_is_refused_as_before(content: Path, copy: Path) -> None:
    broken(content)
    with pytest.raises(ContentError):
        Library(content)
    assert not copy.exists()


@pytest.mark.parametrize("harm", ["half", "garbage", "another version's"])
def test_a_copy_that_cannot_be_served_is_none(content: Path, copy: Path, harm: str) -> None:
    Library(content)
    data = copy.read_bytes()
    if harm == "half":
        copy.write_bytes(data[: len(data) // 2])
    elif harm == "garbage":
        copy.write_bytes(b"x" * 1000)
    else:
        with zipfile.ZipFile(copy, "w") as archive:
            archive.writestr("languages.yml", "languages: {}\n")
    broken(content)
    with pytest.raises(ContentError):
        Library(content)


def test_where_nothing_can_be_written_people_get_answers_all_the_same(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(library, "KEPT", tmp_path / "file" / kept.NAME)
    assert Speaker(Library(content)).sentence("trouble", "es").text
    assert "content not kept" in caplog.messages


def test_a_command_that_only_looks_keeps_nothing(content: Path, tmp_path: Path) -> None:
    assert library.KEPT is None
    Library(content)
    assert not list(tmp_path.rglob("*.zip"))
