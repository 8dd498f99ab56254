"""What is done to the database of a running Faro from beside it, with a clock of its own.

Usage, with the settings of that Faro in the environment: python -m tests.privacy.inside VERB [CONTACT ...]
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any


def contacts() -> list[str]:
    """The ids of all contacts."""
    from bot.conversations.models import Contact

    return [
        str(pk) for pk in Contact.objects.filter(erased_at=None).order_by("created_at").values_list("pk", flat=True)
    ]


def file_of_figures() -> str:
    """The console's CSV file, as an account gets it."""
    from django.contrib.auth.models import User
    from django.test import Client

    from console import roles
    from console.permissions import Role

    account, _ = User.objects.get_or_create(username="lectora")
    roles.give(account, Role.READER)
    client = Client()
    client.force_login(account)
    return _content(client.post("/console/figures/file", {"period": "7"}))


def _content(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return b"".join(response).decode()


def mask() -> int:
    """Mask as the worker does, five days later: also what nobody of the team has looked at. Returns how many."""
    from django.utils import timezone

    from bot.answers.library import Library
    from bot.answers.published import numbers
    from bot.conversations import remains
    from bot.conversations.turn import forget_dialogues
    from bot.conversations.window import Window, mask_all
    from bot.web.django_settings import SETTINGS

    later = timezone.now() + timedelta(days=5)
    window = Window(
        timedelta(minutes=SETTINGS.dialogue_minutes),
        timedelta(days=SETTINGS.safeguarding_days),
        numbers(Library(SETTINGS.content_dir).current()),
    )
    masked = mask_all(window, now=later)
    forget_dialogues(now=later)
    remains.rewrite()
    return masked


def sweep() -> int:
    """What the worker does eleven minutes after an erasure. Returns how many receipts went."""
    from django.utils import timezone

    from bot.conversations import remains
    from bot.conversations.erase import sweep_erased

    swept = sweep_erased(now=timezone.now() + timedelta(minutes=11))
    remains.rewrite()
    return swept


def main() -> None:
    from bot.web import setup

    setup()
    verbs: dict[str, Any] = {"contacts": contacts, "figures": file_of_figures, "mask": mask, "sweep": sweep}
    print(json.dumps(verbs[sys.argv[1]]()))  # noqa: T201


if __name__ == "__main__":
    main()
