"""The rules of the editorial check, each from content to problems. The format itself is checked by parsing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import regex

from bot.answers import numbers, required
from bot.answers.assembly import wordings
from bot.answers.choices import LANGUAGE_KEY
from bot.answers.problems import Problem, problem
from bot.answers.schema import CONVERSATION, EVERY_LANGUAGE, FOLLOW_UP, Answer, Content, FactKind, Topic, Wording

#: Graphemes in a button. Source: WhatsApp Cloud API, interactive reply buttons (20 characters).
BUTTON_LIMIT = 20
#: Characters of a whole message that leave room for a word more in another language.
MESSAGE_ADVICE = 880
#: Next topics of an answer (WhatsApp shows 3 reply buttons) and of the menu (a WhatsApp list has 10 rows).
NEXT_LIMIT = 3
MENU_LIMIT = 10
MENU = "show_menu"
#: Topics of one area in the menu: one of the ten rows leads back.
SHELF_LIMIT = 9
#: The short question that every answer must lead on from.
MORE = "ask_more"

Topics = Mapping[str, Topic]

_COMPARED = (("numbers_differ_phone", numbers.hotlines), ("numbers_differ", numbers.other_numbers))


def languages_complete(content: Content) -> Iterator[Problem]:
    """Every text is there in every language, and in no other. What drafts lack is counted by file."""
    drafted: Counter[tuple[str, str]] = Counter()
    for name, wording in wordings(content):
        if not wording.texts or EVERY_LANGUAGE in wording.texts:
            continue
        place = wording.place
        for code in content.languages:
            # Without the default language the content is broken, which assembly reports.
            if code not in wording.texts and (code != content.default or wording.get(content.chain(code))):
                if content.languages[code].draft:
                    drafted[place.path, code] += 1
                    continue
                yield problem(place.path, place.line, "missing_language", field=name, language=code)
        for code in wording.texts:
            if code not in content.languages and content.languages:
                yield problem(place.path, wording.line_of(code), "unknown_language", field=name, language=code)
    for (path, code), count in drafted.items():
        yield problem(path, 1, "draft_language", language=code, count=count)


def topics_answered(content: Content, topics: Topics, unread: frozenset[str], root: str) -> Iterator[Problem]:
    """One answer for each topic of the register, in its area.

    `unread` are the files that could not be read: what they would answer is not reported as missing too.
    """
    for topic in topics.values():
        if topic.area == FOLLOW_UP:  # answered by the answers before them
            continue
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


def follow_ups_lead_on(content: Content, topics: Topics) -> Iterator[Problem]:
    """Every answer says what follows on "tell me more", and answers no other short question than there are."""
    known = {topic.name for topic in topics.values() if topic.ellipsis}
    for answer in content.answers.values():
        path, line = answer.place.path, answer.line_of("follow_ups")
        for question, reference in answer.follow_ups.items():
            if known and question not in known:
                values = {"question": question, "known": ", ".join(sorted(known))}
                yield problem(path, reference.line, "unknown_follow_up", **values)
        if answer.area != CONVERSATION and MORE not in answer.follow_ups:
            yield problem(path, line, "no_follow_up", question=MORE)


def contacts_sorted(content: Content) -> Iterator[Problem]:
    """Every contact stands in a category, so that it is found by what it is for."""
    for contact in content.contacts.values():
        if contact.category is None:
            yield problem(contact.place.path, contact.place.line, "no_category", contact=contact.id)


def menu_complete(content: Content, topics: Topics) -> Iterator[Problem]:
    """The menu offers every area, and a list of it fits on a telephone."""
    areas = {topic.area for topic in topics.values()} - {CONVERSATION, FOLLOW_UP}
    menu = content.interface.menu
    line = content.interface.lines.get("menu", 1)
    path = next(
        (answer.place.path for answer in content.answers.values() if answer.area == CONVERSATION), "interface.yml"
    )
    for area in sorted(areas - set(menu)):
        yield problem(path, line, "menu_area_missing", area=area)
    for shelf in menu.values():
        place = shelf.title.place
        if topics and shelf.area not in areas:
            yield problem(place.path, place.line, "menu_area_unknown", area=shelf.area)
        if len(shelf.topics) > SHELF_LIMIT:
            yield problem(place.path, place.line, "too_many_next", count=len(shelf.topics), limit=SHELF_LIMIT)


def sources_named(content: Content) -> Iterator[Problem]:
    """Every answer names where its facts come from; the words of Faro itself need not."""
    for answer in content.answers.values():
        if answer.area != CONVERSATION and not answer.sources:
            yield problem(answer.place.path, answer.line_of("sources"), "no_sources")


def interface_complete(content: Content, path: str) -> Iterator[Problem]:
    """Every word that the program asks for is there."""
    # The button of a draft says the language's own name of languages.yml.
    spoken = (code for code, language in content.languages.items() if not language.draft)
    languages = tuple(f"{LANGUAGE_KEY}{code}" for code in spoken)
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
    titled = (
        *content.interface.buttons.items(),
        *((shelf.area, shelf.title) for shelf in content.interface.menu.values()),
        *content.categories.items(),
    )
    for key, wording in titled:
        for language, length in _lengths(wording):
            values = {"key": key, "language": language, "length": length, "limit": BUTTON_LIMIT}
            yield problem(wording.place.path, wording.line_of(language), "button_too_long", **values)


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
        elif (due := review_due(answer)) and due < today:
            yield problem(path, answer.line_of("reviewed"), "review_overdue", due=due)
        if answer.valid_to and answer.valid_to < today:
            yield problem(path, answer.line_of("valid_to"), "expired", ended=answer.valid_to)


def review_due(answer: Answer) -> date | None:
    """The last day on which the answer need not be reviewed again; None when it need not be at all."""
    if answer.reviewed is None or not answer.review_every:
        return None
    try:
        return answer.reviewed + timedelta(days=answer.review_every)
    except OverflowError:
        return None


def graphemes(text: str) -> int:
    """Characters as people see them."""
    return len(regex.findall(r"\X", text))


def _lengths(wording: Wording) -> Iterator[tuple[str, int]]:
    for language, text in wording.texts.items():
        length = graphemes(text)
        if length > BUTTON_LIMIT:
            yield language, length
