"""Accounts with roles, clients that check the pages, and a Rasa that says of itself what the test wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from bot.conversations.rasa_client import RasaState
from bot.web import health
from console import roles
from console.permissions import Role
from tests.console.page import CheckingClient

NAME, PASSWORD = "ana", "a lighthouse in the fog"


@pytest.fixture
def account(db: None) -> User:
    """Somebody who may do everything that roles allow."""
    user = User.objects.create_user(NAME, password=PASSWORD)
    roles.give(user, *Role)
    return user


@pytest.fixture
def staff(account: User) -> CheckingClient:
    """A browser of somebody who is logged in, and may do everything."""
    client = CheckingClient()
    client.force_login(account)
    return client


@pytest.fixture
def somebody(db: None) -> Callable[..., CheckingClient]:
    """Makes a browser of somebody with these roles: `somebody(Role.READER)`, `somebody(Role.OPERATOR, name="eva")`."""

    def make(*given: Role, name: str = "") -> CheckingClient:
        user, _ = User.objects.get_or_create(username=name or "-".join(role.value for role in given) or "nobody")
        roles.give(user, *given)
        client = CheckingClient()
        client.force_login(user)
        client.account = user
        return client

    return make


@pytest.fixture
def rasa(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    def set_to(ready: bool) -> None:
        monkeypatch.setattr(health._rasa, "look", lambda: RasaState(ready, "faro-0123" if ready else ""))

    set_to(True)
    return set_to
