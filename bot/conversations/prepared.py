"""What the database is asked and told in every turn, and a hundred times a second between: built once.

Django builds a statement anew each time: 0.5 to 1 ms of processor time for what SQLite does in 0.03, and a turn has eleven
(docs/figures/turn-profile.md). Here a query set is made into a statement once in each thread; what differs between two
times is left open in it.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet, UUIDField
from django.db.models.sql import UpdateQuery

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


@dataclass(frozen=True)
class _Statement:
    compiler: Any
    sql: str
    parameters: Sequence[Any]

    def rows(self, given: Mapping[str, Any]) -> list[Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.filled(given))
            return list(cursor.fetchall())

    def changed(self, given: Mapping[str, Any]) -> int:
        """Run a change; returns how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.filled(given))
            return int(cursor.rowcount)

    def filled(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters, with what is given in its places."""
        return [_adapted(given[one.name], one.later) if isinstance(one, Given) else one for one in self.parameters]

    def converted(self, given: Mapping[str, Any]) -> list[Sequence[Any]]:
        """The rows as the fields of the models give them: a UUID and not its 32 digits."""
        rows = self.rows(given)
        return list(self.compiler.apply_converters(rows, self.converters)) if rows and self.converters else rows

    @cached_property
    def converters(self) -> Any:
        """What makes values of the columns; to look it up for every field again took as long as to ask SQLite."""
        return self.compiler.get_converters([column[0] for column in self.compiler.select])


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


class PreparedChange(Generic[Row]):
    """A change of one row or a few, with the new values left open too: one statement for each set of fields.

    Args:
        rows: makes the query set of what is changed, as in Prepared.
    """

    def __init__(self, rows: Callable[..., QuerySet[Row, Any]]) -> None:
        self._rows = rows
        self._built = threading.local()

    def make(self, values: Mapping[str, Any], **given: Any) -> int:
        """Write the values, by name of the field; returns how many rows were changed."""
        statement, fields = self._statement(tuple(values))
        written = {_place(field): field.get_db_prep_save(values[field.name], connection) for field in fields}
        return statement.changed({**given, **written})

    def save(self, row: Row, **given: Any) -> int:
        """Write all fields of an object that is in the database, as its own `save` does."""
        fields = [field for field in row._meta.concrete_fields if not field.primary_key]
        return self.make({field.name: getattr(row, field.attname) for field in fields}, **given)

    def _statement(self, written: tuple[str, ...]) -> tuple[_Statement, list[Field[Any, Any]]]:
        known: dict[Any, tuple[_Statement, list[Field[Any, Any]]]] = self._built.__dict__.setdefault(
            connection.vendor, {}
        )
        if written not in known:
            rows = self._rows(**{name: Given(name) for name in inspect.signature(self._rows).parameters})
            columns = {field.name: field for field in rows.model._meta.concrete_fields}
            fields = [columns[name] for name in written]
            query: Any = rows.query.chain(UpdateQuery)
            query.add_update_fields([(field, None, Given(_place(field))) for field in fields])
            compiler = query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            known[written] = _Statement(compiler, sql, tuple(parameters)), fields
        return known[written]


def _place(field: Field[Any, Any]) -> str:
    """What a new value is called among what is given; no argument of a query set begins so."""
    return f"= {field.name}"


_UUID = UUIDField()


def _adapted(value: Any, later: timedelta) -> Any:
    """A value as the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value + later)
    if isinstance(value, UUID):
        return _UUID.get_db_prep_value(value, connection)
    return value
