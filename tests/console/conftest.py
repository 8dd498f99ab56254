"""An account, and a Rasa that says of itself what the test wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bot.web import health

NAME, PASSWORD = "ana", "a lighthouse in the fog"


@pytest.fixture
def account(db: None) -> User:
    return User.objects.create_user(NAME, password=PASSWORD)


@pytest.fixture
def staff(account: User) -> Client:
    """A browser of somebody who is logged in."""
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def rasa(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    def set_to(ready: bool) -> None:
        monkeypatch.setattr(health._rasa, "ready", lambda: ready)

    set_to(True)
    return set_to
