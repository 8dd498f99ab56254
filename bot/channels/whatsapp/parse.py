"""What a webhook of WhatsApp says, as events. Pure: bytes in, events out; whatever it cannot read it leaves out.

Shapes: Meta's webhook reference and OpenAPI v23.0 (github.com/facebook/openapi), and payloads that were recorded, 2026-11.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.channels.whatsapp.codes import remedy_of
from bot.channels.whatsapp.senders import PHONE, address_of, addresses_of, name_of
from bot.errors import Remedy
from bot.words import NAMELESS, Edited, Event, Incoming, Kind, Moved, Progress, Status, Withdrawn

NAME = "whatsapp"

#: What a shared position becomes, from latitude and longitude (bot/answers/nearest.py).
Near = Callable[[float, float], str]

#: Reports and how far each says that a message has come. A voice note that was played was read.
_PROGRESS = {"sent": Progress.SENT, "delivered": Progress.DELIVERED, "read": Progress.READ, "played": Progress.READ} | {
    "failed": Progress.FAILED
}

#: Our own ids of messages, which come back in reports.
_OURS = re.compile(r"[\w:.-]{1,160}", re.ASCII)

#: Seconds of Unix time that are taken for a time: from 2009, when WhatsApp began, to the year 2100.
_TIMES = (1_230_768_000, 4_102_444_800)

#: What opens the chat for the first time, where Meta reports it: the same as the command that greets.
_GREETING = "/start"


class Unreadable(Exception):
    """The body is no JSON object."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a delivery holds. `foreign`: changes about numbers that are not ours; `left_out`: messages of no use to us."""

    events: tuple[Event, ...] = ()
    foreign: int = 0
    left_out: int = 0


def read(body: bytes, *, number: str, near: Near) -> Read:
    """The events of one delivery, in the order in which they stand there.

    Args:
        body: as it was received, verified.
        number: our phone number id. What is about another one is not for us, though it is signed with the same secret.
        near: what a shared position becomes.

    Raises:
        Unreadable: it is no JSON object.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(payload, dict):
        raise Unreadable
    events: list[Event] = []
    foreign = left_out = 0
    for value in _values(payload):
        if _object(value.get("metadata")).get("phone_number_id") != number:
            foreign += 1
            continue
        contacts = _objects(value.get("contacts"))
        for message in _objects(value.get("messages")):
            found = tuple(_of_message(message, addresses_of(message, contacts), near))
            events += found
            left_out += not found
        events += (event for status in _objects(value.get("statuses")) for event in _of_status(status))
    return Read(tuple(events), foreign, left_out)


def _values(payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if payload.get("object") != "whatsapp_business_account":
        return
    for entry in _objects(payload.get("entry")):
        for change in _objects(entry.get("changes")):
            if change.get("field") == "messages" and isinstance(change.get("value"), dict):
                yield change["value"]


def _of_message(message: Mapping[str, Any], addresses: tuple[str, ...], near: Near) -> Iterator[Event]:
    kind = message.get("type")
    if kind == "system":
        yield from _moves(message)
        return
    if not addresses or message.get("group_id"):
        return  # nobody to answer; in a group nothing is private, and there is none that we are in
    address, *aliases = addresses
    if kind in ("revoke", "edit"):
        change = _object(message.get(kind))
        original = name_of(change.get("original_message_id"))
        if original and kind == "revoke":
            yield Withdrawn(NAME, address, original)
        elif original and (text := _new_text(change)):
            yield Edited(NAME, address, original, text)
        return
    if kind == "reaction":
        return
    reference = name_of(message.get("id"))
    incoming = Incoming(
        channel=NAME,
        address=address,
        aliases=tuple(aliases),
        provider_id=reference or NAMELESS + _digest(message),
        reference=reference,
        sent_at=_time(message.get("timestamp")),
    )
    yield _said(incoming, str(kind), message, near)


def _said(incoming: Incoming, kind: str, message: Mapping[str, Any], near: Near) -> Incoming:
    """The message with what was said in it."""
    content = _object(message.get(kind))
    match kind:
        case "text":
            return replace(incoming, text=_text(content.get("body")))
        case "interactive" if (reply := str(content.get("type"))) in ("button_reply", "list_reply"):
            # The id can be missing, when Meta reports an error beside it: then it is a button that we do not know.
            return replace(incoming, kind=Kind.CHOICE, choice=name_of(_object(content.get(reply)).get("id")))
        case "button":
            # Under a template, of which we have none: the words count, no id of ours can stand behind it.
            return replace(incoming, text=_text(content.get("text")) or _text(content.get("payload")))
        case "location":
            lat, lon = _degrees(content.get("latitude")), _degrees(content.get("longitude"))
            return replace(incoming, kind=Kind.CHOICE, choice=near(lat, lon), located=True)
        case "request_welcome":
            return replace(incoming, text=_GREETING)
        case _:
            # What stands under a picture is a question like any other; the picture itself is never fetched.
            caption = _text(content.get("caption"))
            return replace(incoming, kind=Kind.TEXT if caption.strip() else Kind.OTHER, text=caption)


def _moves(message: Mapping[str, Any]) -> Iterator[Moved]:
    system = _object(message.get("system"))
    numbers = (message.get("from") or system.get("customer"), system.get("wa_id") or system.get("new_wa_id"))
    ids = (system.get("previous_user_id"), system.get("user_id"))
    if system.get("type") in ("user_changed_number", "customer_changed_number"):
        yield from _move(address_of(numbers[0], PHONE), address_of(numbers[1], PHONE))
    if system.get("type") in ("user_changed_number", "user_changed_user_id"):
        yield from _move(address_of(ids[0]), address_of(ids[1]))


def _move(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Moved]:
    if old and new and old != new:
        yield Moved(NAME, old[0], new[0])


def _of_status(status: Mapping[str, Any]) -> Iterator[Status]:
    message, progress = status.get("biz_opaque_callback_data"), _PROGRESS.get(str(status.get("status")))
    if progress is None or not isinstance(message, str) or not _OURS.fullmatch(message):
        return
    error = next(iter(_objects(status.get("errors"))), {})
    reference = name_of(status.get("id"))
    if progress is not Progress.FAILED:
        yield Status(NAME, message, progress, reference=reference)
        return
    code = _code(error.get("code"))
    remedy = Remedy.REFUSE if code is None else remedy_of(code, transient=error.get("is_transient") is True)
    yield Status(NAME, message, progress, "unknown" if code is None else str(code), remedy.value, reference)


def _new_text(edit: Mapping[str, Any]) -> str:
    message = _object(edit.get("message")) or edit
    content = _object(message.get(str(message.get("type")))) or _object(message.get("text"))
    return _text(content.get("body")) or _text(content.get("caption"))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _code(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None


def _degrees(value: object) -> float:
    """A coordinate; "not a number", which lies nowhere, when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _time(value: object) -> datetime | None:
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(digits, str) or not re.fullmatch("[0-9]{10}", digits):
        return None
    seconds = int(digits)
    return datetime.fromtimestamp(seconds, UTC) if _TIMES[0] <= seconds <= _TIMES[1] else None


def _digest(message: Mapping[str, Any]) -> str:
    """By which a message without an id is known when it comes again. Without a key: not to be stored (NAMELESS)."""
    try:
        written = json.dumps(message, sort_keys=True)
    except RecursionError:
        written = str(len(message))
    return hashlib.sha256(written.encode()).hexdigest()
