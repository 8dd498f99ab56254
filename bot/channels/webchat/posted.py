"""What a browser posts, read without trust."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, RawPostDataException

from bot.conversations.accept import MAX_CHOICE, clean
from bot.words import NEAR

#: Bytes of a body. The longest text that is kept has 4,000 characters, 24,000 bytes when every one is escaped (\uXXXX).
MAX_BODY = 64 * 1024

#: Degrees of the globe (WGS 84).
MOST_NORTH, MOST_EAST = 90.0, 180.0

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Posted:
    """One message as the browser sent it: `text`, `choice` (the id of a button) or `location` (latitude, longitude)."""

    id: str
    text: str = field(default="", repr=False)
    choice: str = ""
    location: tuple[float, float] | None = field(default=None, repr=False)


def body(request: HttpRequest) -> bytes | None:
    """The body of a request, or None when it is larger than MAX_BODY."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY:
        return None
    try:
        data = request.body
    except RequestDataTooBig:
        return None
    except RawPostDataException:
        return b""  # a multipart form that was read already, within the length that its header gave
    return data if len(data) <= MAX_BODY else None


def from_json(data: bytes) -> Posted | None:
    """The message in a JSON body, or None when there is none in it."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if "location" in value:
        return _located(value.get("id"), value["location"])
    return _posted(value.get("id"), value.get("text"), value.get("choice"))


def from_form(request: HttpRequest) -> Posted | None:
    """The message in a plain form, or None when there is none in it.

    The id was made with the page, and a page that comes back from the browser's history brings the same one again. So
    what was said becomes part of the id: the same button twice is one message, another button is another message.
    """
    form = request.POST
    posted = _posted(form.get("id"), form.get("text"), form.get("choice"))
    if posted is None:
        return None
    said = f"choice {posted.choice}" if posted.choice else f"text {posted.text}"
    return Posted(id=str(uuid.uuid5(uuid.UUID(posted.id), said)), text=posted.text, choice=posted.choice)


def _posted(identity: object, text: object, choice: object) -> Posted | None:
    text = "" if text is None else text
    choice = "" if choice is None else choice
    if not isinstance(identity, str) or not _UUID.fullmatch(identity):
        return None
    if not isinstance(text, str) or not isinstance(choice, str) or len(choice) > MAX_CHOICE:
        return None
    text, choice = clean(text), clean(choice)
    if (not text and not choice) or choice.startswith(NEAR):  # what a position becomes is made here, not there
        return None
    return Posted(id=identity.lower(), text=text, choice=choice)


def _located(identity: object, location: object) -> Posted | None:
    if not isinstance(identity, str) or not _UUID.fullmatch(identity) or not isinstance(location, dict):
        return None
    lat, lon = location.get("lat"), location.get("lon")
    if isinstance(lat, bool) or isinstance(lon, bool):  # for Python they are numbers
        return None
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    # Written so that NaN, which is unequal to everything, is refused too.
    if not (abs(lat) <= MOST_NORTH and abs(lon) <= MOST_EAST):
        return None
    return Posted(id=identity.lower(), location=(float(lat), float(lon)))
