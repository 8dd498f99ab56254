"""The coverage of IOM Panama's brochure: which answers say what each of its paragraphs says (data/brochure.yml)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answers.choose import Choice, choose
from bot.answers.form import Form
from bot.answers.problems import Problem, problem
from bot.answers.schema import Content
from bot.answers.tree import Node, grow

#: The list of paragraphs, beside the content folder.
REGISTER = "data/brochure.yml"

_INTRODUCTION = """\
# The brochure, paragraph by paragraph

IOM Panama's brochure (`{file}`, undated, about 2022-23) is the least that Faro must explain.
This table says which answers say what each of its paragraphs says, and what is left out on purpose. It is made from
`data/brochure.yml`; change it there.

"""
_HEADINGS = ("section", "begins", "topics", "left out, and why")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, list or heading of the brochure by its first words, and the topics that say what it says.

    `left_out` tells what is not said on purpose, and why; "" when nothing is.
    """

    section: str
    begins: str
    topics: tuple[str, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Brochure:
    """The paragraphs of the text `file`, in its order."""

    file: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """Which topics of a paragraph are answered on a day, and which are not: unwritten, expired or not yet valid."""

    paragraph: Paragraph
    answered: tuple[str, ...]
    missing: tuple[str, ...]


def read(file: Path) -> tuple[Brochure, list[Problem]]:
    """The brochure of the file, with its problems. Never raises for anything that stands in the file."""
    path = f"{file.parent.name}/{file.name}"
    try:
        data = file.read_bytes()
    except OSError:
        return Brochure("", ()), [problem(path, 1, "unreadable")]
    return parse(path, data)


def parse(path: str, data: bytes) -> tuple[Brochure, list[Problem]]:
    """The brochure from the bytes of data/brochure.yml; `path` is what problems call the file."""
    form = Form(path)
    root, problems = grow(path, data)
    form.problems.extend(problems)
    if root is None:
        return Brochure("", ()), form.problems
    top = form.fields(root, "", ["file", "paragraphs"], ["file", "paragraphs"])
    paragraphs = tuple(_paragraph(form, node) for node in form.items(top, "paragraphs"))
    return Brochure(form.text(top, "file"), paragraphs), form.problems


def coverage(brochure: Brochure, content: Content, on: date) -> list[Covered]:
    """What of the brochure the content answers `on` a day, paragraph by paragraph."""
    return [_covered(paragraph, content, on) for paragraph in brochure.paragraphs]


def document(brochure: Brochure) -> str:
    """The text of docs/brochure.md: a table of the paragraphs."""
    rows = [(one.section, one.begins, ", ".join(one.topics), one.left_out) for one in brochure.paragraphs]
    lines = (_row(row) for row in (_HEADINGS, ["---"] * len(_HEADINGS), *rows))
    return _INTRODUCTION.format(file=brochure.file) + "".join(lines)


def _paragraph(form: Form, node: Node) -> Paragraph:
    required = ("section", "begins", "topics")
    fields = form.fields(node, "paragraphs", (*required, "left_out"), required)
    return Paragraph(
        section=form.text(fields, "section"),
        begins=form.text(fields, "begins"),
        topics=tuple(reference.name for reference in form.references(fields, "topics")),
        left_out=form.text(fields, "left_out"),
    )


def _covered(paragraph: Paragraph, content: Content, on: date) -> Covered:
    # The language decides only which words are chosen, not whether there is an answer.
    answered = [topic for topic in paragraph.topics if isinstance(choose(content, topic, content.default, on), Choice)]
    missing = [topic for topic in paragraph.topics if topic not in answered]
    return Covered(paragraph, tuple(answered), tuple(missing))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
