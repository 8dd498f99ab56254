"""/readyz says what is missing; it never fails itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import RequestFactory

from bot.conversations.models import Message
from bot.web import health


@pytest.fixture
def without_tables(transactional_db: None) -> Iterator[None]:
    """A database that answers, but is not ours: restored from nothing, or not migrated."""
    table = Message._meta.db_table
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {table} RENAME TO kept_meanwhile")
    yield
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE kept_meanwhile RENAME TO {table}")


def _ready(monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, object]]:
    monkeypatch.setattr(health._rasa, "ready", lambda: True)
    response = health.ready(RequestFactory().get("/readyz"))
    return response.status_code, json.loads(response.content)


@pytest.mark.django_db
def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    status, parts = _ready(monkeypatch)
    assert (status, parts["ready"], parts["database"], parts["oldest_waiting_s"]) == (200, True, True, None)


def test_a_database_without_our_tables_is_named_and_no_error(
    without_tables: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, parts = _ready(monkeypatch)
    assert (status, parts["ready"], parts["database"], parts["rasa"]) == (503, False, False, True)
