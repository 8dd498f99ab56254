"""A message as the Cloud API wants it. Pure. Limits are kept by bot/channels/layout.py; nothing is shortened here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.contract import Parcel
from bot.channels.layout import Laid
from bot.channels.whatsapp.markup import plain
from bot.channels.whatsapp.senders import BSUID, PARENT, PHONE


class NoAddress(Exception):
    """None of the addresses can be written to."""


def message(parcel: Parcel) -> dict[str, Any]:
    """The body of POST /{number}/messages.

    Raises:
        NoAddress: there is nobody to send it to.
    """
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(parcel.addresses),
        "biz_opaque_callback_data": parcel.message,
        **_content(parcel.laid),
    }


def recipient(addresses: Sequence[str]) -> dict[str, str]:
    """Who gets it: the newest number, or else the newest id. (If both are given, Meta takes the number.)

    Raises:
        NoAddress: there is neither.
    """
    for kind, name in ((PHONE, "to"), (BSUID, "recipient"), (PARENT, "recipient")):
        for address in reversed(addresses):
            if address.startswith(kind):
                return {name: address.removeprefix(kind)}
    raise NoAddress


def reading(reference: str) -> dict[str, Any]:
    """Says that a message was read and that somebody is writing: for 25 s, or until the answer (Meta, "Typing
    indicators", 2026-11)."""
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": reference,
        "typing_indicator": {"type": "text"},
    }


def _content(laid: Laid) -> dict[str, Any]:
    text = plain(laid.text)
    if laid.asks_location:
        return _interactive("location_request_message", text, {"name": "send_location"})
    if laid.buttons:
        replies = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in laid.buttons]
        return _interactive("button", text, {"buttons": replies})
    if laid.rows:
        rows = [{"id": one.id, "title": one.title} for one in laid.rows]
        return _interactive("list", text, {"button": laid.list_label, "sections": [{"rows": rows}]})
    # A preview would show a picture of somebody else's page, and cost the person data.
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
