"""An answer laid out as one message: text, contacts, buttons. Pure; texts of staff are never used as templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton

from bot.answers.choices import (
    MOST_SUGGESTIONS,
    SENTENCE_CONTACTS,
    button,
    following_buttons,
    sentence_buttons,
    topic_buttons,
)
from bot.answers.choose import Choice
from bot.answers.country_lines import country_text
from bot.answers.schema import Confidence, Contact, ContactFact, Content, Dated, FactKind, Wording
from bot.words import Button, Outgoing

#: Signs instead of words: the same for every language and for who reads with difficulty. Unicode 6 (2010) or older, so
#: that old phones have them. A web address needs none.
SIGNS = {
    FactKind.PHONE: "☎ ",
    FactKind.WHATSAPP: "WhatsApp ",
    FactKind.EMAIL: "✉ ",
    FactKind.URL: "",
    FactKind.ADDRESS: "📍 ",
    FactKind.HOURS: "🕒 ",
}

#: Sentence above topics to choose from ("Is it one of these?").
NOT_UNDERSTOOD = "not_understood"

#: Characters of a whole message, buttons included; WhatsApp's interactive body holds 1,024, the rest is room for the
#: channel.
MESSAGE_LIMIT = 900
#: Buttons under two answers that are one message.
MOST_TOGETHER = 4

#: Sentence under contacts that carry a month.
MAY_HAVE_CHANGED = "may_have_changed"

#: Word behind a fact whose source shows no date.
UNDATED = "undated"

_PRINTED = (Confidence.HIGH, Confidence.MEDIUM)


def render(content: Content, choice: Choice, countries: tuple[str, ...] = ()) -> Outgoing:
    """The message for a chosen answer, with its lines for people of `countries` (codes; empty: not known).

    The lines of a second country are left out when the message has no room for them.

    A text that has to be given in another language than the one asked for says so in its first line, with that
    language's own name.
    """
    answer = choice.answer
    contacts = (content.contacts[name.name] for name in answer.contacts if name.name in content.contacts)
    blocks = contact_blocks(content, contacts, choice.asked)
    buttons = following_buttons(content, answer.topic, choice.asked)

    def made(known: tuple[str, ...]) -> Outgoing:
        return Outgoing("\n\n".join([answer_text(content, choice, known), *blocks]), buttons, answer.topic)

    whole = made(countries)
    return whole if _length(whole) <= MESSAGE_LIMIT else made(countries[:1])


def answer_text(content: Content, choice: Choice, countries: tuple[str, ...] = ()) -> str:
    """The words of a chosen answer with its lines for people of `countries`, without contacts."""
    text = _marked(content, choice.answer.text.texts[choice.language], choice.language, choice.asked)
    own = country_text(content, choice.answer, choice.language, countries)
    return f"{text}\n\n{own}" if own else text


def together(one: Outgoing, other: Outgoing) -> Outgoing | None:
    """Two answers as one message, or None when they do not fit into one. What can be tapped is what the first offers."""
    text = f"{one.text}\n\n{other.text}"
    buttons = (*one.buttons, *(button for button in other.buttons if button not in one.buttons))[:MOST_TOGETHER]
    whole = Outgoing(text, buttons, one.topic)
    return None if _length(whole) > MESSAGE_LIMIT else whole


def sentence(
    content: Content, key: str, language: str, buttons: Iterable[Button] = (), contacts: Iterable[str] = ()
) -> Outgoing:
    """A sentence of the interface.

    Raises:
        KeyError: content has no such sentence.
    """
    text = _words(content, content.interface.sentences[key], language)
    if not text:
        raise KeyError(key)
    known = (content.contacts[name] for name in contacts if name in content.contacts)
    return Outgoing("\n\n".join([text, *contact_blocks(content, known, language)]), tuple(buttons))


def whole_sentence(content: Content, key: str, language: str, topics: Iterable[str] = ()) -> Outgoing:
    """A sentence of the interface with the contacts and buttons that belong to it; `topics` are offered as buttons too.

    Raises:
        KeyError: content has no such sentence, or no words for one of its buttons.
    """
    buttons = (*topic_buttons(content, topics, language), *sentence_buttons(content, key, language))
    return sentence(content, key, language, buttons, SENTENCE_CONTACTS.get(key, ()))


def suggestions(content: Content, topics: Iterable[str], language: str, key: str = NOT_UNDERSTOOD) -> Outgoing:
    """The sentence `key` with up to three topics; without any topic to offer, `not_understood_again`."""
    offered = topic_buttons(content, topics, language)[:MOST_SUGGESTIONS]
    if not offered:
        return not_understood_again(content, language)
    return sentence(content, key, language, (*offered, button(content, "none_of_these", language)))


def not_understood_again(content: Content, language: str) -> Outgoing:
    """The way out after misunderstanding twice: the menu or a person."""
    return whole_sentence(content, "not_understood_again", language)


def web(content: Content, language: str) -> dict[str, str]:
    """The words of the web page by key."""
    chain = content.chain(language)
    return {key: wording.get(chain) for key, wording in content.interface.web.items()}


def contact_blocks(
    content: Content, contacts: Iterable[Contact], language: str, kinds: Collection[FactKind] = tuple(FactKind)
) -> list[str]:
    """One block a contact with its facts of `kinds`, and a last line about the dates when a fact carries one."""
    printed = [(contact, [fact for fact in printed_facts(contact) if fact.kind in kinds]) for contact in contacts]
    blocks = [contact_block(content, contact, facts, language) for contact, facts in printed]
    note = content.interface.sentences.get(MAY_HAVE_CHANGED)
    if note and any(fact.confidence is Confidence.MEDIUM for _, facts in printed for fact in facts):
        blocks.append(note.get(content.chain(language)))
    return [block for block in blocks if block]


def month(dated: Dated, chain: tuple[str, ...]) -> str:
    """Month and year in words ("abril de 2020") in the first language of `chain` that Unicode's CLDR knows."""
    if dated.month is None:
        return str(dated.year)
    for code in chain:
        try:
            locale = Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        return format_skeleton("yMMMM", date(dated.year, dated.month, 1), locale=locale)
    return f"{dated.year}-{dated.month:02}"


def printed_facts(contact: Contact) -> list[ContactFact]:
    """The facts of a contact that we are sure enough of, in the order in which they are printed."""
    order = list(FactKind)
    return sorted(
        (fact for fact in contact.facts if fact.confidence in _PRINTED), key=lambda fact: order.index(fact.kind)
    )


def contact_block(
    content: Content, contact: Contact, facts: Iterable[ContactFact], language: str, distance: str = ""
) -> str:
    """A contact as it is printed: name and purpose, how far it is if that is known, and its facts."""
    chain = content.chain(language)
    heading = ": ".join(part for part in (contact.name.get(chain), contact.purpose.get(chain)) if part)
    lines = [heading, distance]
    # Numbers of one kind and one date stand on one line: a message has room for 900 characters.
    for (kind, age), group in groupby(facts, key=lambda fact: (fact.kind, _age(content, fact, chain))):
        lines.append(SIGNS[kind] + ", ".join(fact.value.get(chain) for fact in group) + age)
    return "\n".join(line for line in lines if line.strip())


def _length(outgoing: Outgoing) -> int:
    return len(outgoing.text) + sum(len(button.title) for button in outgoing.buttons)


def _age(content: Content, fact: ContactFact, chain: tuple[str, ...]) -> str:
    if fact.confidence is not Confidence.MEDIUM:
        return ""
    # A page that shows no date must not look as if it had been written when we read it.
    undated = content.interface.sentences.get(UNDATED)
    age = month(fact.dated, chain) if fact.dated else undated.get(chain) if undated else ""
    return f" ({age})" if age else ""


def _words(content: Content, wording: Wording, language: str) -> str:
    for code in content.chain(language):
        if code in wording.texts:
            return _marked(content, wording.texts[code], code, language)
    return ""


def _marked(content: Content, text: str, language: str, asked: str) -> str:
    if language == asked or asked not in content.languages:
        return text
    return f"({content.languages[language].name})\n{text}"
