"""Questions to the database that are asked in every turn and a hundred times a second between: built once.

Django builds a statement anew each time it is asked: 0.5 to 1 ms of processor time for what SQLite answers in 0.03, and a
turn asks eight times (docs/figures/turn-profile.md). Here a query set is made into a statement once in each thread; what
differs between two askings is left open in it.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet, UUIDField

Row = TypeVar("Row", bound=Model)


class Given(Expression):
    """A place in a statement for what is given when it is asked; of a time also one that is so much later."""

    def __init__(self, name: str, later: timedelta = timedelta()) -> None:
        super().__init__(output_field=Field())
        self.name, self.later = name, later

    def __add__(self, span: timedelta) -> Given:  # type: ignore[override]
        return Given(self.name, self.later + span)

    def __sub__(self, span: timedelta) -> Given:  # type: ignore[override]
        return Given(self.name, self.later - span)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A mark in the statement, and itself as what is to stand there."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Statement:
    compiler: Any
    sql: str
    parameters: Sequence[Any]

    def rows(self, given: dict[str, Any]) -> list[Sequence[Any]]:
        filled = [_adapted(given[one.name], one.later) if isinstance(one, Given) else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            return list(cursor.fetchall())

    def converted(self, given: dict[str, Any]) -> list[Sequence[Any]]:
        """The rows as the fields of the models give them: a UUID and not its 32 digits."""
        rows = self.rows(given)
        converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        return list(self.compiler.apply_converters(rows, converters)) if rows and converters else rows


class Prepared(Generic[Row]):
    """A query set with its arguments left open.

    Args:
        rows: makes the query set. It may compare its arguments with columns and add spans to them, and nothing else: when it
            is called they have no values yet.
    """

    def __init__(self, rows: Callable[..., QuerySet[Row, Any]]) -> None:
        self._rows = rows
        self._built = threading.local()

    def exists(self, **given: Any) -> bool:
        """Whether there is any row."""
        return bool(self._statement("exists", lambda found: found.query.exists()).rows(given))

    def column(self, **given: Any) -> list[Any]:
        """The first value of each row, for a query set of values."""
        return [row[0] for row in self._statement("rows", lambda found: found.query).converted(given)]

    def first(self, **given: Any) -> Row | None:
        """The first row, for a query set of a model that says in which order, or can have one only."""
        statement = self._statement("first", lambda found: found[:1].query)
        rows = statement.converted(given)
        if not rows:
            return None
        begin, end = statement.compiler.klass_info["select_fields"][0], len(statement.compiler.select)
        names = [column[0].target.attname for column in statement.compiler.select[begin:end]]
        model: type[Row] = statement.compiler.klass_info["model"]
        return model.from_db(connection.alias, names, rows[0][begin:end])

    def _statement(self, form: str, query: Callable[[QuerySet[Row, Any]], Any]) -> _Statement:
        known: dict[str, _Statement] = self._built.__dict__.setdefault(connection.vendor, {})
        if form not in known:
            names = inspect.signature(self._rows).parameters
            compiler = query(self._rows(**{name: Given(name) for name in names})).get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            known[form] = _Statement(compiler, sql, tuple(parameters))
        return known[form]


_UUID = UUIDField()


def _adapted(value: Any, later: timedelta) -> Any:
    """A value as the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value + later)
    if isinstance(value, UUID):
        return _UUID.get_db_prep_value(value, connection)
    return value
