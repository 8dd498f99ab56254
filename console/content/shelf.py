"""The content that the pages show: the copy that is served, and what is wrong with the files as they are now."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.answers.check import REGISTER, check, read_topics
from bot.answers.folder import Folder, Stamp
from bot.answers.library import Library
from bot.answers.problems import Problem
from bot.answers.rules import Topics
from bot.answers.schema import Answer, Contact
from bot.channels.layout import all_misfits
from bot.channels.webchat import languages
from bot.settings import ROOT

#: Digits of a digest: enough that nobody meets another one by chance.
_DIGITS = 16


def library() -> Library:
    """The library of this process."""
    return languages.library()


def topics() -> Topics:
    """The register of topics."""
    return read_topics(ROOT / REGISTER)[0]


def problems(today: date) -> tuple[Problem, ...]:
    """Everything that `bot content check` finds in the files as they are now, grave ones first in each file."""
    root = library().root.resolve()
    register = ROOT / REGISTER
    return _checked(root, Folder(root).stamps(), register.stat().st_mtime_ns, today)


@lru_cache(maxsize=2)
def _checked(root: Path, _stamps: tuple[Stamp, ...], _register: int, today: date) -> tuple[Problem, ...]:
    # A check takes 0.3 s on two cores: once for each change of a file, and once a day.
    known, found = read_topics(ROOT / REGISTER)
    every = {*found, *check(root, today, known, all_misfits)}
    return tuple(sorted(every, key=lambda one: (one.path, weight(one), one)))


def weight(problem: Problem) -> int:
    """How grave a problem is: 0 keeps the files from being served, 1 fails the check, 2 is a warning."""
    return 0 if problem.breaking else 1 if problem.level == "error" else 2


def digest(data: bytes) -> str:
    """A short digest of a file."""
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def digest_of(contact: Contact) -> str:
    """A short digest of what a contact's facts say, by which a form knows whether they are still what was looked at."""
    said = [
        (one.kind, sorted(one.value.texts.items()), one.source, str(one.dated), one.confidence, one.confirm)
        for one in contact.facts
    ]
    return digest(repr(said).encode())


def digest_of_answer(answer: Answer) -> str:
    """A short digest of what an answer says and points to."""
    contacts = [one.name for one in answer.contacts]
    lines = [(code, sorted(line.texts.items())) for code, line in sorted(answer.countries.items())]
    said = (sorted(answer.title.texts.items()), sorted(answer.text.texts.items()), lines, contacts, answer.reviewed)
    return digest(repr(said).encode())


def writable(within: str) -> bool:
    """Whether a file of the content can be replaced from here."""
    file = library().root / within
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
