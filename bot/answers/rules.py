"""The rules of the editorial check, each from content to problems. The format itself is checked by parsing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import regex

from bot.answers import numbers, required
from bot.answers.assembly import wordings
from bot.answers.choices import LANGUAGE_KEY, SENTENCE_CONTACTS, sentence_buttons
from bot.answers.choose import Choice
from bot.answers.problems import Problem, problem
from bot.answers.render import render, sentence
from bot.answers.schema import CONVERSATION, EVERY_LANGUAGE, Answer, Content, FactKind, Topic, Wording
from bot.words import Outgoing

#: Graphemes in a button. Source: WhatsApp Cloud API, interactive reply buttons (20 characters).
BUTTON_LIMIT = 20
#: Characters of a whole message; WhatsApp's interactive body holds 1,024, the rest is room for the channel.
MESSAGE_LIMIT = 900
MESSAGE_ADVICE = 880
#: Next topics of an answer (WhatsApp shows 3 reply buttons) and of the menu (a WhatsApp list has 10 rows).
NEXT_LIMIT = 3
MENU_LIMIT = 10
MENU = "show_menu"

Topics = Mapping[str, Topic]

_COMPARED = (("numbers_differ_phone", numbers.hotlines), ("numbers_differ", numbers.other_numbers))


def languages_complete(content: Content) -> Iterator[Problem]:
    """Every text is there in every language, and in no other."""
    for name, wording in wordings(content):
        if not wording.texts or EVERY_LANGUAGE in wording.texts:
            continue
        place = wording.place
        for code in content.languages:
            # Without the default language the content is broken, which assembly reports.
            if code not in wording.texts and (code != content.default or wording.get(content.chain(code))):
                yield problem(place.path, place.line, "missing_language", field=name, language=code)
        for code in wording.texts:
            if code not in content.languages and content.languages:
                yield problem(place.path, wording.line_of(code), "unknown_language", field=name, language=code)


def topics_answered(content: Content, topics: Topics, unread: frozenset[str], root: str) -> Iterator[Problem]:
    """One answer for each topic of the register, in its area.

    `unread` are the files that could not be read: what they would answer is not reported as missing too.
    """
    for topic in topics.values():
        spoken = topic.area == CONVERSATION
        file = "interface.yml" if spoken else f"answers/{topic.area}/{topic.name}.yml"
        if topic.name not in content.answers and file not in unread:
            line = content.interface.lines.get("topics", 1) if spoken else 1
            yield problem(f"{root}/{file}", line, "missing_answer", topic=topic.name)
    for answer in content.answers.values():
        place = answer.place
        if (known := topics.get(answer.topic)) is None:
            yield problem(place.path, place.line, "unknown_topic", topic=answer.topic)
        elif known.area != answer.area:
            values = {"topic": answer.topic, "area": answer.area, "right": known.area}
            yield problem(place.path, place.line, "wrong_area", **values)


def paths_lead_on(content: Content) -> Iterator[Problem]:
    """Every answer offers a few next topics, and not itself. Conversation topics may end (goodbye)."""
    for answer in content.answers.values():
        path, line = answer.place.path, answer.line_of("next")
        limit = MENU_LIMIT if answer.topic == MENU else NEXT_LIMIT
        if not answer.next and answer.area != CONVERSATION:
            yield problem(path, line, "dead_end")
        if len(answer.next) > limit:
            yield problem(path, line, "too_many_next", count=len(answer.next), limit=limit)
        for reference in answer.next:
            if reference.name == answer.topic:
                yield problem(path, reference.line, "next_itself")


def sources_named(content: Content) -> Iterator[Problem]:
    """Every answer names where its facts come from; the words of Faro itself need not."""
    for answer in content.answers.values():
        if answer.area != CONVERSATION and not answer.sources:
            yield problem(answer.place.path, answer.line_of("sources"), "no_sources")


def interface_complete(content: Content, path: str) -> Iterator[Problem]:
    """Every word that the program asks for is there."""
    languages = tuple(f"{LANGUAGE_KEY}{code}" for code in content.languages)
    sections = {
        "sentences": required.SENTENCES,
        "buttons": (*required.BUTTONS, *languages),
        "web": required.WEB,
    }
    for section, keys in sections.items():
        there = getattr(content.interface, section)
        for key in keys:
            if key not in there:
                line = content.interface.lines.get(section, 1)
                yield problem(path, line, "missing_key", key=key, section=section)


def buttons_short(content: Content) -> Iterator[Problem]:
    """What stands on a button fits on it."""
    for answer in content.answers.values():
        for language, length in _lengths(answer.title):
            path, line = answer.place.path, answer.title.line_of(language)
            yield problem(path, line, "title_too_long", language=language, length=length, limit=BUTTON_LIMIT)
    for key, wording in content.interface.buttons.items():
        for language, length in _lengths(wording):
            values = {"key": key, "language": language, "length": length, "limit": BUTTON_LIMIT}
            yield problem(wording.place.path, wording.line_of(language), "button_too_long", **values)


def messages_short(content: Content) -> Iterator[Problem]:
    """What is sent fits into one message, in every language that has the text."""
    for answer in content.answers.values():
        for code in _spoken(content, answer.text):
            yield from _length(_answered(content, answer, code), answer.topic, code, answer.text)
    for key, wording in content.interface.sentences.items():
        for code in _spoken(content, wording):
            yield from _length(_said(content, key, code), key, code, wording)


def contacts_not_typed(content: Content) -> Iterator[Problem]:
    """Phone numbers, e-mails and addresses stand in contacts.yml only, so that they change in one place."""
    facts = [fact for contact in content.contacts.values() for fact in contact.facts]
    called = (fact.value.texts.values() for fact in facts if fact.kind in {FactKind.PHONE, FactKind.WHATSAPP})
    known = frozenset(number for values in called for number in values)
    own = {id(fact.value) for fact in facts}
    for name, wording in wordings(content):
        if id(wording) in own:
            continue
        for language, text in wording.texts.items():
            for code, positions in (
                ("typed_phone", numbers.phones(text, known)),
                ("typed_email", numbers.emails(text)),
                ("typed_url", numbers.urls(text)),
            ):
                for position in positions:
                    line = wording.line_of(language, position)
                    yield problem(wording.place.path, line, code, field=name, language=language)


def numbers_agree(content: Content) -> Iterator[Problem]:
    """Every language says the same numbers as the default language."""
    other = content.default
    for name, wording in wordings(content):
        if other not in wording.texts:
            continue
        for language, text in wording.texts.items():
            for code, extract in _COMPARED:
                if differing := extract(text) ^ extract(wording.texts[other]):
                    listed = ", ".join(sorted(differing))
                    values = {"field": name, "language": language, "other": other, "numbers": listed}
                    yield problem(wording.place.path, wording.line_of(language), code, **values)


def safety_first(content: Content, topics: Topics) -> Iterator[Problem]:
    """The opening of every safety answer says which number to call."""
    for answer in content.answers.values():
        known = topics.get(answer.topic)
        if known is None or not known.safety:
            continue
        for language, text in answer.text.texts.items():
            if not numbers.hotlines(numbers.opening(text)) & set(numbers.SAFETY_HOTLINES):
                listed = ", ".join(numbers.SAFETY_HOTLINES)
                line = answer.text.line_of(language)
                yield problem(answer.place.path, line, "safety_number", language=language, numbers=listed)


def dates_current(content: Content, today: date) -> Iterator[Problem]:
    """Answers are reviewed in time and not expired."""
    for answer in content.answers.values():
        path = answer.place.path
        if answer.reviewed and answer.reviewed > today:
            yield problem(path, answer.line_of("reviewed"), "review_future", reviewed=answer.reviewed)
        elif (due := _due(answer)) and due < today:
            yield problem(path, answer.line_of("reviewed"), "review_overdue", due=due)
        if answer.valid_to and answer.valid_to < today:
            yield problem(path, answer.line_of("valid_to"), "expired", ended=answer.valid_to)


def _due(answer: Answer) -> date | None:
    if answer.reviewed is None or not answer.review_every:
        return None
    try:
        return answer.reviewed + timedelta(days=answer.review_every)
    except OverflowError:
        return None


def _lengths(wording: Wording) -> Iterator[tuple[str, int]]:
    for language, text in wording.texts.items():
        length = len(regex.findall(r"\X", text))
        if length > BUTTON_LIMIT:
            yield language, length


def _spoken(content: Content, wording: Wording) -> list[str]:
    return [code for code in content.languages if code in wording.texts]


def _answered(content: Content, answer: Answer, language: str) -> Outgoing | None:
    try:
        return render(content, Choice(answer, language, language))
    except KeyError:  # a button whose words are missing, which has its own problem
        return None


def _said(content: Content, key: str, language: str) -> Outgoing | None:
    try:
        buttons = sentence_buttons(content, key, language)
        return sentence(content, key, language, buttons, SENTENCE_CONTACTS.get(key, ()))
    except KeyError:
        return None


def _length(message: Outgoing | None, key: str, language: str, wording: Wording) -> Iterator[Problem]:
    length = len(message.text) + sum(len(button.title) for button in message.buttons) if message else 0
    path, line = wording.place.path, wording.line_of(language)
    if length > MESSAGE_LIMIT:
        values = {"key": key, "language": language, "length": length, "limit": MESSAGE_LIMIT}
        yield problem(path, line, "rendered_too_long", **values)
    elif length > MESSAGE_ADVICE:
        values = {"key": key, "language": language, "length": length, "limit": MESSAGE_ADVICE}
        yield problem(path, line, "rendered_long", **values)
