"""The history of the content where its folder is in a checkout of git. Only reads, by fixed commands without a shell.

Ownership is left to git: a folder of another account may say in its configuration what git runs, so git refuses it, and
the page says how its owner can allow it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

#: Seconds for one command, and bytes of what it says that are read.
TIMEOUT = 5.0
MOST = 200_000

#: Changes in a list.
LISTED = 30

_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")

#: The fields of a change, each ended by the one sign that no name and no subject can hold: git ends a text there.
_FIELDS = 4
_FORMAT = "--format=%H%x00%cI%x00%an%x00%s%x00"

#: The configuration may name programs to show differences with; the guards keep git from running or fetching anything.
_GUARDS = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
)
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv")


class Absence(StrEnum):
    """Why there is no history to show."""

    NO_GIT = "no_git"  # the program is not installed
    NO_CHECKOUT = "no_checkout"  # the folder is in no checkout, or nothing was ever committed in it
    NOT_OURS = "not_ours"  # it belongs to another account of the machine
    TROUBLE = "trouble"  # git failed or took too long


class NoHistory(Exception):
    """There is no history; `absence` says why."""

    def __init__(self, absence: Absence) -> None:
        self.absence = absence
        super().__init__(absence.value)


@dataclass(frozen=True, slots=True)
class Commit:
    """One change: its id, when, by whom (their name alone), and what they called it."""

    id: str
    at: datetime
    author: str
    subject: str


@dataclass(frozen=True, slots=True)
class History:
    """The newest changes first. `whole` is false where older ones were never fetched (a shallow clone)."""

    commits: tuple[Commit, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """The lines of a difference, as git writes them. `cut`: there is more than is shown."""

    lines: tuple[str, ...]
    cut: bool


def history(root: Path, within: str = "") -> History:
    """The changes of one file of the content folder `root`, or of the whole folder.

    Args:
        root: the folder.
        within: a path inside it that the library named; "" for all of it.

    Raises:
        NoHistory: there is none.
    """
    follow = ("--follow",) if within else ()
    said, _ = _git(root, "log", *follow, f"-n{LISTED}", _FORMAT, "--", within or ".")
    commits = tuple(_commits(said))
    if not commits:
        raise NoHistory(Absence.NO_CHECKOUT)
    shallow, _ = _git(root, "rev-parse", "--is-shallow-repository")
    return History(commits, whole=shallow.strip() != "true")


def commit_of(root: Path, commit: str) -> tuple[Commit, Difference] | None:
    """What a commit changed in the folder; None when there is no such commit, or it changed nothing there.

    Raises:
        NoHistory: there is no history at all.
    """
    if not _COMMIT.fullmatch(commit):
        return None
    try:
        said, _ = _git(root, "log", "-n1", _FORMAT, commit, "--", ".")
    except NoHistory as error:
        if error.absence is Absence.TROUBLE:  # git says the same of a commit that it has not
            return None
        raise
    found = next(_commits(said), None)
    if found is None or found.id != commit:
        return None
    return found, _difference(root, "show", "--format=", "--diff-merges=first-parent", *_PLAIN, commit, "--", ".")


def uncommitted(root: Path) -> Difference:
    """How the folder differs from the newest commit: what was changed here and is not in the history yet.

    Raises:
        NoHistory: there is none.
    """
    return _difference(root, "diff", *_PLAIN, "HEAD", "--", ".")


def _difference(root: Path, *arguments: str) -> Difference:
    said, cut = _git(root, *arguments)
    return Difference(tuple(said.splitlines()), cut)


def _commits(said: str) -> Iterator[Commit]:
    fields = iter(said.split("\0"))
    for name, at, author, subject in zip(*[fields] * _FIELDS, strict=False):  # what is left is the last line's end
        yield Commit(name.strip("\n"), datetime.fromisoformat(at), author, subject)


def _git(root: Path, *arguments: str) -> tuple[str, bool]:
    """What a command says, and whether there was more of it.

    Raises:
        NoHistory: it failed.
    """
    program = shutil.which("git")
    if program is None:
        raise NoHistory(Absence.NO_GIT)
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                [program, "-C", str(root), *_GUARDS, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=_environ(),
            )
        except OSError:
            raise NoHistory(Absence.TROUBLE) from None
        with process:
            alarm = threading.Timer(TIMEOUT, process.kill)
            alarm.start()
            try:
                assert process.stdout is not None  # noqa: S101 - for the type checker: PIPE was asked for
                said = process.stdout.read(MOST + 1)
                if len(said) > MOST:
                    process.kill()
            finally:
                process.wait()
                alarm.cancel()
        if process.returncode != 0 and len(said) <= MOST:
            complaints.seek(0)
            raise NoHistory(_why(complaints.read(MOST).decode(errors="replace")))
    return said[:MOST].decode(errors="replace"), len(said) > MOST


def _why(complaint: str) -> Absence:
    if "dubious ownership" in complaint:
        return Absence.NOT_OURS
    if "not a git repository" in complaint or "does not have any commits" in complaint:
        return Absence.NO_CHECKOUT
    return Absence.TROUBLE


def _environ() -> dict[str, str]:
    """Where git finds its owner's settings, and nothing that would point it elsewhere, let it ask, or tell it a secret."""
    return {
        "HOME": str(Path.home()),
        "PATH": os.defpath,
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LITERAL_PATHSPECS": "1",
    }
