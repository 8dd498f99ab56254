"""What an installation had counted before there were daily counts is in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bot.conversations.models import MonthlyCount
from bot.words import SAFEGUARDING_TOPIC
from tests.conversations.test_counting import numbers


class _Both:
    """The tables before and after the migration, as a migration sees them."""

    def __init__(self) -> None:
        loader = MigrationExecutor(connection).loader
        self._old = loader.project_state([("conversations", "0007_heartbeat")]).apps
        self._new = loader.project_state([("conversations", "0008_daily_counts")]).apps

    def get_model(self, app: str, name: str) -> Any:
        return (self._old if name == "TurnCount" else self._new).get_model(app, name)


@pytest.fixture
def old_tables(transactional_db: None) -> Iterator[_Both]:
    both = _Both()
    table = both.get_model("conversations", "TurnCount")
    with connection.schema_editor() as editor:
        editor.create_model(table)
    yield both
    with connection.schema_editor() as editor:
        editor.delete_model(table)


@pytest.mark.django_db(transaction=True)
def test_the_counts_from_before_are_kept(old_tables: _Both) -> None:
    table = old_tables.get_model("conversations", "TurnCount")
    for day, topic, outcome, number in (
        (date(2026, 10, 30), "shelter", "answered", 7),
        (date(2026, 10, 31), "shelter", "answered", 2),
        (date(2026, 10, 31), "nlu_fallback", "not_understood", 3),
        (date(2026, 10, 31), "", "", 1),
        (date(2026, 10, 31), SAFEGUARDING_TOPIC, "answered", 1),
    ):
        table.objects.create(day=day, channel="web", language="es", topic=topic, outcome=outcome, number=number)
    with connection.schema_editor() as editor:
        import_module("bot.conversations.migrations.0008_daily_counts").copy(old_tables, editor)
    assert numbers(topics=True) == {
        "in:answered": 9,
        "in:not_understood": 3,
        "in:withdrawn": 1,
        "shelter in:answered": 9,
    }
    month = MonthlyCount.objects.get(topic="shelter")
    assert (month.day, month.number) == (date(2026, 10, 1), 9)
