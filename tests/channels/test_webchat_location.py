"""A position that is shared, and the menu before a first word: what arrives, and what is kept of it."""

from __future__ import annotations

import pytest

from bot.channels.webchat import languages
from bot.conversations.models import Contact, Message
from tests.channels.webchat import Visitor, new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.page()
    return visitor


def test_a_button_of_the_menu_may_be_pressed_before_anything_was_said(visitor: Visitor) -> None:
    page = visitor.page()
    for button in languages.menu("es"):
        assert f'value="{button.id}" data-word="{button.id}"' in page
    visitor.post({"id": new_id(), "choice": "area:health"})
    message = Message.objects.get()
    assert (message.kind, message.choice, message.text) == ("choice", "area:health", "Salud")
    # Whoever begins with a button is answered in the language of the page.
    assert message.contact.language == "es"


TOCUMEN = {"lat": 9.08939, "lon": -79.3831}


def test_a_shared_position_is_kept_nowhere(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    response = visitor.post({"id": new_id(), "location": TOCUMEN})
    assert response.status_code == 202
    message = Message.objects.get()
    assert message.kind == "choice"
    assert message.choice.startswith("near:h_24_diciembre=1,")
    kept = f"{list(Message.objects.values())} {list(Contact.objects.values())} {response.content!r} {caplog.text}"
    for digits in ("9.08", "79.38", "9.1", "79.4"):
        assert digits not in kept


@pytest.mark.parametrize(
    "location",
    [
        None,
        [],
        "here",
        {},
        {"lat": 9},
        {"lat": "9", "lon": "-79"},
        {"lat": 91, "lon": 0},
        {"lat": 9, "lon": -181},
        {"lat": float("nan"), "lon": 0},
        {"lat": float("inf"), "lon": 0},
        {"lat": [9], "lon": -79},
        {"lat": True, "lon": False},
    ],
)
def test_what_is_no_position_is_refused(visitor: Visitor, location: object) -> None:
    assert visitor.post({"id": new_id(), "location": location}).status_code == 400
    assert not Message.objects.exists()


def test_a_browser_cannot_say_itself_what_is_near(visitor: Visitor) -> None:
    assert visitor.post({"id": new_id(), "choice": "near:h_chepo=1"}).status_code == 400
