"""What staff do to the content by command: review, withdraw, restore, confirm, add a language. Nothing is saved here.

Each function reads the content folder `root` and gives the changes; `bot.answers.edit.write` saves them, after
`worsened` has said that they make nothing worse.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.answers import numbers
from bot.answers.check import check
from bot.answers.choices import LANGUAGE_KEY
from bot.answers.directory import SHAPES, Directory
from bot.answers.edit import Change, Fields, Sheet, drop, inline_fields, inline_list, put, wordings
from bot.answers.folder import Folder
from bot.answers.forbidden import sightings
from bot.answers.parse import LANGUAGE_CODE, parse
from bot.answers.problems import Problem, nearest_first
from bot.answers.rules import Topics
from bot.answers.schema import Confidence, FactKind
from bot.answers.tree import Scalar
from bot.errors import FaroError

CONTACTS, INTERFACE, LANGUAGES = "contacts.yml", "interface.yml", "languages.yml"

#: What is not published need not be translated.
_NOT_TRANSLATED = frozenset({"do_not_publish"})

#: How sure we are of the facts that people see.
_SEEN = frozenset({Confidence.HIGH.value, Confidence.MEDIUM.value})

#: Facts that somebody dials.
_CALLED = frozenset({FactKind.PHONE.value, FactKind.WHATSAPP.value})

_NAME = re.compile(r"\w+", re.ASCII)


class Refused(FaroError):
    """The change was not made. `code` names the sentence that says why, `values` fill it."""

    def __init__(self, code: str, /, **values: object) -> None:
        self.code = code
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A contact's facts that were marked, as `kind:number`, and those that were left alone."""

    change: Change
    marked: tuple[str, ...]
    left: tuple[str, ...]


def review(root: Path, topic: str, on: date, today: date) -> Change:
    """Somebody has read the answer on this day, and it is still true."""
    if on > today:
        raise Refused("future", day=on)
    within, sheet, answer = _answer(root, topic)
    put(answer, "reviewed", on)
    return _change(within, sheet)


def withdraw(root: Path, topic: str, until: date) -> Change:
    """The answer is given up to this day, that day included."""
    within, sheet, answer = _answer(root, topic)
    if within == INTERFACE:
        raise Refused("own_topic", topic=topic)
    put(answer, "valid_to", until)
    return _change(within, sheet)


def restore(root: Path, topic: str) -> Change:
    """The answer is given again without an end."""
    within, sheet, answer = _answer(root, topic)
    if "valid_to" not in answer:
        raise Refused("not_withdrawn", topic=topic)
    drop(answer, "valid_to")
    return _change(within, sheet)


def confirm(
    root: Path, contact: str, source: str, on: date, today: date, *, fact: str = "", value: str = "", by: str = ""
) -> Confirmed:
    """Somebody has made sure of facts of a contact on this day.

    Args:
        root: the content folder.
        contact: its id.
        source: how it was made sure of ("call to the office").
        on: the day of it.
        today: the day it is; nothing is confirmed in advance.
        fact: a kind ("phone"), or the second of its kind ("phone:2"). Without it, every fact that people see.
        value: what it says instead, for exactly one fact.
        by: the account of the team that made sure of it. Without it nobody is named, nor whoever did so before.

    Raises:
        Refused: there is no such contact or fact, or the value is not of its shape or must never be published.
    """
    if on > today:
        raise Refused("future", day=on)
    if not source.strip():
        raise Refused("no_source")
    sheet = Sheet(CONTACTS, (root / CONTACTS).read_bytes())
    known = sheet.root.get("contacts")
    if not isinstance(known, Fields) or not isinstance(known.get(contact), Fields):
        raise Refused("no_contact", contact=contact, known=", ".join(nearest_first(contact, map(str, known or ()))))
    facts = _numbered(known[contact].get("facts") or [])
    chosen = _chosen(contact, facts, fact)
    if value:
        if len(chosen) != 1:
            raise Refused("one_fact", facts=", ".join(chosen))
        name = next(iter(chosen))
        _revalue(root, name, facts[name], value.strip())
    for entry in chosen.values():
        put(entry, "source", source.strip())
        put(entry, "date", on)
        put(entry, "confidence", Confidence.HIGH.value)
        drop(entry, "confirm")
        if by:
            put(entry, "confirmed_by", by)
        else:
            drop(entry, "confirmed_by")
    return Confirmed(_change(CONTACTS, sheet), tuple(chosen), tuple(name for name in facts if name not in chosen))


def add_language(root: Path, code: str, name: str, fallback: Iterable[str], called: Iterable[str]) -> list[Change]:
    """Declare a language as a draft, and put a place for it into every text. An empty place counts as missing."""
    register = Sheet(LANGUAGES, (root / LANGUAGES).read_bytes())
    listed = _mapping(register, "languages")
    if not LANGUAGE_CODE.fullmatch(code):
        raise Refused("no_code", code=code)
    if code in listed:
        raise Refused("language_there", code=code)
    if unknown := [other for other in fallback if other not in listed]:
        raise Refused("no_language", code=", ".join(unknown), known=", ".join(listed))
    if not name.strip() or not name.isprintable():
        raise Refused("no_name")
    before = frozenset(str(one) for one in listed)
    entry = Fields(name=name.strip(), fallback=inline_list(fallback), called=inline_list(called), draft=True)
    put(listed, code, entry)
    changes = []
    for within, sheet in _translated(root):
        for wording in wordings(sheet.root, before, _NOT_TRANSLATED):
            put(wording, code, None)
        if within == INTERFACE:
            button = inline_fields({other: name.strip() for other in listed})
            put(_mapping(sheet, "buttons"), f"{LANGUAGE_KEY}{code}", button)
        changes.append(_change(within, sheet))
    # The register comes last: until then nobody is offered a language that is half there.
    return [*(change for change in changes if change.after != change.before), _change(LANGUAGES, register)]


def remove_language(root: Path, code: str) -> list[Change]:
    """Take a draft that nobody has begun to translate out of every file."""
    register = Sheet(LANGUAGES, (root / LANGUAGES).read_bytes())
    listed = _mapping(register, "languages")
    if code not in listed:
        raise Refused("no_language", code=code, known=", ".join(listed))
    if not listed[code].get("draft"):
        raise Refused("not_draft", code=code)
    every = frozenset(str(one) for one in listed)
    button = f"{LANGUAGE_KEY}{code}"
    drop(listed, code)
    changes = []
    for within, sheet in _translated(root):
        if within == INTERFACE:
            drop(_mapping(sheet, "buttons"), button)
        for wording in wordings(sheet.root, every, _NOT_TRANSLATED):
            if wording.get(code) is not None:
                raise Refused("translated", code=code, file=within)
            drop(wording, code)
        changes.append(_change(within, sheet))
    return [_change(LANGUAGES, register), *(change for change in changes if change.after != change.before)]


def worsened(root: Path, changes: Iterable[Change], today: date, topics: Topics) -> list[Problem]:
    """The errors that the content would have after the changes and has not now. The folder itself is not touched."""
    before = _errors(check(root, today, topics))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / root.resolve().name
        shutil.copytree(root, copy, ignore=lambda _, names: [name for name in names if name.startswith(".")])
        for change in changes:
            (copy / change.within).write_bytes(change.after)
        after = [found for found in check(copy, today, topics) if found.level == "error"]
    more = _errors(after) - before
    return [found for found in after if more[found.path, found.code] > 0]


def topic_of(typed: str) -> str:
    """The topic that somebody means who types its name, or its file as it is shown elsewhere."""
    return re.split(r"[/\\]", typed.strip())[-1].removesuffix(".yml")


def yesterday(today: date) -> date:
    """The last day of what is withdrawn today."""
    return today - timedelta(days=1)


def _errors(problems: Iterable[Problem]) -> Counter[tuple[str, str]]:
    # Without lines and values: an edit moves them.
    return Counter((found.path, found.code) for found in problems if found.level == "error")


def _answer(root: Path, topic: str) -> tuple[str, Sheet, Fields]:
    """Path, file and fields of the answer on a topic."""
    found = sorted(root.glob(f"answers/*/{topic}.yml")) if _NAME.fullmatch(topic) else []
    if found:
        within = found[0].relative_to(root).as_posix()
        sheet = Sheet(within, found[0].read_bytes())
        return within, sheet, sheet.root
    sheet = Sheet(INTERFACE, (root / INTERFACE).read_bytes())
    answer = _mapping(sheet, "topics").get(topic)
    if not isinstance(answer, Fields):
        named = (file.stem for file in root.glob("answers/*/*.yml"))
        raise Refused(
            "no_topic", topic=topic, near=", ".join([*_titled(root, topic), *nearest_first(topic, named)][:3])
        )
    return INTERFACE, sheet, answer


def _titled(root: Path, title: str) -> list[str]:
    """The answers with a title that somebody typed instead of a name, or with a part of it."""
    folder = Folder(root)
    answers = folder.read(folder.stamps()).content.answers.values() if title else ()
    wanted = title.casefold()
    return [one.topic for one in answers if any(wanted in text.casefold() for text in one.title.texts.values())]


def _mapping(sheet: Sheet, name: str) -> Fields:
    found = sheet.root.get(name)
    if not isinstance(found, Fields):
        raise Refused("no_section", file=sheet.path, section=name)
    return found


def _change(within: str, sheet: Sheet) -> Change:
    return Change(within, sheet.data, sheet.written())


def _translated(root: Path) -> Iterable[tuple[str, Sheet]]:
    for file in (root / CONTACTS, root / INTERFACE, *sorted(root.glob("answers/*/*.yml"))):
        within = file.relative_to(root).as_posix()
        yield within, Sheet(within, file.read_bytes())


def _numbered(entries: Any) -> dict[str, Fields]:
    """The facts by name: their kind, and which of the kind from the second on ("phone", "phone:2")."""
    counted: Counter[str] = Counter()
    named = {}
    for entry in entries:
        if isinstance(entry, Fields):
            kind = str(entry.get("kind"))
            counted[kind] += 1
            named[kind if counted[kind] == 1 else f"{kind}:{counted[kind]}"] = entry
    return named


def _chosen(contact: str, facts: dict[str, Fields], fact: str) -> dict[str, Fields]:
    wanted = fact.strip().lower().removesuffix(":1")
    if wanted:
        # "phone" means all of the kind, unless there is one only; "phone:2" the second. "phone:1" is the first alone.
        exact = fact.strip().lower().endswith(":1")
        found = {
            name: entry for name, entry in facts.items() if name == wanted or (not exact and _kind(name) == wanted)
        }
    else:
        found = {name: one for name, one in facts.items() if one.get("confidence") in _SEEN}
    if not found:
        raise Refused("no_fact", contact=contact, fact=fact or "-", known=", ".join(facts))
    return found


def _kind(name: str) -> str:
    return name.partition(":")[0]


def _revalue(root: Path, name: str, entry: Fields, value: str) -> None:
    kind = _kind(name)
    if isinstance(entry.get("value"), Fields):
        raise Refused("translated_value", fact=name)
    if not value.isprintable() or ((shape := SHAPES.get(FactKind(kind))) and not shape.fullmatch(value)):
        raise Refused("bad_value", fact=name)
    if kind in _CALLED and not numbers.dialled(value):
        raise Refused("bad_value", fact=name)
    directory = parse(CONTACTS, CONTACTS, (root / CONTACTS).read_bytes()).value
    forbidden = directory.forbidden if isinstance(directory, Directory) else ()
    for _, line in sightings([Scalar(value, 1)], forbidden):
        raise Refused("forbidden", line=line)
    put(entry, "value", value)
