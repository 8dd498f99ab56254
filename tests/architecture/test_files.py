"""What is in the repository: nothing of a developer's machine, nothing too long, nothing that must not be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT

#: Folders that git ignores, and git's own.
IGNORED = frozenset(
    {".git", ".venv", ".tools", ".rasa", "models", "var", "build", "__pycache__", ".mypy_cache", ".ruff_cache"}
    | {".pytest_cache", ".hypothesis"}
)

#: Longest Python file, in lines: a file is a noun with one job.
MOST_LINES = 400

# Written in pieces, so that this file does not find itself.
_MACHINE = re.compile("/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "tm" + "p", "ho" + "me/[a-z]+")) + ")/")
_ADDRESS = re.compile("https?:" + "//")

#: Inside an image these are the image's own folders.
_IMAGES = ("deploy/Dockerfile", "docker-compose.yml", "deploy/kubernetes/base/worker.yaml")
_IMAGES += ("deploy/watch/docker-compose.watch.yml",)


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in IGNORED or path.name.endswith(".egg-info") or path.name == ".env":
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_files_to_read() -> None:
    names = {_name(path) for path in files()}
    assert {"Makefile", "bot/settings.py", "content/contacts.yml", "requirements.lock"} <= names


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{_name(path)}:{number}: {line.strip()[:80]}"
        for path in files()
        if _name(path) not in _IMAGES
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if _MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_search_for_machines_finds_one() -> None:
    assert _MACHINE.search("see /" + "work/notes")
    assert not _MACHINE.search("network/ and homework/ and /webhooks/")


LOCKS = tuple(f"requirements{which}.lock" for which in ("", "-run", "-uv", "-audit", "-fuzz"))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_pins_every_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not _ADDRESS.search(text)
    assert not re.search(r"^(?:-i|--(?:extra-)?index-url|--find-links)", text, re.MULTILINE)
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==", text, re.MULTILINE)
    assert pinned
    entries = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_no_python_file_is_long() -> None:
    long = {
        _name(path): lines
        for path in files()
        if path.suffix == ".py" and (lines := len(_text(path).splitlines())) > MOST_LINES
    }
    assert long == {}


# Numbers that must not be published


def _forbidden() -> list[str]:
    values = [str(one["value"]) for one in yaml.safe_load(_text(ROOT / "content/contacts.yml"))["do_not_publish"]]
    return [
        digits for value in values if len(digits := re.sub(r"\D", "", value)) >= 3 and not re.search("[a-z]", value)
    ]


def _published(text: str) -> str:
    """A content file without the block that lists what must not be published."""
    return re.sub(r"^do_not_publish:.*?(?=^\S|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)


def sightings(text: str, number: str) -> list[str]:
    """Where a number stands in a text, however its digits are separated. Short ones only as a number of their own."""
    if len(number) > 4:
        spaced = r"[\s().+/-]{0,3}".join(number)
        return re.findall(rf"(?<!\d){spaced}(?!\d)", text)
    own = re.sub(r"https?://\S+|\b\d{4}-\d{2}(?:-\d{2})?\b|^\s*#.*$", " ", text, flags=re.MULTILINE)
    return re.findall(rf"(?<![\d.,-]){number}(?![\d-])(?![.,]\d)", own)


def test_no_forbidden_number_stands_in_the_content() -> None:
    forbidden = _forbidden()
    assert len(forbidden) > 5
    found = [
        f"{_name(path)}: {seen}"
        for path in files()
        if _name(path).startswith("content/")
        for number in forbidden
        for seen in sightings(_published(_text(path)), number)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "number", "times"),
    [
        ("call 507-1802 now", "5071802", 1),
        ("call 507 18 02", "5071802", 1),
        ("(507) 1802", "5071802", 1),
        ("call 15071802", "5071802", 0),
        ("call 311.", "311", 1),
        ("call 2311 or 311-2000", "311", 0),
        ("https://example.org/311/x", "311", 0),
    ],
)
def test_the_search_finds_a_number_however_it_is_written(text: str, number: str, times: int) -> None:
    assert len(sightings(text, number)) == times


def test_the_list_itself_is_not_searched_but_what_follows_is() -> None:
    text = "a: 1\ndo_not_publish:   # why\n  - value: 507-1802\n    reason: x\nafter: 507-1802\n"
    assert len(sightings(_published(text), "5071802")) == 1
