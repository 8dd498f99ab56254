"""Numbers, telephones, e-mails and web addresses inside a text. Positions are character offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: The hotlines that may be typed into a text, so that they stand in its first line. All are called without a prefix.
#: Source: content/contacts.yml (911 emergencies, 104 police, 103 fire, 147 MIDES, 182 Ministry of Women), 2024-2025.
HOTLINES = frozenset({"911", "104", "103", "147", "182"})

#: One of these stands in the first sentence of every safety answer.
SAFETY_HOTLINES = ("911", "104", "182", "147")

#: Fewest digits of a number in Panama without its prefix (fixed lines have 7, mobiles 8).
_PHONE_DIGITS = 7

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63})+")
_URL = re.compile(r"(?:https?://|\bwww\.)", re.IGNORECASE)
#: A bare domain ends in one of these, all small or all capital: "ayuda.Me" is a missing space.
_DOMAINS = [
    "com",
    "org",
    "net",
    "int",
    "edu",
    "gov",
    "gob",
    "gouv",
    "info",
    "app",
    "me",
    "link",
    "ly",
    "pa",
    "co",
    "mx",
    "ht",
]
_BARE_DOMAIN = re.compile(rf"(?<=[\w-])\.(?:{'|'.join([*_DOMAINS, *map(str.upper, _DOMAINS)])})\b")
_PHONE = re.compile(r"\+?\(?\d(?:[ \t\xa0\u202f.()/\u2010-\u2015-]{0,3}\d)+")
_AMOUNT = re.compile(r"\d{1,3}(?:[.\xa0\u202f]\d{3})+|\d{1,3}(?: \d{3}){2,}(?! ?\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ /\u2010-\u2015-]{1,3})+(?:19|20)\d\d")
_HOURS = re.compile(r"\d{1,2}[.:]\d{2}\s?[\u2010-\u2015-]\s?\d{1,2}[.:]\d{2}")
_NUMBER = re.compile(r"\d+(?:[.,\xa0\u202f ]\d{3}(?!\d))*(?:[.,]\d{1,2}(?!\d))?")


def dialled(number: str) -> bool:
    """Whether a telephone in Panama can have this number: one digit too few or too many is a slip that costs a call.

    Three digits are a hotline. Numbers of other countries begin with + and are not looked into. Source: libphonenumber,
    metadata of Panama (read 2026-11): seven digits that do not begin with 0 or 6, eight that begin with 6 or 8, ten
    that begin with 8.
    """
    if number.startswith("+") and not number.startswith("+507"):
        return True
    digits = re.sub(r"\D", "", number.removeprefix("+507"))
    return bool(re.fullmatch(r"[1-9]\d\d|[1-57-9]\d{6}|[68]\d{7}|8\d{9}", digits))


def phones(text: str, short: frozenset[str] = frozenset()) -> Iterator[int]:
    """Where a telephone number is typed. `short` are further numbers that count, however short (127)."""
    for begin, _ in _long_phones(text):
        yield begin
    for match in re.finditer(r"\d+", text):
        if match.group() in short - HOTLINES:
            yield match.start()


def _long_phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        found = match.group()
        digits = re.sub(r"\D", "", found)
        plain = not found.startswith("+") and any(form.fullmatch(found) for form in (_AMOUNT, _DATE, _YEARS, _HOURS))
        listed = set(re.findall(r"\d+", found)) <= HOTLINES  # 911/104/182
        if len(digits) >= _PHONE_DIGITS and not plain and not listed:
            yield match.span()


def emails(text: str) -> Iterator[int]:
    """Where an e-mail address is typed."""
    return (match.start() for match in _EMAIL.finditer(text))


def urls(text: str) -> Iterator[int]:
    """Where a web address is typed (a bare domain counts, an e-mail address does not)."""
    mails = [match.span() for match in _EMAIL.finditer(text)]
    for match in (*_URL.finditer(text), *_BARE_DOMAIN.finditer(text)):
        if not any(begin <= match.start() < end for begin, end in mails):
            yield match.start()


def hotlines(text: str) -> frozenset[str]:
    """The hotlines that a text names."""
    return frozenset(re.findall(r"\d+", text)) & HOTLINES


def other_numbers(text: str) -> frozenset[str]:
    """Every other number of a text, written the same way for all languages: 1.500, 1,500 and 1 500 are one number.

    Telephone numbers are left out: they are a mistake of their own and must not be repeated in a problem.
    """
    for begin, end in reversed(list(_long_phones(text))):
        text = text[:begin] + text[end:]
    found = set()
    for match in _NUMBER.finditer(text):
        number = match.group()
        fraction = re.search(r"[.,](\d{1,2})$", number)
        whole = re.sub(r"\D", "", number[: fraction.start()] if fraction else number)
        found.add(f"{whole}.{fraction.group(1)}" if fraction else whole)
    return frozenset(found) - HOTLINES


def opening(text: str) -> str:
    """The first sentence of the first line. A question does not end it: "In danger? Call 911." is one opening."""
    return re.split(r"(?<=[.!…])\s+|\n", text.strip(), maxsplit=1)[0]
