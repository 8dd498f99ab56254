"""Personal data in what people write, hidden from whoever need not see it.

Phone numbers, e-mail addresses, numbers of documents, payment cards, positions, and names on social networks are found
by their shape. **Names of people, and addresses in words, are not**: no method tells "me llamo Rosa" from a street, a
ship or a song with certainty, so a masked text is less identifying, never anonymous. When in doubt a number is hidden:
the measurement is tests/conversations/test_masking.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from bot.conversations import shapes


class Secret(StrEnum):
    """What was hidden; the value stands in its place, in brackets."""

    PHONE = "phone"
    EMAIL = "email"
    DOCUMENT = "document"
    CARD = "card"
    POSITION = "position"
    PROFILE = "profile"  # a name or page on a social network


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Something personal: where it stands in the text, from `start` up to `end`."""

    start: int
    end: int
    secret: Secret


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what was found in it, and where that stood in the text as it was."""

    text: str
    found: tuple[Found, ...]


#: Where people come from or call: how national numbers are read. Panama goes first. Source: nationalities on the route,
#: Servicio Nacional de Migración de Panamá, irregulares en tránsito 2021-2024; and where their families live.
REGIONS = (
    "PA", "VE", "CO", "EC", "PE", "CL", "BR", "HT", "DO", "CU", "US", "MX", "CR", "NI",
    "HN", "GT", "SV", "CM", "SN", "NG", "IN", "CN", "NP", "BD", "AF", "ES", "FR",
)  # fmt: skip

#: Fewest digits of a number that is hidden wherever it stands: phone numbers of Panama have 7 or 8.
SHORTEST = 7

#: How many numbers of one text are tried in every region, to say whether they are phone numbers. Nobody writes more; a text
#: made of them took 0.6 s, and a page of the console shows a hundred texts. Further ones are hidden as well, as documents.
MOST_TRIED = 24

#: More groups of digits than a number of anything has: a list of small numbers.
MOST_GROUPS = 7


def mask(text: str, region: str = "PA", keep: Collection[str] = ()) -> Masked:
    """Hide what is personal.

    Args:
        text: what somebody wrote.
        region: where a number without country code is dialled first.
        keep: published numbers, which stay; compared by their digits.
    """
    found = find(text, region, keep)
    parts, done = [], 0
    for one in found:
        parts += [text[done : one.start], f"[{one.secret.value}]"]
        done = one.end
    return Masked("".join([*parts, text[done:]]), found)


def find(text: str, region: str = "PA", keep: Collection[str] = ()) -> tuple[Found, ...]:
    """What is personal in a text, by place, without overlaps; see `mask`."""
    taken = _Taken()
    for secret, shape in _BY_SHAPE:
        for match in shape.finditer(text):
            taken.add(match.start("it"), match.end("it"), secret)
    if any(sign.isdigit() for sign in text):
        _find_numbers(text, taken, region, frozenset(only_digits(one) for one in keep))
    return taken.sorted()


#: What needs no second look, in this order: what stands earlier is found first.
_BY_SHAPE = (
    (Secret.EMAIL, shapes.EMAIL),
    (Secret.PROFILE, shapes.PROFILE_LINK),
    (Secret.PROFILE, shapes.PROFILE),
    (Secret.PROFILE, shapes.PROFILE_SAID),
    (Secret.POSITION, shapes.POSITION),
)


def _find_numbers(text: str, taken: _Taken, region: str, published: Collection[str]) -> None:
    for match in shapes.DOCUMENT_SAID.finditer(text):
        if not shapes.YEAR.fullmatch(match["it"]) and len(only_digits(match["it"])) >= shapes.FEWEST_SAID:
            taken.add(match.start("it"), match.end("it"), Secret.DOCUMENT)
    for shape in (shapes.PRICE, shapes.DATE):
        for match in shape.finditer(text):
            taken.leave(match.start(), match.end())
    for match in shapes.DOCUMENT.finditer(text):
        taken.add(match.start(), match.end(), Secret.DOCUMENT)
    seen = 0
    for match in shapes.NUMBER.finditer(text):
        for start, end in taken.rest(match.start(), match.end()):
            for one in _numbers(text[start:end], region, published, tried=seen < MOST_TRIED):
                taken.add(start + one.start, start + one.end, one.secret)
                seen += 1


def only_digits(text: str) -> str:
    """The digits of a text, as 0 to 9 whatever script they are in."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def _numbers(text: str, region: str, published: Collection[str], *, tried: bool) -> Iterator[Found]:
    """What of a run of digits and signs between them is a number of somebody's. `tried`: ask whether it can be dialled."""
    start = next((place for place, sign in enumerate(text) if sign.isdecimal() or sign in "+("), len(text))
    run = text[start:].rstrip(shapes.BETWEEN)
    groups = shapes.GROUP.findall(shapes.INVISIBLE.sub("", run))
    number = only_digits(run)
    if len(number) < SHORTEST or number in published or number.removeprefix("507") in published:
        return
    if all(shapes.YEAR.fullmatch(one) or one in published or len(one) == 1 for one in groups):
        return  # years, emergency numbers, ages: each means something by itself
    if len(groups) > MOST_GROUPS and all(len(one) <= 2 for one in groups):  # noqa: PLR2004 - groups of two digits
        return
    if _is_card(number):
        secret = Secret.CARD
    elif tried and _is_phone(run, region):
        secret = Secret.PHONE
    else:
        secret = Secret.DOCUMENT
    yield Found(start, start + len(run), secret)


@lru_cache(maxsize=4096)
def _is_phone(run: str, region: str) -> bool:
    """Whether a number can be dialled, in `region` or in one of REGIONS."""
    for one in dict.fromkeys((region, *REGIONS)):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(run, one)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


#: Lengths of the numbers of payment cards, and what they begin with. Source: ISO/IEC 7812-1.
_CARD, _ISSUERS = range(13, 20), "3456"


def _is_card(number: str) -> bool:
    """Luhn's check, which every payment card passes and one other number in ten."""
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(number))]
    return len(number) in _CARD and number[0] in _ISSUERS and sum(one // 10 + one % 10 for one in doubled) % 10 == 0


class _Taken:
    """Places that are spoken for: what came first stays."""

    def __init__(self) -> None:
        self._found: list[Found] = []
        self._left: list[tuple[int, int]] = []

    def add(self, start: int, end: int, secret: Secret) -> None:
        """Hide a place, unless some of it is spoken for."""
        if start < end and not self._overlaps(start, end):
            self._found.append(Found(start, end, secret))

    def leave(self, start: int, end: int) -> None:
        """Let a place stay as it is, unless some of it is spoken for."""
        if not self._overlaps(start, end):
            self._left.append((start, end))

    def rest(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of a place that nobody has spoken for."""
        spoken = [(one.start, one.end) for one in self._found] + self._left
        for first, last in sorted(one for one in spoken if one[0] < end and start < one[1]):
            if start < first:
                yield start, first
            start = max(start, last)
        if start < end:
            yield start, end

    def sorted(self) -> tuple[Found, ...]:
        """What is hidden, by place."""
        return tuple(sorted(self._found))

    def _overlaps(self, start: int, end: int) -> bool:
        spoken = ((one.start, one.end) for one in self._found)
        return any(a < end and start < b for a, b in (*spoken, *self._left))
