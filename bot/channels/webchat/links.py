"""What can be called, written to or opened in an answer: phone numbers, e-mail and https addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: Country code of Panama (ITU-T E.164, https://www.itu.int/oth/T02020000A5/en).
PANAMA = "+507"

# Panama's national numbers (plan nacional de numeración, ASEP): seven digits for land lines, eight that begin with 6
# for mobiles. Written with the hyphen, which keeps years and prices out.
_NATIONAL = r"(?:[2-9]\d{2}|6\d{3})-\d{4}"
_INTERNATIONAL = r"\+\d{1,3}(?:[ -]?\d{2,5}){2,4}"

# Each of the patterns advances over what it matched and has no nested repetition over the same signs: linear time.
_FOUND = re.compile(
    # The host in ASCII: a letter of another script that looks like one of ours leads somewhere else (Unicode TR 36, 2.1).
    r"(?P<url>\bhttps://[A-Za-z0-9.-]{1,253}(?![^\x00-\x7f])(?::[0-9]{1,5})?(?:[/?#][^\s<>\"'`{}|\\^]{0,400})?)"
    r"|(?<![\w.+-])(?P<email>[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})"
    rf"|(?<![\w+$./-])(?P<international>{_INTERNATIONAL})(?![\w-])"
    rf"|(?<![\w+$./-])(?P<national>{_NATIONAL})(?![\w-])"
    r"|(?<![\w+$./:,-])(?P<short>\d{2,4})(?![\w%/-]|[.,:]\d)",
    re.ASCII,
)

#: Signs that end a sentence, not an address.
_TRAILING = ".,;:!?)]»…"


@dataclass(frozen=True, slots=True)
class Link:
    """One address in a text: characters [start, end), and where it leads (tel:, mailto: or https:)."""

    start: int
    end: int
    href: str


def find(text: str, hotlines: Collection[str]) -> Iterator[Link]:
    """The links of a text, in order, without overlap.

    Args:
        text: an answer as it is shown.
        hotlines: the short numbers that may be called; any other short number is a quantity.
    """
    for match in _FOUND.finditer(text):
        kind, found = str(match.lastgroup), match.group()
        if kind == "url":
            found = found.rstrip(_TRAILING)
            href = found if len(found) > len("https://") else ""
        elif kind == "email":
            href = f"mailto:{found}"
        elif kind == "short":
            href = f"tel:{found}" if found in hotlines else ""
        else:
            digits = re.sub(r"\D", "", found)
            href = f"tel:+{digits}" if kind == "international" else f"tel:{PANAMA}{digits}"
        if href:
            yield Link(match.start(), match.start() + len(found), href)


def in_script_units(text: str, links: Iterator[Link]) -> list[list[int | str]]:
    """The links as [start, end, href] counted in UTF-16 units, as JavaScript counts."""
    return [[_units(text[: link.start]), _units(text[: link.end]), link.href] for link in links]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
