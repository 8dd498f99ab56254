"""One file of training examples (data/nlu/<language>/<area>.yml), changed line by line so that every other byte stays.

Not read and written as YAML: no writer keeps comments, blank lines and quoting of a file that people wrote. The form is
Rasa's (its documentation, "Training Data Format", 3.x): `- intent: NAME`, below it `examples: |`, below it lines with `- `.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import FaroError

_INTENT = re.compile(r"\s*-\s+intent:\s*[\"']?([\w./-]+)")
_EXAMPLES = re.compile(r"(\s*)examples:\s*\|[+-]?\s*(?:#.*)?$")
_EXAMPLE = re.compile(r"(\s*-\s+)(.*\S)")
_END = re.compile(r"\r?\n?\Z")


class TrainingFileError(FaroError):
    """A file has no place for what should be written. `code`: "no_intent" or "no_line"."""

    def __init__(self, code: str, about: str) -> None:
        self.code, self.about = code, about
        super().__init__(f"{code}: {about}")


@dataclass(frozen=True, slots=True)
class Example:
    """One example and the line it stands on, counted from 0."""

    intent: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line within the examples of an intent; `example` is "" on a blank one."""

    number: int
    intent: str
    lead: str
    example: str


def read(source: str) -> list[Example]:
    """Every example of a file, in its order."""
    return [Example(one.intent, one.example, one.number) for one in _walk(_lines(source)) if one.example]


def insert(source: str, additions: Mapping[str, Sequence[str]]) -> str:
    """The file with lines added at the end of the examples of each intent.

    Args:
        source: the file as it is.
        additions: texts by intent. They hold no line break.

    Raises:
        TrainingFileError: "no_intent": the file has no examples of one.
    """
    lines = _lines(source)
    last = {one.intent: one for one in _walk(lines) if one.example}
    for intent in additions:
        if intent not in last:
            raise TrainingFileError("no_intent", intent)
    places = sorted(((last[intent], texts) for intent, texts in additions.items()), key=lambda one: -one[0].number)
    for place, texts in places:
        before = lines[place.number]
        # The line end of the line before; a last line without one gets one and passes on that it had none.
        end = _end(before)
        mark = end or (_end(lines[0]) if len(lines) > 1 else "\n")
        lines[place.number] = before.removesuffix(end) + mark if texts else before
        new = [f"{place.lead}{text}{mark}" for text in texts]
        if new and not end:
            new[-1] = new[-1].removesuffix(mark)
        lines[place.number + 1 : place.number + 1] = new
    return "".join(lines)


def remove(source: str, taken: Mapping[str, Sequence[str]]) -> str:
    """The file without these lines: of each text the last line of its intent that says exactly this.

    Raises:
        TrainingFileError: "no_line": one is not there (any more).
    """
    lines = _lines(source)
    found = list(_walk(lines))
    gone: set[int] = set()
    for intent, texts in taken.items():
        for text in texts:
            fitting = [one.number for one in found if (one.intent, one.example) == (intent, text)]
            number = next((one for one in reversed(fitting) if one not in gone), None)
            if number is None:
                raise TrainingFileError("no_line", intent)
            gone.add(number)
    return without(source, gone)


def without(source: str, gone: Collection[int]) -> str:
    """The file without these lines, counted from 0."""
    lines = _lines(source)
    kept = [line for number, line in enumerate(lines) if number not in gone]
    if lines and kept and not _end(lines[-1]):
        kept[-1] = kept[-1].removesuffix(_end(kept[-1]))
    return "".join(kept)


def _lines(source: str) -> list[str]:
    # Not splitlines(): a form feed or U+2028 within an example ends no line of a file.
    return source.replace("\n", "\n\0").split("\0") if source else []


def _end(line: str) -> str:
    found = _END.search(line)
    return found[0] if found else ""


def _walk(lines: Sequence[str]) -> Iterator[_Line]:
    """Every line within the examples of an intent."""
    intent, depth = "", -1  # depth: how far "examples:" is indented, while within its block
    for number, line in enumerate(lines):
        bare = line.removesuffix(_end(line))
        indented = len(bare) - len(bare.lstrip(" "))
        if depth >= 0 and bare.strip() and indented <= depth:
            depth = -1
        if depth >= 0:
            example = _EXAMPLE.fullmatch(bare.rstrip())
            if example:
                yield _Line(number, intent, example[1], example[2])
        elif named := _INTENT.match(bare):
            intent = named[1]
        elif intent and (block := _EXAMPLES.fullmatch(bare)):
            depth = len(block[1])
