"""Who wrote, as a webhook of WhatsApp names people: by phone number, by business-scoped user id (BSUID), or by both. Pure.

Since April 2026 people with a user name come without their number (Meta, "Business-scoped user IDs", read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: How an address of each kind begins.
PHONE = "phone:"
BSUID = "bsuid:"
PARENT = "parent:"  # a BSUID that linked portfolios share

#: Longest id that is read. A BSUID has at most 131 signs, a wamid about 60.
MAX_ID = 256

#: Country, full stop, up to 128 letters and digits; also where a number used to stand.
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9_.-]{1,140}")


def name_of(value: object) -> str:
    """An id of Meta's as it came, or "" when it cannot be one: nothing unprintable, nothing endless."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isprintable() else ""


def address_of(value: object, kind: str = BSUID) -> tuple[str, ...]:
    """One address, or none. A number that is none, because a BSUID stands in its place, is called by its kind."""
    name = name_of(value)
    if not name:
        return ()
    if kind == PHONE and _BSUID.fullmatch(name):
        kind = BSUID
    return (f"{kind}{name.removeprefix('+') if kind == PHONE else name}",)


def addresses_of(message: Mapping[str, Any], contacts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every address of whoever wrote a message, the one to write to first; none when nobody can be told.

    Args:
        message: one of `messages`.
        contacts: those that came beside it. They are not in the order of the messages, and may be missing.
    """
    named = (*address_of(message.get("from"), PHONE), *address_of(message.get("from_user_id")))
    parent = address_of(message.get("from_parent_user_id"), PARENT)
    known = [_addresses_of_contact(one) for one in contacts]
    same = [one for one in known if set(one) & set(named)]
    if not same and len(known) == 1 and not _contradicts(known[0], named):
        same = known
    every = dict.fromkeys((*named, *parent, *(address for one in same for address in one)))
    return tuple(sorted(every, key=lambda address: (PHONE, BSUID, PARENT).index(address.partition(":")[0] + ":")))


def _addresses_of_contact(contact: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        *address_of(contact.get("wa_id"), PHONE),
        *address_of(contact.get("user_id")),
        *address_of(contact.get("parent_user_id"), PARENT),
    )


def _contradicts(contact: Sequence[str], named: Sequence[str]) -> bool:
    """Whether the one contact is somebody else: it has another number, or another id."""
    kinds = {one.partition(":")[0] for one in contact}
    return any(one.partition(":")[0] in kinds for one in named)
