"""What can be wrong with content, as sentences for the person who edits it, in the languages of the staff."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.answers.sentences import SENTENCES
from bot.errors import FaroError

Level = Literal["error", "warning"]

#: Sentences for staff: code -> language -> sentence, with places for values.
Catalogue = Mapping[str, Mapping[str, str]]

#: Language of the sentences when the one asked for has none.
DEFAULT_LANGUAGE = "es"

WARNINGS = frozenset(
    {
        "draft_language",
        "unread_file",
        "rendered_long",
        "hard_to_read",
        "review_overdue",
        "review_future",
        "expired",
        "numbers_differ",
    }
)

#: Errors of editing: they fail the check but the content can still be served without harm, in another language or
#: at another length. Every other error is breaking: the library keeps its last good copy.
EDITORIAL = frozenset(
    {
        "missing_language",
        "unknown_language",
        "missing_answer",
        "unknown_topic",
        "wrong_area",
        "dead_end",
        "too_many_next",
        "next_itself",
        "repeated",
        "no_sources",
        "no_category",
        "no_follow_up",
        "unknown_follow_up",
        "unknown_code",
        "unknown_country",
        "country_without_line",
        "ambiguous_unlisted",
        "name_twice",
        "menu_area_missing",
        "menu_area_unknown",
        "title_too_long",
        "button_too_long",
        "rendered_too_long",
        "shown_parts",
        "shown_options",
        "shown_title",
        "shown_id",
        "shown_twins",
        "shown_label",
        "typed_phone",
        "typed_email",
        "typed_url",
        "missing_key",
        "numbers_differ_phone",
        "safety_number",
    }
)

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem at one place. `path` is relative (content/...), `line` counts from 1, `code` names the sentence."""

    path: str
    line: int
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def level(self) -> Level:
        """Whether it fails the check ("error") or not ("warning")."""
        return "warning" if self.code in WARNINGS else "error"

    @property
    def breaking(self) -> bool:
        """Whether content with this problem must not be served."""
        return self.level == "error" and self.code not in EDITORIAL

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The sentence in `language`."""
        return sentence(self.code, language, dict(self.values))

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """`path:line: error: sentence`, as editors and CI expect it. The level stays English: tools read it."""
        return f"{self.path}:{self.line}: {self.level}: {self.message(language)}"


def problem(path: str, line: int, code: str, **values: object) -> Problem:
    """A problem whose values are made safe to print: one line, printable, at most 80 characters each."""
    return Problem(path, max(line, 1), code, tuple((name, _printable(value)) for name, value in values.items()))


def fill(catalogue: Catalogue, code: str, language: str, /, **values: object) -> str:
    """The sentence of that code with its values put in.

    Raises:
        KeyError: the catalogue has no such code, or the sentence asks for a value that is not given.
    """
    texts = catalogue[code]
    return texts.get(language, texts[DEFAULT_LANGUAGE]).format(**values)


def sentence(code: str, language: str, values: dict[str, str]) -> str:
    """A sentence of the catalogue with its values put in."""
    return fill(SENTENCES, code, language, **values)


def nearest_first(name: str, known: Iterable[str]) -> list[str]:
    """What somebody may have meant by a name that is not known, the most alike first."""
    typed = name[:_LONGEST_VALUE]
    return sorted(known, key=lambda one: (-difflib.SequenceMatcher(None, typed, one).ratio(), one))


def _printable(value: object) -> str:
    text = "".join(character if character.isprintable() else " " for character in str(value)).strip()
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


class ContentError(FaroError):
    """The content cannot be served. The message names every problem; it never carries a contact's number."""

    def __init__(self, problems: Iterable[Problem], language: str = DEFAULT_LANGUAGE) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.render(language) for problem in self.problems))
