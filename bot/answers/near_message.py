"""The message that names the nearest services: the emergency number first, distances as rough as they are known."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers.choices import NEAREST_TOPIC, button, kind_buttons
from bot.answers.nearest import Near, kinds
from bot.answers.render import contact_block, month, printed_facts, sentence
from bot.answers.schema import Confidence, Contact, ContactFact, Content, FactKind, Town
from bot.words import ABOUT, Outgoing

#: Facts of a service that help somebody to get there; its web page does not.
_SHOWN = (FactKind.PHONE, FactKind.ADDRESS, FactKind.HOURS)

#: Other kinds of service that are offered under the list.
MOST_OTHERS = 4

#: A map is linked only when the point on it is no farther off than this, in metres.
_EXACT_ENOUGH = 1_000

#: Opens the point (to 11 m) in whatever map the telephone has. Source: Google, Maps URLs, "Search" (read 2026-11).
_MAP = "https://www.google.com/maps/search/?api=1&query={lat:.4f},{lon:.4f}"

#: Sentences: above the services; and when no service of that kind is known near the place.
FOUND = "nearest_found"
NONE = "nearest_none"
INFORMATION_OF = "information_of"


def near_message(
    content: Content, found: Sequence[Near], kind: str, language: str, town: Town | None = None
) -> Outgoing:
    """The services of one kind, nearest first, and buttons for the other kinds.

    Args:
        content: their names and facts.
        found: what bot.answers.nearest gave.
        kind: their category.
        language: of the person.
        town: the place that was named; None when a position was shared.

    Raises:
        KeyError: the interface lacks a sentence.
    """
    others = [other for other in kinds(content) if other != kind][:MOST_OTHERS]
    buttons = (*kind_buttons(content, others, language), button(content, "menu", language))
    if not found:
        return Outgoing(sentence(content, NONE, language).text, buttons, NEAREST_TOPIC)
    chain = content.chain(language)
    name = content.categories[kind].get(chain)
    heading = f"📍 {town.name}, {town.province} · {name}" if town else name
    blocks = [_block(content, content.contacts[near.contact], near.km, language) for near in found]
    return Outgoing("\n\n".join([sentence(content, FOUND, language).text, heading, *blocks]), buttons, NEAREST_TOPIC)


def _block(content: Content, contact: Contact, km: int, language: str) -> str:
    facts = [fact for fact in printed_facts(contact) if fact.kind in _SHOWN]
    age = _age(content, facts or printed_facts(contact), language)
    block = contact_block(content, contact, facts, language, f"{ABOUT} {km} km{age}")
    position = contact.position
    if position and position.map and position.accuracy_m <= _EXACT_ENOUGH:
        block += "\n" + _MAP.format(lat=position.lat, lon=position.lon)
    return block


def _age(content: Content, facts: Sequence[ContactFact], language: str) -> str:
    """How old the oldest of what is printed plainly is; what carries its own month says so itself."""
    dates = [fact.dated for fact in facts if fact.dated and fact.confidence is Confidence.HIGH]
    if not dates:
        return ""
    chain = content.chain(language)
    oldest = min(dates, key=lambda one: (one.year, one.month or 0, one.day or 0))
    return f" ({content.interface.sentences[INFORMATION_OF].get(chain)} {month(oldest, chain)})"
