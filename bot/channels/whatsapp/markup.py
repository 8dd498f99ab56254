"""Signs that WhatsApp would take for markup, as signs that only look like them. Pure.

`*bold*`, `_italic_`, `~struck~` and backquotes cannot be escaped there (faq.whatsapp.com/539178204879377, 2026-11). A phone
number that is struck through, or an address whose `_` is missing, misleads.
"""

from __future__ import annotations

import re

#: The sign, and the one that stands for it: asterisk operator, modifier letter low macron, tilde operator, modifier letter
#: grave accent. Each is one UTF-16 unit, so that no length changes.
_INSTEAD = str.maketrans({"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"})

#: A sign at the edge of a word, its twin at the edge of another one in the same line.
_PAIR = re.compile(r"(?<!\w)([*_~])(?=\S)[^\n]*?(?<=\S)\1(?!\w)|`[^\n]*`|```")

#: What must stay as it is to be opened: WhatsApp shows no markup inside a link. An address of e-mail is looked for where a
#: word begins and nowhere else: with `\S+@\S+` at every sign, a message of 4,000 "@" took 47 seconds.
_LINK = re.compile(r"((?:https?://|www\.)\S+|(?<!\S)[^\s@]{1,80}@[^\s@]+\.\S+)")


def plain(text: str) -> str:
    """The text as WhatsApp shows it without markup; links and signs that are no markup stay as they are."""
    parts = _LINK.split(text)
    return "".join(part if number % 2 else _without_pairs(part) for number, part in enumerate(parts))


def _without_pairs(text: str) -> str:
    return _PAIR.sub(lambda found: found[0].translate(_INSTEAD), text)
