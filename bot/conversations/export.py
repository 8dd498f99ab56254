"""What is kept about a contact, whole, for whoever asks what we know of them (Ley 81 de 2019 de Panamá, art. 15: access).

The tables are found through their keys and not named here, so that one that is added later is in it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model, OneToOneField, OneToOneRel, Q
from django.db.models.fields.reverse_related import ManyToOneRel

from bot.conversations.models import Contact

#: What is kept only as a keyed digest or under seal: nobody can read anything from it, so it is named and not shown.
SEALED = frozenset({"pseudonym", "sealed", "sealed_reference", "reference", "provider_id", "said_in"})


def kept(contact: Contact) -> dict[str, Any]:
    """Everything that is kept about a contact: table -> rows, oldest first; values as JSON knows them.

    A field of SEALED that has something in it is there as "sealed".
    """
    found: dict[str, dict[Any, Model]] = {}
    _collect(type(contact), [contact], found)
    return {name: [_row(rows[key]) for key in sorted(rows, key=str)] for name, rows in sorted(found.items())}


def _collect(model: type[Model], rows: Iterable[Model], found: dict[str, dict[Any, Model]]) -> None:
    """Add rows, and every row of another table that would be deleted with them."""
    mine = found.setdefault(model._meta.label, {})
    new = [row for row in rows if row.pk not in mine]
    mine |= {row.pk: row for row in new}
    if not new:
        if not mine:
            del found[model._meta.label]
        return
    for relation in model._meta.related_objects:
        if not isinstance(relation, ManyToOneRel | OneToOneRel):
            continue
        below = relation.related_model
        _collect(below, below._base_manager.filter(Q(**{f"{relation.field.name}__in": new})), found)


def _row(row: Model) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if field.name in SEALED:
            value = "sealed" if value else ""
        elif isinstance(field, ForeignKey | OneToOneField) and field.related_model is not None:
            value = None if value is None else str(value)
        values[field.name] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
