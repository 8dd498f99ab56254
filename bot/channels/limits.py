"""What each channel can hold, as its provider publishes it. Data only: bot/channels/layout.py keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType


def utf16_units(text: str) -> int:
    """Length as Telegram counts it; never less than what a provider that counts characters finds."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """Length of an id as Telegram counts it."""
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a provider sets. `source` says where, `read` in which month (YYYY-MM)."""

    value: int
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages may go: one every `seconds`, after a burst of `burst` at once."""

    seconds: float
    burst: int
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Limits:
    """One channel. A limit that is None does not exist there.

    Texts and titles are counted in UTF-16 units, ids by `id_length`. `list_rows` is 0 on a channel without lists.
    """

    channel: str
    text: Limit | None = None
    #: Of a text with buttons or a list.
    body: Limit | None = None
    #: How many options one message may carry as buttons, and what each may hold.
    buttons: Limit | None = None
    button_title: Limit | None = None
    button_id: Limit | None = None
    list_rows: Limit | None = None
    row_title: Limit | None = None
    row_id: Limit | None = None
    #: The words on the button that opens the list.
    list_label: Limit | None = None
    #: Whether titles on the buttons of one message must differ.
    titles_differ: bool = False
    #: Whether where somebody is is asked for in a message of its own.
    asks_location_apart: bool = False
    id_length: Callable[[str], int] = utf16_units
    #: How fast messages may go to everybody together, and to one person.
    pace: Pace | None = None
    pace_of_one: Pace | None = None
    #: How long after the last word of a person it may be written to.
    window: timedelta | None = None


_TELEGRAM = "core.telegram.org/bots/api"
_WHATSAPP = "Meta, WhatsApp Cloud API reference"
#: Meta's own OpenAPI of the Cloud API (github.com/facebook/openapi, v23.0): each value accepted, the next one refused.
_META_SCHEMA = "facebook/openapi business-messaging-api v23.0, interactive messages"

#: The page lays out whatever there is.
WEB = Limits("web")

TELEGRAM = Limits(
    "telegram",
    text=Limit(4096, f"{_TELEGRAM}#sendmessage, after entities parsing", "2026-11"),
    body=Limit(4096, f"{_TELEGRAM}#sendmessage, after entities parsing", "2026-11"),
    button_id=Limit(64, f"{_TELEGRAM}#inlinekeyboardbutton, callback_data, bytes", "2026-11"),
    # A keyboard under the text cannot ask for a location; the other kind of keyboard can, and a message has one keyboard.
    asks_location_apart=True,
    id_length=utf8_bytes,
    # "Avoid sending more than one message per second" to a chat, short bursts allowed; 30 a second altogether.
    pace=Pace(1 / 28, 28, "core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this", "2026-11"),
    pace_of_one=Pace(1.0, 4, "core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this", "2026-11"),
)

WHATSAPP = Limits(
    "whatsapp",
    text=Limit(4096, f"{_WHATSAPP}/messages/text-messages", "2026-11"),
    # Meta's page names 4,096 for lists, its schema 1,024: the smaller one always arrives.
    body=Limit(1024, _META_SCHEMA, "2026-11"),
    buttons=Limit(3, _META_SCHEMA, "2026-11"),
    button_title=Limit(20, _META_SCHEMA, "2026-11"),
    button_id=Limit(256, _META_SCHEMA, "2026-11"),
    list_rows=Limit(10, f"{_META_SCHEMA}, rows of all sections together", "2026-11"),
    row_title=Limit(24, _META_SCHEMA, "2026-11"),
    row_id=Limit(200, _META_SCHEMA, "2026-11"),
    list_label=Limit(20, _META_SCHEMA, "2026-11"),
    titles_differ=True,
    asks_location_apart=True,
    # 80 messages a second of one number, what people write counted too: half of it is ours.
    pace=Pace(1 / 40, 40, f"{_WHATSAPP}, throughput", "2026-11"),
    # One message to a person every 6 s, 45 at once borrowed from the future.
    pace_of_one=Pace(6.0, 45, f"{_WHATSAPP}, pair rate limits", "2026-11"),
    # 24 hours (Meta, "Customer service windows", 2026-11), less what a message may wait.
    window=timedelta(hours=23, minutes=50),
)

#: Every channel that shows messages to people, by name.
CHANNELS: Mapping[str, Limits] = MappingProxyType({one.channel: one for one in (WEB, TELEGRAM, WHATSAPP)})
