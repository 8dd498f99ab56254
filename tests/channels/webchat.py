"""A browser of the web chat without a browser: Django's test client with what chat.js does."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bot.channels.webchat import languages, session
from bot.conversations.models import Contact, Message


class Visitor:
    """Somebody at the page; every visitor is another person."""

    def __init__(self, *, csrf: bool = False, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=csrf, headers=headers)

    def page(self) -> str:
        response = self.client.get("/")
        assert response.status_code == 200
        return response.content.decode()

    def post(self, body: Any, **extra: Any) -> HttpResponse:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        extra.setdefault("content_type", "application/json")
        extra["CONTENT_TYPE"] = extra["content_type"]  # which the client leaves out of a request without a body
        return self.client.post("/chat/messages", data, **extra)

    def say(self, text: str = "hola", *, identity: str = "", **more: Any) -> HttpResponse:
        return self.post({"id": identity or new_id(), "text": text, **more})

    def poll(self, after: int = 0, wait: int = 0) -> dict[str, Any]:
        response = self.client.get("/chat/messages", {"after": after, "wait": wait})
        assert response.status_code == 200
        return dict(response.json())

    @property
    def address(self) -> str:
        cookie = self.client.cookies[session.COOKIE].value
        return str(cookie.split(":")[0])

    @property
    def contact(self) -> Contact | None:
        return session.contact_of(self.address)

    def answer(self, text: str, *, buttons: tuple[tuple[str, str], ...] = (), language: str = "es") -> Message:
        """Answer every waiting message of this visitor, as a turn does."""
        contact = self.contact
        assert contact is not None
        contact.messages.filter(state="waiting").update(state="answered")
        return Message.objects.create(
            contact=contact,
            direction="out",
            channel="web",
            provider_id=f"answer:{uuid.uuid4()}",
            text=text,
            buttons=[list(button) for button in buttons],
            state="pending",
            created_at=timezone.now(),
            language=language,
        )


def new_id() -> str:
    return str(uuid.uuid4())


def word(key: str, language: str = "es") -> str:
    return languages.words(language)[key]


def token(page: str) -> str:
    """The CSRF token in the form of a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    return found[1]


def form_id(page: str) -> str:
    """The message id in the form of a page."""
    found = re.search(r'name="id" value="([\w-]+)"', page)
    assert found is not None
    return found[1]
