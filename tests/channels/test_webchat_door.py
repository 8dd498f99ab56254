"""The door of the web page: one address cannot become a thousand contacts, and a shelter behind one can talk."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from bot.channels.limits import Pace
from bot.channels.webchat import door
from bot.channels.webchat.door import Asked, Door
from bot.conversations.models import Contact
from tests.channels.webchat import word

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ELSEWHERE = "203.0.113.7"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door that lets one address begin two conversations, and ask twenty times."""
    one = Door(
        {Asked.REQUEST: Pace(60.0, 20, "", ""), Asked.CONVERSATION: Pace(60.0, 2, "", "")},
        most_waiting=2,
    )
    monkeypatch.setattr(door, "current", lambda: one)
    yield one


def post(client: Client, text: str = "hola", address: str = ELSEWHERE) -> tuple[int, dict[str, object], str]:
    body = json.dumps({"id": str(uuid.uuid4()), "text": text})
    answer = client.post("/chat/messages", body, content_type="application/json", REMOTE_ADDR=address)
    return answer.status_code, answer.json(), answer.headers.get("Retry-After", "")


def visitor(address: str = ELSEWHERE) -> Client:
    client = Client()
    client.get("/", REMOTE_ADDR=address)
    return client


@pytest.mark.django_db
def test_one_address_begins_only_so_many_conversations_and_goes_on_with_those(narrow: Door) -> None:
    first, second, third = visitor(), visitor(), visitor()
    assert post(first)[0] == post(second)[0] == 202
    status, body, later = post(third)
    assert (status, body["error"]) == (429, word("error_too_many", "es"))
    assert 0 < int(later) <= 60
    assert Contact.objects.count() == 2
    assert post(first, "¿y mañana?")[0] == 202, "who has begun may go on"
    assert post(visitor("198.51.100.9"), address="198.51.100.9")[0] == 202, "nobody elsewhere feels it"


@pytest.mark.django_db
def test_without_javascript_the_text_stays_in_its_field(narrow: Door) -> None:
    for _ in range(2):
        post(visitor())
    form = {"id": str(uuid.uuid4()), "text": "tengo miedo"}
    answer = visitor().post("/chat/say", form, REMOTE_ADDR=ELSEWHERE)
    assert answer.status_code == 429
    assert "tengo miedo" in answer.content.decode()
    assert word("error_too_many", "es") in answer.content.decode()


@pytest.mark.django_db
def test_too_many_requests_are_told_to_wait_with_the_numbers_to_call(narrow: Door) -> None:
    client = visitor()
    codes = [client.get("/chat/messages?after=0", REMOTE_ADDR=ELSEWHERE).status_code for _ in range(30)]
    assert codes[:19] == [200] * 19 and set(codes[19:]) == {429}
    page = client.get("/", REMOTE_ADDR=ELSEWHERE, headers={"Accept-Language": "fr"})
    assert page.status_code == 429
    assert word("error_too_many", "fr").replace("'", "&#x27;") in page.content.decode()


@pytest.mark.django_db
def test_what_comes_through_a_proxy_that_does_not_say_from_where_is_not_one_address(narrow: Door) -> None:
    for _ in range(5):
        assert post(visitor("127.0.0.1"), address="127.0.0.1")[0] == 202


def test_a_shelter_of_a_hundred_people_behind_one_address_can_begin_at_once_and_talk() -> None:
    door.current.cache_clear()
    try:
        real = door.current()
        for _ in range(100):
            assert real.wait(Asked.CONVERSATION, ELSEWHERE, NOW) == 0.0
        # Each says three things in a minute and hears six: a message or a poll every six seconds.
        for request in range(100 * 10):
            assert real.wait(Asked.REQUEST, ELSEWHERE, NOW + timedelta(seconds=request * 0.06)) == 0.0
        with real.waiting(ELSEWHERE) as may:
            assert may
    finally:
        door.current.cache_clear()


def test_only_so_many_polls_of_one_address_wait(narrow: Door) -> None:
    with ExitStack() as stack:
        may = [stack.enter_context(narrow.waiting(ELSEWHERE)) for _ in range(3)]
        assert may == [True, True, False]
        assert stack.enter_context(narrow.waiting("198.51.100.9"))
    with narrow.waiting(ELSEWHERE) as again:
        assert again


def test_many_addresses_do_not_fill_the_memory(narrow: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST", 100)
    for number in range(1_000):
        narrow.wait(Asked.REQUEST, f"10.0.{number // 250}.{number % 250}", NOW)
    assert len(narrow._used) <= 100
    assert not any(b"10.0." in digest for _, digest in narrow._used), "no address stands in it"


def test_the_loopback_of_ipv6_is_this_machine_too(narrow: Door) -> None:
    assert all(narrow.wait(Asked.CONVERSATION, "::/64", NOW) == 0.0 for _ in range(10))
    assert narrow.wait(Asked.CONVERSATION, "2001:db8::/64", NOW) == 0.0
    assert any(narrow.wait(Asked.CONVERSATION, "2001:db8::/64", NOW) for _ in range(3))
