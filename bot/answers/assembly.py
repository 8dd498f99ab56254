"""The parsed files put together into one `Content`, with the problems that only show between files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from bot.answers.countries import named_in
from bot.answers.directory import Directory
from bot.answers.forbidden import sightings
from bot.answers.parse import Countries, Languages, Part, Spoken
from bot.answers.problems import Problem, nearest_first, problem
from bot.answers.schema import Answer, Content, Forbidden, Interface, Office, Reference, Wording

#: The files that must be there, besides at least one answer.
FIXED_FILES = ("languages.yml", "contacts.yml", "interface.yml")

#: Those that may be missing.
OPTIONAL_FILES = ("office.yml", "countries.yml")

#: Suggestions after a name that is not known.
NEAR = 3

_Value = TypeVar("_Value")


def assemble(name: str, parts: Iterable[Part], digests: Mapping[str, bytes]) -> tuple[Content, list[Problem]]:
    """The best content that the parts give, and every problem of the parts and between them.

    Args:
        name: how the content folder is called in problems, e.g. "content".
        parts: one for each file.
        digests: path -> digest of the file's bytes, for the version.
    """
    parts = sorted(parts, key=lambda part: part.path)
    problems = [found for part in parts for found in part.problems]
    values = {part.path: part.value for part in parts}
    for file in FIXED_FILES:
        if f"{name}/{file}" not in values:
            problems.append(problem(f"{name}/{file}", 1, "missing_file", file=file))
    languages = values.get(f"{name}/languages.yml")
    contacts = values.get(f"{name}/contacts.yml")
    spoken = values.get(f"{name}/interface.yml")
    office = values.get(f"{name}/office.yml")
    countries = values.get(f"{name}/countries.yml")
    spoken_languages = languages.languages if isinstance(languages, Languages) else {}
    answers, doubles = _answers(parts, spoken if isinstance(spoken, Spoken) else None)
    problems.extend(doubles)
    content = Content(
        version=_version(digests),
        languages=_frozen(spoken_languages),
        default=languages.default if isinstance(languages, Languages) else "",
        contacts=_frozen(contacts.contacts if isinstance(contacts, Directory) else {}),
        answers=_frozen(answers),
        interface=spoken.interface if isinstance(spoken, Spoken) else Interface(),
        forbidden=contacts.forbidden if isinstance(contacts, Directory) else (),
        categories=_frozen(contacts.categories if isinstance(contacts, Directory) else {}),
        towns=_frozen(contacts.towns if isinstance(contacts, Directory) else {}),
        countries=_frozen(
            {code: named_in(one, spoken_languages) for code, one in countries.countries.items()}
            if isinstance(countries, Countries)
            else {}
        ),
        organisations=_frozen(contacts.organisations if isinstance(contacts, Directory) else {}),
        office=office if isinstance(office, Office) else Office(),
    )
    # A file that is broken answers for the topic it is named after, so that one mistake is reported once.
    named = set(answers) | {part.stem for part in parts}
    if isinstance(contacts, Directory):
        problems.extend(_unknown_contacts(content))
    if isinstance(spoken, Spoken):
        problems.extend(_unknown_topics(content, named))
    if f"{name}/countries.yml" not in values or isinstance(countries, Countries):
        problems.extend(_unknown_countries(content))
    if content.default in content.languages:
        problems.extend(_without_default(content))
    problems.extend(_forbidden(parts, content.forbidden))
    return content, sorted(set(problems))


def wordings(content: Content) -> Iterator[tuple[str, Wording]]:
    """Every text that people see, with its name for problems ("text", "sentences.trouble", "onpar.name")."""
    for answer in content.answers.values():
        yield "title", answer.title
        yield "text", answer.text
        for code, line in answer.countries.items():
            yield f"countries.{code}", line
    for contact in content.contacts.values():
        yield f"{contact.id}.name", contact.name
        yield f"{contact.id}.purpose", contact.purpose
        for fact in contact.facts:
            yield f"{contact.id}.{fact.kind}", fact.value
    for name, category in content.categories.items():
        yield f"categories.{name}", category
    for area, shelf in content.interface.menu.items():
        yield f"menu.{area}", shelf.title
    for day, holiday in content.office.holidays.items():
        yield f"holidays.{day}", holiday
    for section in ("sentences", "buttons", "web"):
        for key, wording in getattr(content.interface, section).items():
            yield f"{section}.{key}", wording


def _answers(parts: list[Part], spoken: Spoken | None) -> tuple[dict[str, Answer], list[Problem]]:
    answers = {answer.topic: answer for answer in spoken.topics} if spoken else {}
    problems = []
    for part in parts:
        if not isinstance(part.value, Answer):
            continue
        answer = part.value
        if other := answers.get(answer.topic):
            found = problem(part.path, 1, "duplicate_topic", topic=answer.topic, other=other.place.path)
            problems.append(found)
        else:
            answers[answer.topic] = answer
    return answers, problems


def _unknown_contacts(content: Content) -> Iterator[Problem]:
    for answer in content.answers.values():
        for reference in answer.contacts:
            if reference.name not in content.contacts:
                near = ", ".join(nearest_first(reference.name, content.contacts)[:NEAR])
                yield problem(answer.place.path, reference.line, "unknown_contact", contact=reference.name, near=near)


def _unknown_topics(content: Content, named: set[str]) -> Iterator[Problem]:
    references = [
        *((answer.place.path, (*answer.next, *answer.follow_ups.values())) for answer in content.answers.values()),
        *((shelf.title.place.path, shelf.topics) for shelf in content.interface.menu.values()),
        *((one.place.path, (Reference(one.topic, one.place.line),)) for one in content.organisations.values()),
    ]
    for path, listed in references:
        for reference in listed:
            if reference.name not in named:
                near = ", ".join(nearest_first(reference.name, content.answers)[:NEAR])
                yield problem(path, reference.line, "unknown_next", topic=reference.name, near=near)


def _unknown_countries(content: Content) -> Iterator[Problem]:
    for answer in content.answers.values():
        for code, line in answer.countries.items():
            if code not in content.countries:
                yield problem(line.place.path, line.place.line, "unknown_country", country=code)
        for reference in answer.countries_for_all:
            if reference.name not in answer.countries:
                yield problem(answer.place.path, reference.line, "country_without_line", country=reference.name)


def _without_default(content: Content) -> Iterator[Problem]:
    chain = content.chain(content.default)
    for name, wording in wordings(content):
        if wording.texts and not wording.get(chain):
            place = wording.place
            yield problem(place.path, place.line, "missing_default", field=name, language=content.default)


def _forbidden(parts: list[Part], forbidden: tuple[Forbidden, ...]) -> Iterator[Problem]:
    for part in parts:
        for line, listed in sightings(part.written, forbidden):
            yield problem(part.path, line, "forbidden", listed=listed)


def _version(digests: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for path, digest in sorted(digests.items()):
        whole.update(path.encode())
        whole.update(digest)
    return whole.hexdigest()[:12]


def _frozen(mapping: dict[str, _Value]) -> Mapping[str, _Value]:
    return MappingProxyType(mapping)
