"""Links with which somebody sets their own password: nobody else ever knows it. Handed over in person; Faro sends none."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from console.login import sessions
from console.team.models import Invitation

#: How long a link works.
VALID = timedelta(hours=48)

#: Random bytes of a link's secret. Nobody guesses 256 bits, so nobody has to be slowed down.
BYTES = 32


def make(account: User, *, now: datetime) -> str:
    """A new link's secret; the one before it ends. It can be read here only."""
    token = secrets.token_urlsafe(BYTES)
    Invitation.objects.update_or_create(account=account, defaults={"digest": _digest(token), "made_at": now})
    return token


def withdraw(account: User) -> None:
    """End the link of an account."""
    Invitation.objects.filter(account=account).delete()


def of(token: str, *, now: datetime) -> User | None:
    """Whose link this is, if it still works."""
    found = (
        Invitation.objects.filter(digest=_digest(token), made_at__gt=now - VALID, account__is_active=True)
        .select_related("account")
        .first()
    )
    return found.account if found else None


def use(token: str, password: str, *, now: datetime) -> User | None:
    """Set the password with a link, once: its row is the lock. Every session of the account ends."""
    with transaction.atomic():
        account = of(token, now=now)
        # Of two at once, one deletes the row.
        if account is None or not Invitation.objects.filter(digest=_digest(token)).delete()[0]:
            return None
        account.set_password(password)
        account.save(update_fields=["password"])
        sessions.end(account)
        return account


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
