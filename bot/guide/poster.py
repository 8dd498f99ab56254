"""A sheet for a wall: what Faro is, numbers to call in danger, and a QR code of the chat's address. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import segno

from bot.answers.schema import Content
from bot.guide.pages import Hotline, day_words, hotline

#: Emergency, police, violence against women, somebody to talk to. Those that contacts.yml does not have are left out.
NUMBERS = ("911", "104", "182", "147")

#: A quarter of the code may be dirty, torn or faded (ISO/IEC 18004: level Q).
LEVEL = "q"

#: Hosts that only the machine itself can open.
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Poster:
    """The sheet. `svg` is the code; `typed` the address as one types it; `only_here`: no phone can open it."""

    svg: str
    typed: str
    only_here: bool
    hotlines: tuple[Hotline, ...]
    day: str
    version: str


def poster(content: Content, language: str, on: date, public_url: str) -> Poster:
    """The sheet in `language`, made `on` a day, for the chat at `public_url`.

    The code names no language: the chat then speaks the one of the phone that reads it, whatever wall it hangs on.
    """
    chain = content.chain(language)
    found = (hotline(content, number, chain) for number in NUMBERS)
    return Poster(
        svg=qr(address(public_url)),
        typed=public_url.removeprefix("https://"),
        only_here=urlsplit(public_url).hostname in _HERE,
        hotlines=tuple(one for one in found if one.name),
        day=day_words(on, chain),
        version=content.version,
    )


def address(public_url: str) -> str:
    """The address of the chat."""
    return f"{public_url}/"


def qr(text: str) -> str:
    """A QR code as SVG without a size, with the quiet zone of four modules that the standard asks for."""
    return str(segno.make_qr(text, error=LEVEL).svg_inline(border=4, omitsize=True, light="#fff"))
