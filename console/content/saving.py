"""Saving one change of the content, and taking it back: all of it or nothing, and never over what somebody else did."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bot.answers import revise
from bot.answers.edit import Change, ChangedMeanwhile
from bot.answers.problems import Problem
from bot.answers.rules import Topics
from console.content.shelf import digest

#: One who saves at a time, among the processes of this machine.
LOCK = "content.lock"


class Worse(Exception):
    """With the change the content would have errors that it has not now; `problems` are they."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} new errors")


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Nobody else saves meanwhile."""
    with (data_dir / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def refuse_worse(root: Path, change: Change, today: date, topics: Topics) -> None:
    """Let nothing pass with which the content would have errors that it has not now.

    Args:
        root: the content folder.
        change: made from the file as it is now.
        today: the day it is.
        topics: the register of topics.

    Raises:
        Worse: it would.
    """
    if found := revise.worsened(root, [change], today, topics):
        raise Worse(found)


def remembered(change: Change) -> dict[str, Any]:
    """What `taken_back` needs, small enough for a session: the lines that differ, and digests of both files."""
    before, after = (data.decode().splitlines(keepends=True) for data in (change.before, change.after))
    begin = 0
    while begin < min(len(before), len(after)) and before[begin] == after[begin]:
        begin += 1
    end = 0
    while end < min(len(before), len(after)) - begin and before[-1 - end] == after[-1 - end]:
        end += 1
    return {
        "within": change.within,
        "at": begin,
        "away": len(after) - begin - end,
        "lines": before[begin : len(before) - end],
        "before": digest(change.before),
        "after": digest(change.after),
    }


def can_be_taken_back(root: Path, kept: Mapping[str, Any]) -> bool:
    """Whether nobody has changed the file since."""
    try:
        return digest((root / str(kept["within"])).read_bytes()) == str(kept["after"])
    except OSError:
        return False


def taken_back(root: Path, kept: Mapping[str, Any]) -> Change:
    """The change that takes a remembered one back, byte for byte.

    Raises:
        ChangedMeanwhile: the file is not what that change made of it.
        OSError: the file cannot be read.
    """
    within = str(kept["within"])
    data = (root / within).read_bytes()
    if digest(data) != kept["after"]:
        raise ChangedMeanwhile(within)
    lines = data.decode().splitlines(keepends=True)
    begin, away = int(kept["at"]), int(kept["away"])
    lines[begin : begin + away] = [str(line) for line in kept["lines"]]
    restored = "".join(lines).encode()
    if digest(restored) != kept["before"]:
        raise ChangedMeanwhile(within)
    return Change(within, data, restored)
