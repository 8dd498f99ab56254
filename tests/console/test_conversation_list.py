"""The list of conversations: filters, search, pages and marks, against a plain reading of the same rows."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.conversations.search import words_of
from console.conversations.filters import Filters
from console.conversations.listing import Page, page, read_cursor
from console.conversations.reading import read_everything, read_up_to
from console.permissions import Role
from tests.console.page import CheckingClient
from tests.console.talking import LIST, answered, asked, contact, listed, names, search, walk

pytestmark = pytest.mark.django_db

Somebody = Callable[..., CheckingClient]


def test_newest_first_one_line_a_conversation(somebody: Somebody) -> None:
    a, b = contact(), contact()
    asked(a, "primero")
    asked(b)
    asked(a, "mi número es 6123-4567 y esto sigue")
    client = somebody(Role.REVIEWER)
    assert listed(client) == names(a, b)
    html = client.get(LIST).content.decode()
    assert "primero" not in html and "6123-4567" not in html
    assert "mi número es [teléfono] y esto sigue" in html


def test_a_long_text_is_shortened_after_it_was_masked(somebody: Somebody) -> None:
    who = contact()
    asked(who, " ".join(["palabra"] * 23) + " 6123 4567 omega")
    html = somebody(Role.REVIEWER).get(LIST).content.decode()
    assert "6123 4567" not in html and "[teléfono]" in html and "omega" not in html


def test_marks_say_what_matters(somebody: Somebody) -> None:
    who, eva = contact(), User.objects.create_user("eva")
    message = asked(who, outcome="not_understood", topic="nlu_fallback", safety=True)
    Feedback.objects.create(message=message, verdict="unhelpful", given_at=timezone.now())
    handover = Handover.objects.create(contact=who, reason="asked", requested_at=timezone.now())
    client = somebody(Role.OPERATOR)
    html = client.get(LIST).content.decode()
    for words in ("nuevo", "espera a una persona", "peligro", "No entendido", "no ayudó", "Ningún tema", "Página web"):
        assert words in html, words
    handover.operator = eva
    handover.save()
    assert "con eva" in client.get(LIST).content.decode()


# Unread


def test_what_was_opened_is_no_longer_new_for_that_account_alone(somebody: Somebody) -> None:
    a, b = contact(), contact()
    asked(a)
    asked(b)
    eva, ana = somebody(Role.OPERATOR, name="eva"), somebody(Role.OPERATOR, name="ana")
    assert listed(eva, "?unread=on") == names(b, a)
    eva.get(f"{LIST}{a.pk}/")
    assert listed(eva, "?unread=on") == names(b)
    assert listed(ana, "?unread=on") == names(b, a)
    asked(a)
    assert listed(eva, "?unread=on") == names(a, b)
    response = eva.post(f"{LIST}read-all", {"channel": "web"})
    assert response["Location"] == f"{LIST}?channel=web"
    assert listed(eva, "?unread=on") == [] and len(listed(ana, "?unread=on")) == 2
    assert "nuevo</span>" not in eva.get(LIST).content.decode()
    asked(b)
    assert listed(eva, "?unread=on") == names(b)


# Filters against a plain reading


def _some(number: int, chance: random.Random) -> list[Contact]:
    """Conversations with every value that filters know."""
    operator = User.objects.create_user("eva")
    people = [
        contact(channel=chance.choice(["web", "telegram", "whatsapp"]), safeguarding=chance.random() < 0.1)
        for _ in range(12)
    ]
    for _ in range(number):
        who = chance.choice(people)
        message = asked(
            who,
            chance.choice(["hola refugio", "Ayúdeme por favor", "ou est l'hôpital", "refugiada en peligro"]),
            at=timezone.now() - timedelta(days=chance.randrange(5)),
            language=chance.choice(["es", "en", "fr"]),
            topic=chance.choice(["shelter", "hiv_sti", "nlu_fallback", ""]),
            outcome=chance.choice(["answered", "suggested", "not_understood", "late"]),
            safety=chance.random() < 0.3,
            confidence=chance.choice([None, 0.0, 0.2, 0.49, 0.5, 0.9]),
        )
        answered(who, "refugio", operator=operator if chance.random() < 0.2 else None)
        if chance.random() < 0.3:
            verdict = chance.choice(["helpful", "unhelpful"])
            Feedback.objects.create(message=message, verdict=verdict, given_at=timezone.now())
    for who, holder, closed in zip(people, [None, operator, operator, None], [0, 0, 1, 1], strict=False):
        Handover.objects.create(
            contact=who,
            reason="asked",
            requested_at=timezone.now(),
            operator=holder,
            closed_at=timezone.now() if closed else None,
        )
    return people


def _fits(
    message: Message, chosen: dict[str, Any], account: User, read: dict[Any, int], words: tuple[str, ...]
) -> bool:
    """The same as Filters.matching, written plainly."""
    if words:
        plain = " " + re.sub(r"[^a-z0-9]+", " ", _unaccented(message.text.lower())) + " "
        if message.direction == "out" and message.operator_id is None:
            return False
        if not all(f" {word}" in plain if len(word) > 3 else f" {word} " in plain for word in words):
            return False
    elif message.direction == "out":
        return False
    handovers = list(message.contact.handovers.all())
    open_ones = [one for one in handovers if one.closed_at is None]
    tests = {
        "channel": lambda value: message.channel == value,
        "language": lambda value: message.language == value,
        "topic": lambda value: message.topic == value,
        "outcome": lambda value: message.outcome == value,
        "safety": lambda _: message.safety,
        "doubtful": lambda _: message.confidence is not None and 0 < message.confidence < 0.5,
        "unhelpful": lambda _: any(one.verdict == "unhelpful" for one in message.feedback.all()),
        "unread": lambda _: message.pk > read.get(message.contact_id, 0),
        "since": lambda value: timezone.localtime(message.created_at).date() >= value,
        "until": lambda value: timezone.localtime(message.created_at).date() <= value,
        "handover": lambda value: {
            "waiting": any(one.operator_id is None for one in open_ones),
            "held": any(one.operator_id for one in open_ones),
            "mine": any(one.operator_id == account.pk for one in open_ones),
            "ever": bool(handovers),
        }[value],
    }
    return all(tests[name](value) for name, value in chosen.items())


def _unaccented(text: str) -> str:
    return text.translate(str.maketrans("áéíóúôê", "aeiouoe"))


OPTIONS: dict[str, list[Any]] = {
    "channel": ["web", "telegram", "whatsapp"],
    "language": ["es", "en", "fr"],
    "topic": ["shelter", "hiv_sti"],
    "outcome": ["answered", "suggested", "not_understood", "late"],
    "handover": ["waiting", "held", "mine", "ever"],
    "safety": ["on"],
    "doubtful": ["on"],
    "unhelpful": ["on"],
    "unread": ["on"],
    "since": [0, 1, 3],
    "until": [0, 1, 3],
}


def test_any_combination_of_filters_finds_what_a_plain_reading_finds() -> None:
    chance = random.Random(7)  # noqa: S311 - a test's
    people = _some(90, chance)
    account = User.objects.get(username="eva")
    read = {}
    for who in people[:5]:
        read[who.pk] = who.messages.order_by("pk")[len(who.messages.all()) // 2].pk if who.messages.exists() else 0
        read_up_to(account, who, read[who.pk])
    rows = list(Message.objects.select_related("contact").order_by("-pk"))
    allowed = Contact.objects.filter(safeguarding=False)
    combinations = [dict(one) for size in (0, 1) for one in itertools.combinations(_pairs(), size)]
    combinations += [dict(chance.sample(_pairs(), chance.choice([2, 2, 3]))) for _ in range(150)]
    nonempty = 0
    for combination in combinations:
        search = chance.choice(["", "", "refugi", "hospital ou", "AYUDEME", "refugio"])
        chosen = {name: _day(one) if name in ("since", "until") else one for name, one in combination.items()}
        asked_for = {name: str(one) for name, one in chosen.items()}
        words = words_of(search) if search else ()
        expected: dict[Any, None] = {}
        for row in rows:
            if not row.contact.safeguarding and _fits(row, chosen, account, read, words):
                expected.setdefault(row.contact_id)
        matching = Filters(asked_for).matching(account, words)
        assert walk(allowed, matching, account, size=3) == list(expected), (asked_for, search)
        nonempty += bool(expected)
    assert nonempty > 60


def _pairs() -> list[tuple[str, Any]]:
    return [(name, value) for name, values in OPTIONS.items() for value in values]


def _day(back: int) -> date:
    return timezone.localdate() - timedelta(days=back)


@pytest.mark.parametrize("query", ["?since=x&until=31/31/31", "?channel=fax&topic=%00&outcome=%F0%9F%98%80", "?at=zzz"])
def test_a_value_that_means_nothing_filters_nothing_and_is_named(somebody: Somebody, query: str) -> None:
    who = contact()
    asked(who)
    client = somebody(Role.REVIEWER)
    assert listed(client, query) == names(who)
    assert ('class="trouble"' in client.get(LIST + query).content.decode()) is ("at=" not in query)


# Pages


def test_pages_go_there_and_back(somebody: Somebody) -> None:
    people = [contact() for _ in range(60)]
    for who in people:
        asked(who)
    client, account = somebody(Role.REVIEWER), User.objects.get()
    allowed, matching = Contact.objects.all(), Filters({}).matching(account)
    first = page(allowed, matching, account)
    second = page(allowed, matching, account, first.older)
    third = page(allowed, matching, account, second.older)
    assert [len(one.lines) for one in (first, second, third)] == [25, 25, 10]
    assert (first.newer, third.older) == ("", "")
    assert page(allowed, matching, account, third.newer).lines == second.lines
    assert page(allowed, matching, account, second.newer).lines == first.lines
    assert listed(client, f"?at={first.older}") == [one.name for one in second.lines]


def test_a_page_that_vanished_leads_back_to_the_rest(somebody: Somebody) -> None:
    somebody(Role.REVIEWER)
    account, who = User.objects.get(), contact()
    asked(who)
    allowed, matching = Contact.objects.all(), Filters({}).matching(account)
    gone = page(allowed, matching, account, "o1")
    assert gone.lines == () and gone.newer
    assert [one.contact for one in page(allowed, matching, account, gone.newer).lines] == [who.pk]


@given(st.text(max_size=20))
def test_any_cursor_is_read(cursor: str) -> None:
    way, place = read_cursor(cursor)
    assert way in ("", "o", "n") and 0 <= place < 2**63


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=30), st.integers(1, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_messages_that_arrive_meanwhile_hide_nothing_and_repeat_nothing(
    db: None, steps: list[tuple[int, int]], size: int
) -> None:
    """Somebody reads page by page to the end while people write: everybody who did not write is seen exactly once."""
    Message.objects.all().delete()
    Contact.objects.all().delete()
    account, _ = User.objects.get_or_create(username="eva")
    people = [contact() for _ in range(10)]
    for who in people:
        asked(who)
    matching, cursor, seen, wrote = Filters({}).matching(account), "", [], set()
    arriving = iter(steps)
    while True:
        found: Page = page(Contact.objects.all(), matching, account, cursor, size=size)
        seen += [line.contact for line in found.lines]
        if not found.older:
            break
        cursor = found.older
        for number, _times in itertools.islice(arriving, 2):
            asked(people[number])
            wrote.add(people[number].pk)
    assert len(seen) == len(set(seen))
    assert {who.pk for who in people} - wrote <= set(seen)


# Who sees what


def test_reports_about_aid_workers_are_in_nobodys_list_or_search_but_theirs(somebody: Somebody) -> None:
    who = contact(safeguarding=True)
    message = asked(who, "el de la organización me pidió", safety=True)
    Feedback.objects.create(message=message, verdict="unhelpful", given_at=timezone.now())
    operator, luz = somebody(Role.OPERATOR, Role.REVIEWER), somebody(Role.SAFEGUARDING)
    for query in ("", "?safety=on", "?unread=on", "?unhelpful=on", "?topic=shelter", f"?since={_day(1)}"):
        assert listed(operator, query) == [] and listed(luz, query) == names(who)
    for client, found in ((operator, []), (luz, names(who))):
        search(client, "organizacion")
        assert listed(client) == found


def test_erased_ones_are_gone(somebody: Somebody) -> None:
    who = contact(erased_at=timezone.now())
    asked(who)
    assert listed(somebody(Role.SAFEGUARDING, Role.OPERATOR)) == []


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.ADMINISTRATOR])
def test_who_may_not_read_conversations_sees_none(somebody: Somebody, role: Role) -> None:
    who = contact()
    asked(who)
    client = somebody(role)
    for address in ("", f"{who.pk}/", f"{who.pk}/newer"):
        assert client.get(LIST + address).status_code == 403
    for address in ("search", "read-all"):
        assert client.post(LIST + address, {"words": "x"}).status_code == 403


def test_reading_everything_forgets_the_single_readings() -> None:
    account = User.objects.create_user("eva")
    who = contact()
    message = asked(who)
    read_up_to(account, who, message.pk)
    read_up_to(account, who, message.pk - 1)
    assert who.readings.get().message == message.pk
    read_everything(account)
    assert not who.readings.exists()
