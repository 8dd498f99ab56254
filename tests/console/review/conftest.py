"""People who ask, and a small project whose training data may be changed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.models import Contact, Message
from bot.settings import ROOT
from console.review import project

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)

_numbers = itertools.count(1)


def person(**fields: Any) -> Contact:
    number = next(_numbers)
    return Contact.objects.create(channel="web", pseudonym=f"p{number}", created_at=NOW, seen_at=NOW, **fields)


def ask(text: str, *, by: Contact | None = None, **fields: Any) -> Message:
    """A message that was not understood, unless the fields say otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "language": "es",
        "outcome": "not_understood",
        "confidence": 0.3,
        "created_at": NOW + timedelta(seconds=number),
        "state": "answered",
        "direction": "in",
    }
    return Message.objects.create(
        contact=by or person(), channel="web", provider_id=f"m{number}", text=text, **values | fields
    )


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the training data, which tests may write to, and no test questions."""
    shutil.copytree(ROOT / "data", tmp_path / "project" / "data")
    monkeypatch.setattr(project, "ROOT", tmp_path / "project")
    return tmp_path / "project"


Ask = Callable[..., Message]
