"""Training examples and test questions, and when two of them are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.nlu import neighbours
from console.review.sameness import nearly_the_same, normalised

__all__ = ["Example", "examples", "nearly_the_same", "normalised", "questions", "untaught"]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that a topic is learnt from, or measured by."""

    language: str
    topic: str
    text: str
    place: str


def examples(root: Path) -> Iterator[Example]:
    """Every training example of data/nlu."""
    for path, one in neighbours.read_files(root / "data" / "nlu"):
        yield Example(path.parent.name, one.topic, one.text, f"{path.parent.name}/{path.name}")


def questions(root: Path) -> Iterator[Example]:
    """Every question of tests/questions in the languages that are taught."""
    yield from _questions(root / "tests" / "questions")


def untaught(root: Path) -> Iterator[Example]:
    """Every question in languages, or mixtures of languages, that no example is written in."""
    yield from _questions(root / "tests" / "questions" / "untaught")


def _questions(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for one in data.get("questions", []):
            yield Example(data["language"], one["topic"], str(one["text"]), path.name)
