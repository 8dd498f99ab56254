"""The files of content/, each read into its value. Pure: bytes in, value and problems out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from bot.answers.countries import parse_countries
from bot.answers.directory import SHAPES, Directory, parse_directory
from bot.answers.form import Fields, Form
from bot.answers.office import parse_office
from bot.answers.problems import Problem
from bot.answers.schema import (
    CONVERSATION,
    Answer,
    Country,
    FactKind,
    Interface,
    Language,
    Office,
    Place,
    Reference,
    Shelf,
    Source,
    Topic,
    Wording,
)
from bot.answers.tree import Mapping, Node, Scalar, grow, scalars

#: What a language is called by in every file.
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)

LANGUAGE_FIELDS = ("name", "fallback", "called", "draft")
OPTIONAL_FIELDS = ("follow_ups", "valid_from", "valid_to")
#: What only an answer of a file of its own may have besides.
COUNTRY_FIELDS = ("countries", "countries_for_all")
ANSWER_FIELDS = ("topic", "title", "text", "contacts", "next", "sources", "reviewed", "review_every")
CONVERSATION_FIELDS = ("title", "text", "contacts", "next", "reviewed", "review_every")

#: Longest time between two reviews, in days.
LONGEST_REVIEW = 730


@dataclass(frozen=True, slots=True)
class Languages:
    """content/languages.yml."""

    languages: dict[str, Language]
    default: str
    place: Place


@dataclass(frozen=True, slots=True)
class Spoken:
    """content/interface.yml."""

    topics: tuple[Answer, ...]
    interface: Interface


@dataclass(frozen=True, slots=True)
class Countries:
    """content/countries.yml."""

    countries: dict[str, Country]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the tree at `path` (relative). `value` is None when nothing could be read."""

    path: str
    value: Languages | Directory | Spoken | Office | Countries | Answer | None
    problems: tuple[Problem, ...]
    written: tuple[Scalar, ...] = ()  # everything that could reach a person, for the check of do_not_publish

    @property
    def stem(self) -> str:
        """The name of the file without its ending: the topic of an answer."""
        return PurePosixPath(self.path).stem


def parse(path: str, within: str, data: bytes) -> Part:
    """Read one file. `path` is shown to people, `within` is its path inside content/."""
    form = Form(path)
    root, problems = grow(path, data)
    form.problems.extend(problems)
    if root is None:
        return Part(path, None, tuple(form.problems))
    value: Languages | Directory | Spoken | Office | Countries | Answer
    match within:
        case "languages.yml":
            value = _languages(form, root)
        case "contacts.yml":
            value = parse_directory(form, root)
        case "interface.yml":
            value = _spoken(form, root)
        case "office.yml":
            value = parse_office(form, root)
        case "countries.yml":
            value = Countries(parse_countries(form, root))
        case _:
            value = _answer(form, root, PurePosixPath(within))
    return Part(path, value, tuple(form.problems), tuple(_written(root)))


def parse_topics(path: str, data: bytes) -> tuple[dict[str, Topic], list[Problem]]:
    """Read the register of topics (data/topics.yml)."""
    form = Form(path)
    root, problems = grow(path, data)
    form.problems.extend(problems)
    topics: dict[str, Topic] = {}
    if root is None:
        return topics, form.problems
    top = form.fields(root, "", ["areas"], ["areas"])
    areas = form.fields(top.nodes["areas"], "areas") if "areas" in top.nodes else Fields()
    for area, node in areas.nodes.items():
        for name, marks in form.fields(node, area).nodes.items():
            fields = form.fields(marks, name, ["safety", "ellipsis"])
            safety, ellipsis = (form.choice(fields, key, ["true", "false"]) == "true" for key in ("safety", "ellipsis"))
            topics[name] = Topic(name, area, safety, ellipsis)
    return topics, form.problems


def _written(root: Node) -> list[Scalar]:
    if not isinstance(root, Mapping):
        return list(scalars(root))
    return [found for key, node in root.pairs if key.value != "do_not_publish" for found in scalars(node)]


def _languages(form: Form, root: Node) -> Languages:
    top = form.fields(root, "", ["languages", "default"], ["languages", "default"])
    languages: dict[str, Language] = {}
    listed = form.fields(top.nodes["languages"], "languages") if "languages" in top.nodes else Fields()
    for code, node in listed.nodes.items():
        if not LANGUAGE_CODE.fullmatch(code):
            form.note(listed.line_of(code), "bad_value", kind="language")
            continue
        fields = form.fields(node, code, LANGUAGE_FIELDS, ["name"])
        fallback = tuple(item.name for item in form.references(fields, "fallback"))
        called = tuple(item.name for item in form.references(fields, "called"))
        draft = form.choice(fields, "draft", ["true", "false"]) == "true"
        languages[code] = Language(code, form.text(fields, "name"), fallback, called, draft)
    for code, language in languages.items():
        for other in language.fallback:
            if other not in languages:
                form.note(listed.line_of(code), "unknown_fallback", language=other)
    default = form.text(top, "default")
    if default and default not in languages:
        form.note(top.line_of("default"), "unknown_default", language=default)
    return Languages(languages, default, Place(form.path, top.line))


def _spoken(form: Form, root: Node) -> Spoken:
    sections = ("topics", "sentences", "buttons", "web")
    top = form.fields(root, "", (*sections, "menu"), (*sections, "menu"))
    topics = []
    listed = form.fields(top.nodes["topics"], "topics") if "topics" in top.nodes else Fields()
    for name, node in listed.nodes.items():
        fields = form.fields(node, name, (*CONVERSATION_FIELDS, *OPTIONAL_FIELDS), ("title", "text"))
        topics.append(_filled(form, fields, name, CONVERSATION, listed.line_of(name)))
    sentences, buttons, web = (_words(form, top, section) for section in sections[1:])
    menu = {}
    shelves = form.fields(top.nodes["menu"], "menu") if "menu" in top.nodes else Fields()
    for area, node in shelves.nodes.items():
        fields = form.fields(node, area, ("title", "topics"), ("title", "topics"))
        menu[area] = Shelf(area, form.wording(fields, "title"), form.references(fields, "topics"))
    return Spoken(tuple(topics), Interface(MappingProxyType(menu), sentences, buttons, web, top.lines))


def _words(form: Form, top: Fields, section: str) -> MappingProxyType[str, Wording]:
    keys = form.fields(top.nodes[section], section) if section in top.nodes else Fields()
    return MappingProxyType({key: form.wording(keys, key) for key in keys.nodes})


def _answer(form: Form, root: Node, within: PurePosixPath) -> Answer:
    fields = form.fields(root, "", (*ANSWER_FIELDS, *OPTIONAL_FIELDS, *COUNTRY_FIELDS), ANSWER_FIELDS)
    topic = form.text(fields, "topic")
    if topic and topic != within.stem:
        form.note(fields.line_of("topic"), "topic_mismatch", topic=topic, file=within.name)
    return _filled(form, fields, within.stem, within.parent.name, fields.line)


def _filled(form: Form, fields: Fields, topic: str, area: str, line: int) -> Answer:
    answer = Answer(
        topic=topic,
        area=area,
        title=form.wording(fields, "title"),
        text=form.wording(fields, "text"),
        place=Place(form.path, line),
        contacts=form.references(fields, "contacts"),
        next=form.references(fields, "next"),
        follow_ups=_follow_ups(form, fields),
        countries=_words(form, fields, "countries"),
        countries_for_all=form.references(fields, "countries_for_all"),
        sources=tuple(_source(form, item) for item in form.items(fields, "sources")),
        reviewed=form.day(fields, "reviewed"),
        review_every=form.number(fields, "review_every", 1, LONGEST_REVIEW),
        valid_from=form.day(fields, "valid_from"),
        valid_to=form.day(fields, "valid_to"),
        lines=fields.lines,
    )
    if answer.valid_from and answer.valid_to and answer.valid_to < answer.valid_from:
        form.note(fields.line_of("valid_to"), "dates_reversed")
    return answer


def _follow_ups(form: Form, fields: Fields) -> MappingProxyType[str, Reference]:
    if "follow_ups" not in fields.nodes:
        return MappingProxyType({})
    listed = form.fields(fields.nodes["follow_ups"], "follow_ups")
    topics = {question: form.text(listed, question) for question in listed.nodes}
    return MappingProxyType(
        {question: Reference(topic, listed.line_of(question)) for question, topic in topics.items() if topic}
    )


def _source(form: Form, node: Node) -> Source:
    fields = form.fields(node, "sources", ["fact", "url"])
    source = Source(form.text(fields, "fact"), form.text(fields, "url"))
    if not fields.nodes:
        form.note(node.line, "missing_field", field="sources.fact")
    if source.url and not SHAPES[FactKind.URL].fullmatch(source.url):
        form.note(fields.line_of("url"), "bad_value", kind="url")
    return source
