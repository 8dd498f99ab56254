"""Test questions: files that people write to judge Faro by, apart from the training examples.

A file holds `language: es` and `questions:`, a list of `{topic, style, text}`. Messages in a language that Faro does not
speak, or in several at once, also say in which languages an answer would be understood: `answered_in: [es, en]`, for the
whole file and, where it differs, for a question; `language` is then any name. Everything wrong with all files is told at
once, as `path:line: error: sentence`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answers.form import Fields, Form
from bot.answers.problems import Problem, problem
from bot.answers.tree import Node, grow
from bot.errors import FaroError

#: How a question is put: one clear sentence; one to four words; the question buried in two to four sentences; without
#: accents, abbreviated, mistyped; regional, a learner's language or dictated.
STYLES = ("plain", "keyword", "story", "sms", "dialect")


class QuestionsError(FaroError):
    """The test questions cannot be used. The message names every problem with its path and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(problem.render("en") for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Question:
    """One message that a person may send, with the topic and the language it should be understood as.

    `understood`: the languages in which an answer would be understood, when `language` is not one that Faro speaks.
    """

    language: str
    topic: str
    style: str
    text: str
    path: str
    line: int
    understood: tuple[str, ...] = ()

    @property
    def answered_in(self) -> tuple[str, ...]:
        """The languages in which an answer is right, the best first."""
        return self.understood or (self.language,)


def read(
    places: Sequence[Path], topics: Collection[str], languages: Collection[str], known: Iterable[Problem] = ()
) -> list[Question]:
    """Every question of files and folders (all `*.yml` of a folder), in the order of the files.

    Args:
        places: files or folders; a file that is named twice is read once.
        topics: the topics of data/topics.yml.
        languages: the codes of the languages that Faro speaks.
        known: problems found before (of the register of topics), to be told with those of the questions.

    Raises:
        QuestionsError: a file is missing, not readable or has an unknown topic, style or language; or a text is there
            twice in one language, which would count twice.
    """
    problems = list(known)
    questions: list[Question] = []
    for path in _files(places, problems):
        try:
            data = path.read_bytes()
        except OSError:
            problems.append(problem(str(path), 1, "unreadable"))
            continue
        found, wrong = parse(str(path), data, topics, languages)
        questions += found
        problems += wrong
    problems += _repeated(questions)
    if problems:
        raise QuestionsError(problems)
    return questions


def parse(
    path: str, data: bytes, topics: Collection[str], languages: Collection[str]
) -> tuple[list[Question], list[Problem]]:
    """The questions of one file and its problems. Never raises on any bytes."""
    form = Form(path)
    root, problems = grow(path, data)
    form.problems.extend(problems)
    if root is None:
        return [], form.problems
    top = form.fields(root, "", ["language", "answered_in", "questions"], ["language", "questions"])
    understood = _understood(form, top, languages)
    language = form.text(top, "language") if understood else form.choice(top, "language", languages)
    nodes = form.items(top, "questions")
    if not nodes and "questions" in top.nodes and not form.problems:
        form.note(top.line_of("questions"), "empty_text", field="questions")
    asked = [_question(form, node, _Known(topics, languages, language, understood)) for node in nodes]
    return [question for question in asked if question is not None], form.problems


@dataclass(frozen=True, slots=True)
class _Known:
    """What the questions of one file may name, and the language and the languages understood of the whole file."""

    topics: Collection[str]
    languages: Collection[str]
    language: str
    understood: tuple[str, ...]


def _understood(form: Form, fields: Fields, languages: Collection[str]) -> tuple[str, ...]:
    found = form.references(fields, "answered_in")
    for one in found:
        if one.name not in languages:
            form.note(one.line, "bad_choice", field="answered_in", choices=", ".join(languages))
    return tuple(one.name for one in found if one.name in languages)


def _question(form: Form, node: Node, known: _Known) -> Question | None:
    names = ("topic", "style", "text")
    fields = form.fields(node, "questions", (*names, "answered_in") if known.understood else names, names)
    topic = form.text(fields, "topic")
    if topic and topic not in known.topics:
        form.note(fields.line_of("topic"), "unknown_topic", topic=topic)
        return None
    style = form.choice(fields, "style", STYLES)
    text = form.text(fields, "text")
    if not (known.language and topic and style and text):
        return None
    own = _understood(form, fields, known.languages) if known.understood else ()
    return Question(known.language, topic, style, text, form.path, node.line, own or known.understood)


def _files(places: Sequence[Path], problems: list[Problem]) -> list[Path]:
    files: dict[Path, Path] = {}
    for place in places:
        found = sorted(place.glob("*.yml")) if place.is_dir() else [place] if place.exists() else []
        if not found:
            name = "*.yml" if place.is_dir() else place.name
            problems.append(problem(str(place), 1, "missing_file", file=name))
        for path in found:
            files.setdefault(path.resolve(), path)
    return list(files.values())


def _repeated(questions: Sequence[Question]) -> list[Problem]:
    seen: set[tuple[str, str]] = set()
    problems = []
    for question in questions:
        key = (question.language, " ".join(question.text.casefold().split()))
        if key in seen:
            problems.append(problem(question.path, question.line, "repeated", item=question.text, field="questions"))
        seen.add(key)
    return problems
