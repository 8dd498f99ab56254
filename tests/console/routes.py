"""Every address of the console with something that exists in each of its variables.

Reads the addresses that there are, so that what somebody adds later is tried too: a variable of the same name or type
gets the same value.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.urls import URLPattern, reverse
from django.utils import timezone

from bot.conversations.models import Contact, Feedback, Handover, Message
from console.login.models import OpenSession
from console.permissions import Permission
from tests.architecture.test_permissions import patterns


@dataclass(frozen=True)
class Route:
    """One address: its name, where it leads with the samples, which methods it takes, and what it demands."""

    name: str
    address: str
    methods: frozenset[str]
    demands: tuple[Permission, ...]

    def __str__(self) -> str:
        return self.name


@dataclass
class Samples:
    """Things that exist, by the name of a variable, and by its type for those of another name."""

    by_name: dict[str, Any] = field(default_factory=dict)
    by_type: dict[str, Any] = field(default_factory=dict)

    def of(self, pattern: URLPattern) -> dict[str, Any]:
        """A value for each variable of an address."""
        found = {}
        for name, converter in pattern.pattern.converters.items():
            kind = self.by_type[type(converter).__name__]
            mine = self.by_name.get(name, kind)
            found[name] = mine if isinstance(mine, type(kind)) else kind
        return found


def samples(account: User) -> Samples:
    """A person who asked, was answered, and waits for somebody; an account with a session.

    Texts are what somebody would write who wants to break the page.
    """
    now = timezone.now()
    contact = Contact.objects.create(channel="webchat", pseudonym="a" * 64, language="es", created_at=now, seen_at=now)
    asked = Message.objects.create(
        contact=contact,
        direction="in",
        channel="webchat",
        provider_id="sample-in",
        text=HOSTILE,
        state="answered",
        created_at=now,
        done_at=now,
        language="es",
        topic="contact_iom",
        confidence=0.41,
        outcome="not_understood",
        ranking=[["contact_iom", 0.41], ["return_cost", 0.2]],
        content_version="abc",
    )
    answer = Message.objects.create(
        contact=contact,
        direction="out",
        channel="webchat",
        provider_id="sample-out",
        text=HOSTILE,
        buttons=[[HOSTILE, "topic:contact_iom"]],
        state="sent",
        created_at=now,
        done_at=now,
        answers=asked,
    )
    Feedback.objects.create(message=answer, verdict="no", given_at=now)
    failed = Message.objects.create(
        contact=contact,
        direction="out",
        channel="telegram",
        provider_id="sample-failed",
        text=HOSTILE,
        state="failed",
        error="blocked",
        created_at=now,
        done_at=now,
    )
    handover = Handover.objects.create(contact=contact, reason="asked", requested_at=now)
    session = OpenSession.objects.filter(account=account).first()
    by_name = {
        "account": account.pk,
        "contact": contact.pk,
        "conversation": contact.pk,
        "message": asked.pk,
        "delivery": failed.pk,
        "handover": handover.pk,
        "session": session.pk if session else uuid.uuid4(),
        "topic": "contact_iom",
        "language": "es",
        "channel": "webchat",
    }
    by_type = {
        "IntConverter": asked.pk,
        "UUIDConverter": contact.pk,
        "StringConverter": "contact_iom",
        "SlugConverter": "contact_iom",
        "PathConverter": "contact_iom",
    }
    return Samples(by_name, by_type)


#: What a page must show as letters, and never as anything else.
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt;"


def routes(given: Samples) -> Iterator[Route]:
    """Every address of the console."""
    for pattern in patterns():
        view = pattern.callback
        yield Route(
            str(pattern.name),
            reverse(f"console:{pattern.name}", kwargs=given.of(pattern)),
            frozenset(methods(view)),
            tuple(getattr(view, "demands", ())),
        )


def methods(view: Any) -> set[str]:
    """Which of GET and POST a view takes, by the decorator in its source."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(view))).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    found: set[str] = set()
    for one in function.decorator_list:
        name = one.func.id if isinstance(one, ast.Call) else getattr(one, "id", "")  # type: ignore[attr-defined]
        if name in ("require_safe", "require_GET"):
            found = {"GET"}
        elif name == "require_POST":
            found = {"POST"}
        elif name == "require_http_methods" and isinstance(one, ast.Call):
            found = set(ast.literal_eval(one.args[0])) & {"GET", "POST"}
    return found or {"GET", "POST"}


def state() -> Mapping[str, list[dict[str, Any]]]:
    """Everything in the database but what every request may write: the trail, sessions and when somebody was seen."""
    from django.apps import apps

    passing = {"AuditEntry", "Session", "OpenSession", "AccessAttempt"}
    tables = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy and model.__name__ not in passing:
            rows = model._default_manager.order_by("pk").values()
            tables[model._meta.label] = [
                {key: value for key, value in row.items() if key != "last_login"} for row in rows
            ]
    return tables
