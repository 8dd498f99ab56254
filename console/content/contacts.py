"""The services and hotlines: what waits to be confirmed first, each fact with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from bot.answers.nearest import placed
from bot.answers.render import printed_facts
from bot.answers.revise import CONTACTS
from bot.answers.schema import Contact, ContactFact, Content, FactKind
from bot.answers.speaker import panama_today
from console.content import shelf
from console.content.confirm import undo_of
from console.content.standing import Doubt, doubts, written
from console.content.topics import plain
from console.content.words import CALL, DOUBTS, KINDS, LOOK, VISIT, WAYS
from console.page import render
from console.permissions import Permission, demands, may

#: How each doubt weighs: what people see and nobody made sure of comes first.
_ORDER = tuple(Doubt)


@dataclass(frozen=True, slots=True)
class Item:
    """A fact of a contact. `name` is how it is confirmed alone ("phone:2"); `date` as exact as the source gives it."""

    name: str
    kind: str | Promise
    value: str
    fact: ContactFact
    shown: bool
    doubts: tuple[tuple[str | Promise, str], ...]
    date: str
    line: int

    @property
    def address(self) -> str:
        """The source, where it is the address of a page."""
        return self.fact.source if self.fact.source.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact with its facts. `digest` tells whether they are still what was looked at; `worst` orders the list."""

    contact: Contact
    name: str
    purpose: str
    items: tuple[Item, ...]
    digest: str
    topics: tuple[tuple[str, str], ...]
    near: bool
    worst: int

    @property
    def way(self) -> str | Promise:
        """How somebody most likely makes sure of it."""
        kinds = {item.fact.kind for item in self.items}
        if kinds & {FactKind.PHONE, FactKind.WHATSAPP}:
            return CALL
        return LOOK if FactKind.URL in kinds else VISIT

    @property
    def waits(self) -> bool:
        """Whether something that people see waits for somebody."""
        return self.worst < len(_ORDER)


@require_safe
@demands(Permission.SEE_CONTENT)
def listed(request: HttpRequest) -> HttpResponse:
    """The contacts: those that wait (by default), or all of them."""
    content = shelf.library().current()
    today, language = panama_today(), translation.get_language() or ""
    every = [entry(content, contact, today, language) for contact in content.contacts.values()]
    every.sort(key=lambda one: (one.worst, -len(one.topics), one.name.casefold()))
    state, category, words = (
        request.GET.get("state", "waiting"),
        request.GET.get("category", ""),
        request.GET.get("q", ""),
    )
    found = [
        one
        for one in every
        if (state != "waiting" or one.waits)
        and (not category or (one.contact.category is not None and one.contact.category.name == category))
        and _matches(one, words)
    ]
    chain = content.chain(language)
    context = {
        "entries": found,
        "count": len(every),
        "waiting": sum(one.waits for one in every),
        "state": state,
        "category": category,
        "q": words,
        "query": request.GET.urlencode(),
        "ways": WAYS,
        "categories": [(name, wording.get(chain)) for name, wording in content.categories.items()],
        "may_confirm": may(request, Permission.CONFIRM_FACTS),
        "writable": shelf.writable(CONTACTS),
        "file": f"{shelf.library().root.name}/{CONTACTS}",
        "undo": undo_of(request),
    }
    return render(request, "console/content/contacts.html", context)


def entry(content: Content, contact: Contact, on: date, language: str) -> Entry:
    """A contact as the pages show it, in a language."""
    chain = content.chain(language)
    users = (
        (one.topic, one.title.get(chain) or one.topic)
        for one in content.answers.values()
        if any(reference.name == contact.id for reference in one.contacts)
    )
    visible = printed_facts(contact)
    found = [doubt for fact in visible for doubt in doubts(fact, on)]
    return Entry(
        contact=contact,
        name=contact.name.get(chain) or contact.id,
        purpose=contact.purpose.get(chain),
        items=tuple(_items(contact, chain, on)),
        digest=shelf.digest_of(contact),
        topics=tuple(users),
        near=any(one.id == contact.id for one in placed(content)),
        worst=min((_ORDER.index(one) for one in found), default=len(_ORDER)),
    )


def _items(contact: Contact, chain: tuple[str, ...], on: date) -> Iterator[Item]:
    visible = printed_facts(contact)
    numbers: dict[FactKind, int] = {}
    for fact in contact.facts:
        numbers[fact.kind] = numbers.get(fact.kind, 0) + 1
        yield Item(
            name=f"{fact.kind.value}:{numbers[fact.kind]}",
            kind=KINDS[fact.kind],
            value=fact.value.get(chain),
            fact=fact,
            shown=fact in visible,
            doubts=tuple(DOUBTS[one] for one in doubts(fact, on)),
            date=written(fact.dated) if fact.dated else "",
            line=fact.value.place.line,
        )


def _matches(one: Entry, words: str) -> bool:
    said = plain(" ".join([one.contact.id, one.name, one.purpose, *(item.value for item in one.items)]))
    return all(word in said for word in plain(words).split())
