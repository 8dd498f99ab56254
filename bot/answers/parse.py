"""The files of content/, each read into its value. Pure: bytes in, value and problems out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from bot.answers.form import Fields, Form
from bot.answers.problems import Problem
from bot.answers.schema import (
    CONVERSATION,
    EVERY_LANGUAGE,
    Answer,
    Confidence,
    Contact,
    ContactFact,
    FactKind,
    Forbidden,
    Interface,
    Language,
    Place,
    Source,
    Topic,
)
from bot.answers.tree import Mapping, Node, Scalar, grow, scalars

#: What the value of a fact must look like, by kind; the others are free texts.
_SHAPES = {
    FactKind.PHONE: re.compile(r"\+?\d(?:[ ()-]{0,2}\d){2,14}", re.ASCII),
    FactKind.WHATSAPP: re.compile(r"\+?\d(?:[ ()-]{0,2}\d){2,14}", re.ASCII),
    FactKind.EMAIL: re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    FactKind.URL: re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", re.ASCII),
}
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)

_OPTIONAL = ("valid_from", "valid_to")
_ANSWER_FIELDS = ("topic", "title", "text", "contacts", "next", "sources", "reviewed", "review_every")
_CONVERSATION_FIELDS = ("title", "text", "contacts", "next", "reviewed", "review_every")

#: Longest time between two reviews, in days.
_LONGEST_REVIEW = 730


@dataclass(frozen=True, slots=True)
class Languages:
    """content/languages.yml."""

    languages: dict[str, Language]
    default: str
    place: Place


@dataclass(frozen=True, slots=True)
class Contacts:
    """content/contacts.yml."""

    contacts: dict[str, Contact]
    forbidden: tuple[Forbidden, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """content/interface.yml."""

    topics: tuple[Answer, ...]
    interface: Interface


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the tree at `path` (relative). `value` is None when nothing could be read."""

    path: str
    value: Languages | Contacts | Spoken | Answer | None
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
    value: Languages | Contacts | Spoken | Answer
    match within:
        case "languages.yml":
            value = _languages(form, root)
        case "contacts.yml":
            value = _contacts(form, root)
        case "interface.yml":
            value = _spoken(form, root)
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
            safety = form.choice(form.fields(marks, name, ["safety"]), "safety", ["true", "false"]) == "true"
            topics[name] = Topic(name, area, safety)
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
        if not _LANGUAGE_CODE.fullmatch(code):
            form.note(listed.line_of(code), "bad_value", kind="language")
            continue
        fields = form.fields(node, code, ["name", "fallback", "called"], ["name"])
        fallback = tuple(item.name for item in form.references(fields, "fallback"))
        called = tuple(item.name for item in form.references(fields, "called"))
        languages[code] = Language(code, form.text(fields, "name"), fallback, called)
    for code, language in languages.items():
        for other in language.fallback:
            if other not in languages:
                form.note(listed.line_of(code), "unknown_fallback", language=other)
    default = form.text(top, "default")
    if default and default not in languages:
        form.note(top.line_of("default"), "unknown_default", language=default)
    return Languages(languages, default, Place(form.path, top.line))


def _contacts(form: Form, root: Node) -> Contacts:
    top = form.fields(root, "", ["contacts", "do_not_publish"], ["contacts", "do_not_publish"])
    contacts: dict[str, Contact] = {}
    listed = form.fields(top.nodes["contacts"], "contacts") if "contacts" in top.nodes else Fields()
    for name, node in listed.nodes.items():
        fields = form.fields(node, name, ["name", "purpose", "facts"], ["name", "purpose", "facts"])
        facts = [_fact(form, item) for item in form.items(fields, "facts")]
        contacts[name] = Contact(
            name,
            form.wording(fields, "name"),
            form.wording(fields, "purpose"),
            tuple(fact for fact in facts if fact is not None),
            Place(form.path, listed.line_of(name)),
        )
    forbidden = []
    for item in form.items(top, "do_not_publish"):
        fields = form.fields(item, "do_not_publish", ["value", "reason"], ["value"])
        if value := form.text(fields, "value"):
            forbidden.append(Forbidden(value, fields.line_of("value")))
    return Contacts(contacts, tuple(forbidden))


def _fact(form: Form, node: Node) -> ContactFact | None:
    known = ["kind", "value", "source", "date", "confidence", "confirm"]
    fields = form.fields(node, "facts", known, ["kind", "value"])
    kind = form.choice(fields, "kind", FactKind)
    value = form.wording(fields, "value", neutral=True)
    confidence = form.choice(fields, "confidence", Confidence)
    # What is printed must say where it comes from and from when it is.
    if confidence and confidence != Confidence.LOW:
        for name in ("source", "date"):
            if name not in fields.nodes:
                form.note(fields.line, "missing_field", field=f"facts.{name}")
    if kind and (shape := _SHAPES.get(FactKind(kind))) and value.texts:
        if set(value.texts) != {EVERY_LANGUAGE}:
            form.note(value.place.line, "single_value", kind=kind)
        elif not shape.fullmatch(value.texts[EVERY_LANGUAGE].strip()):
            form.note(value.place.line, "bad_value", kind=kind)
    if not kind or not value.texts:
        return None
    return ContactFact(
        kind=FactKind(kind),
        value=value,
        source=form.text(fields, "source"),
        dated=form.dated(fields, "date"),
        confidence=Confidence(confidence) if confidence else None,
        confirm=form.choice(fields, "confirm", ["true", "false"]) == "true",
    )


def _spoken(form: Form, root: Node) -> Spoken:
    sections = ("topics", "sentences", "buttons", "web")
    top = form.fields(root, "", sections, sections)
    topics = []
    listed = form.fields(top.nodes["topics"], "topics") if "topics" in top.nodes else Fields()
    for name, node in listed.nodes.items():
        fields = form.fields(node, name, (*_CONVERSATION_FIELDS, *_OPTIONAL), ("title", "text"))
        topics.append(_filled(form, fields, name, CONVERSATION, listed.line_of(name)))
    words = {}
    for section in sections[1:]:
        keys = form.fields(top.nodes[section], section) if section in top.nodes else Fields()
        words[section] = MappingProxyType({key: form.wording(keys, key) for key in keys.nodes})
    interface = Interface(words["sentences"], words["buttons"], words["web"], top.lines)
    return Spoken(tuple(topics), interface)


def _answer(form: Form, root: Node, within: PurePosixPath) -> Answer:
    fields = form.fields(root, "", (*_ANSWER_FIELDS, *_OPTIONAL), _ANSWER_FIELDS)
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
        sources=tuple(_source(form, item) for item in form.items(fields, "sources")),
        reviewed=form.day(fields, "reviewed"),
        review_every=form.number(fields, "review_every", 1, _LONGEST_REVIEW),
        valid_from=form.day(fields, "valid_from"),
        valid_to=form.day(fields, "valid_to"),
        lines=fields.lines,
    )
    if answer.valid_from and answer.valid_to and answer.valid_to < answer.valid_from:
        form.note(fields.line_of("valid_to"), "dates_reversed")
    return answer


def _source(form: Form, node: Node) -> Source:
    fields = form.fields(node, "sources", ["fact", "url"])
    source = Source(form.text(fields, "fact"), form.text(fields, "url"))
    if not fields.nodes:
        form.note(node.line, "missing_field", field="sources.fact")
    if source.url and not _SHAPES[FactKind.URL].fullmatch(source.url):
        form.note(fields.line_of("url"), "bad_value", kind="url")
    return source
