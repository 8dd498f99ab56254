"""What of the content waits for somebody: reviews, calls, translations, hard texts, what nobody reaches. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.answers import required
from bot.answers.assembly import wordings
from bot.answers.brochure import Brochure, Covered, coverage
from bot.answers.choices import BUTTON_IDS, LANGUAGE_KEY, SENTENCE_CONTACTS
from bot.answers.nearest import placed
from bot.answers.readability import SCALES, score
from bot.answers.rules import review_due
from bot.answers.schema import CONVERSATION, EVERY_LANGUAGE, Answer, Contact, ContactFact, Content

#: Days before which a review, or the end of an answer, is announced.
REVIEW_SOON = 14
END_SOON = 30

_TOPIC_ID = "topic:"


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """An answer and the day that matters."""

    day: date
    topic: str


@dataclass(frozen=True, slots=True)
class Call:
    """A contact with facts that IOM has to confirm, and the topics, sentences (sentences.KEY) or `near` that name it."""

    contact: Contact
    facts: tuple[ContactFact, ...]
    used_by: tuple[str, ...]
    near: bool


@dataclass(frozen=True, slots=True, order=True)
class Grade:
    """How easy an answer is to read in a language."""

    score: float
    language: str
    topic: str

    @property
    def hard(self) -> bool:
        """Whether the check warns of it."""
        return round(self.score) < SCALES[self.language].least


@dataclass(frozen=True, slots=True, order=True)
class Untranslated:
    """The texts of a file that lack a language."""

    language: str
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything, worst or soonest first. `unmeasured` are the languages without a readability formula."""

    overdue: tuple[Dated, ...]
    due_soon: tuple[Dated, ...]
    expired: tuple[Dated, ...]
    ending: tuple[Dated, ...]
    coming: tuple[Dated, ...]
    calls: tuple[Call, ...]
    grades: tuple[Grade, ...]
    unmeasured: tuple[str, ...]
    untranslated: tuple[Untranslated, ...]
    unused_contacts: tuple[str, ...]
    unused_words: tuple[str, ...]
    unreached: tuple[str, ...]
    brochure: tuple[Covered, ...]


def gather(content: Content, brochure: Brochure, on: date) -> Report:
    """The report of a day."""
    answers = content.answers.values()
    due = sorted(Dated(day, answer.topic) for answer in answers if (day := review_due(answer)))
    ends = sorted(Dated(answer.valid_to, answer.topic) for answer in answers if answer.valid_to)
    begins = sorted(Dated(answer.valid_from, answer.topic) for answer in answers if answer.valid_from)
    users = {name: _users(content, name) for name in content.contacts}
    near = {contact.id for contact in placed(content)}
    return Report(
        overdue=tuple(one for one in due if one.day < on),
        due_soon=tuple(one for one in due if on <= one.day <= on + timedelta(days=REVIEW_SOON)),
        expired=tuple(one for one in ends if one.day < on),
        ending=tuple(one for one in ends if on <= one.day <= on + timedelta(days=END_SOON)),
        coming=tuple(one for one in begins if on < one.day),
        calls=tuple(_calls(content, users, near)),
        grades=tuple(sorted(_grades(content))),
        unmeasured=tuple(code for code in content.languages if code not in SCALES),
        untranslated=tuple(sorted(_untranslated(content))),
        unused_contacts=tuple(name for name, used_by in users.items() if not used_by and name not in near),
        unused_words=tuple(_unused_words(content)),
        unreached=tuple(_unreached(content)),
        brochure=tuple(coverage(brochure, content, on)),
    )


def _users(content: Content, contact: str) -> tuple[str, ...]:
    def names(answer: Answer) -> bool:
        return any(reference.name == contact for reference in answer.contacts)

    topics = [answer.topic for answer in content.answers.values() if names(answer)]
    return (*topics, *(f"sentences.{key}" for key, named in SENTENCE_CONTACTS.items() if contact in named))


def _calls(content: Content, users: dict[str, tuple[str, ...]], near: set[str]) -> list[Call]:
    calls = []
    for contact in content.contacts.values():
        if facts := tuple(fact for fact in contact.facts if fact.confirm):
            calls.append(Call(contact, facts, users[contact.id], contact.id in near))
    return sorted(calls, key=lambda call: (-len(call.used_by), call.contact.id))  # what most answers name comes first


def _grades(content: Content) -> Iterator[Grade]:
    for answer in content.answers.values():
        for language, text in answer.text.texts.items():
            if (found := score(text, language)) is not None:
                yield Grade(found, language, answer.topic)


def _untranslated(content: Content) -> list[Untranslated]:
    lacking: dict[tuple[str, str], list[str]] = {}
    for name, wording in wordings(content):
        if wording.texts and EVERY_LANGUAGE not in wording.texts:
            for code in content.languages:
                if code not in wording.texts:
                    lacking.setdefault((code, wording.place.path), []).append(name)
    return [Untranslated(language, path, tuple(names)) for (language, path), names in lacking.items()]


def _unused_words(content: Content) -> Iterator[str]:
    asked = {"sentences": required.SENTENCES, "buttons": required.BUTTONS, "web": required.WEB}
    for section, keys in asked.items():
        for key in getattr(content.interface, section):
            if key not in keys and key.removeprefix(LANGUAGE_KEY) not in content.languages:
                yield f"{section}.{key}"


def _unreached(content: Content) -> Iterator[str]:
    reached = {name.removeprefix(_TOPIC_ID) for name in BUTTON_IDS.values() if name.startswith(_TOPIC_ID)}
    reached |= {reference.name for shelf in content.interface.menu.values() for reference in shelf.topics}
    for answer in content.answers.values():
        following = (*answer.next, *answer.follow_ups.values())
        reached |= {reference.name for reference in following if reference.name != answer.topic}
    return (
        answer.topic
        for answer in content.answers.values()
        if answer.topic not in reached and answer.area != CONVERSATION
    )
