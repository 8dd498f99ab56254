"""The report as plain text that can be printed, in the language of the staff."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median

from bot.answers.readability import SCALES
from bot.answers.render import SIGNS, printed_facts
from bot.answers.report import END_SOON, REVIEW_SOON, Call, Dated, Report
from bot.answers.schema import ContactFact, Content
from bot.answers.schema import Dated as FactDate
from bot.answers.sentences_of_report import words

#: Rows of the readability table, beyond those that the check warns of.
_FEWEST_ROWS = 20

#: Characters in a line; an address is never broken.
_PAGE = 100


def lines(report: Report, content: Content, on: date, language: str) -> Iterator[str]:
    """The lines of the report.

    Args:
        report: of the content.
        content: names of contacts.
        on: the day of the report.
        language: of the staff (one of bot/answers/sentences_of_report.py).
    """
    writer = _Writer(report, content, on, language)
    yield writer.words("title", day=on)
    for heading, body in (
        (writer.words("calls", count=len(report.calls)), writer.calls()),
        (writer.words("overdue"), writer.overdue()),
        (writer.words("due_soon", limit=REVIEW_SOON), writer.dated("due_soon_line", report.due_soon)),
        (writer.words("validity", limit=END_SOON), writer.validity()),
        (writer.words("readability", least=writer.least()), writer.readability()),
        (writer.words("untranslated"), writer.untranslated()),
        (writer.words("unused"), writer.unused()),
        (writer.words("brochure"), writer.brochure()),
    ):
        yield ""
        yield heading
        yield "-" * len(heading)
        for line in list(body) or [writer.words("none")]:
            yield from _wrapped(line)


@dataclass(frozen=True, slots=True)
class _Writer:
    report: Report
    content: Content
    on: date
    language: str

    def words(self, code: str, **values: object) -> str:
        return words(code, self.language, **values)

    def dated(self, code: str, listed: Iterable[Dated]) -> Iterator[str]:
        for one in listed:
            yield self.words(code, topic=one.topic, day=one.day, days=abs((one.day - self.on).days))

    def overdue(self) -> Iterator[str]:
        yield from self.dated("overdue_line", self.report.overdue)
        if self.report.overdue:
            yield self.words("review_how")

    def validity(self) -> Iterator[str]:
        yield from self.dated("expired_line", self.report.expired)
        yield from self.dated("ending_line", self.report.ending)
        yield from self.dated("coming_line", self.report.coming)

    def calls(self) -> Iterator[str]:
        if self.report.calls:
            yield self.words("calls_how")
        for call in self.report.calls:
            yield ""
            yield from self._call(call)

    def _call(self, call: Call) -> Iterator[str]:
        chain = self.content.chain(self.language)
        contact = call.contact
        yield f"{contact.name.get(chain)}: {contact.purpose.get(chain)} ({contact.id})"
        printed = printed_facts(contact)
        for fact in call.facts:
            yield f"[ ] {SIGNS[fact.kind]}{fact.value.get(chain)}"
            yield f"      {self.words(f'ask_{fact.kind}')}"
            if fact not in printed:
                yield f"      {self.words('not_printed')}"
            yield f"      {self._source(fact)}"
        names = [*call.used_by, *([self.words("near")] if call.near else [])]
        yield f"    {self.words('used_by', names=', '.join(names) or self.words('nobody'))}"

    def _source(self, fact: ContactFact) -> str:
        dated = _written(fact.dated) if fact.dated else self.words("no_date")
        return self.words("fact_source", source=fact.source or self.words("no_source"), date=dated)

    def least(self) -> str:
        return "/".join(dict.fromkeys(str(SCALES[code].least) for code in self.content.languages if code in SCALES))

    def readability(self) -> Iterator[str]:
        for code in self.content.languages:
            found = [one for one in self.report.grades if one.language == code]
            if found:
                middle, hard = round(median(one.score for one in found)), sum(one.hard for one in found)
                yield self.words("language_line", language=code, count=len(found), median=middle, hard=hard)
        yield from (self.words("unmeasured", language=code) for code in self.report.unmeasured)
        rows = max(_FEWEST_ROWS, sum(one.hard for one in self.report.grades))
        for one in self.report.grades[:rows]:
            yield f"  {round(one.score):>4} {'!' if one.hard else ' '} {one.language:<4} {one.topic}"

    def untranslated(self) -> Iterator[str]:
        for one in self.report.untranslated:
            yield f"{one.language} | {one.path}: {', '.join(one.names)}"

    def unused(self) -> Iterator[str]:
        for code in ("unused_contacts", "unused_words", "unreached"):
            if names := getattr(self.report, code):
                yield self.words(code, names=", ".join(names))

    def brochure(self) -> Iterator[str]:
        covered = self.report.brochure
        if covered:
            full = sum(not one.missing for one in covered)
            left_out = sum(bool(one.paragraph.left_out) for one in covered)
            yield self.words("brochure_line", covered=full, count=len(covered), left_out=left_out)
        for one in covered:
            if one.missing:
                yield self.words("brochure_missing", begins=one.paragraph.begins, names=", ".join(one.missing))


def _wrapped(line: str) -> list[str]:
    """The line as wide as a printed page, indented as it is."""
    indent = line[: len(line) - len(line.lstrip())] + "  "
    wrapper = textwrap.TextWrapper(_PAGE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(line) or [""]


def _written(dated: FactDate) -> str:
    parts = (f"{dated.year}", *(f"{part:02}" for part in (dated.month, dated.day) if part is not None))
    return "-".join(parts)
