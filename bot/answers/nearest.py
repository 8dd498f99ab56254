"""Which services are nearest, and about how far. Pure: a position comes in, and only names and rounded distances leave.

A shared position is turned into a choice (`near_choice`) where it arrives, before anything is stored: what the inbox,
the dialogue and the answer hold is which services are near and about how far, never the point itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from haversine import haversine

from bot.answers.directory import LATITUDES, LONGITUDES
from bot.answers.schema import Confidence, Contact, Content, Position
from bot.words import NEAR

#: Services of a kind that are named.
MOST = 3

#: A service farther off than this in its data is not called near anything, in metres.
LEAST_EXACT = 10_000

#: Up to so many kilometres a distance is rounded to the second number; beyond all, to the last.
ROUNDING = ((10, 1), (50, 5), (float("inf"), 10))

_CHOICE = re.compile(rf"{NEAR}((?:[a-z0-9_]+=\d{{1,4}},?){{1,60}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Near:
    """A service and its rounded distance in kilometres, as the crow flies."""

    contact: str
    km: int


def kinds(content: Content) -> tuple[str, ...]:
    """The categories of which some service has a known position, in the order of the file."""
    there = {contact.category.name for contact in placed(content) if contact.category}
    return tuple(name for name in content.categories if name in there)


def nearest(content: Content, lat: float, lon: float, kind: str, exact_m: int = 0) -> tuple[Near, ...]:
    """The nearest services of a kind, the nearest first.

    Args:
        content: where the services stand.
        lat, lon: the point in degrees (WGS 84).
        kind: a category.
        exact_m: how far off the point itself may be, in metres.
    """
    found = []
    for contact in placed(content):
        if contact.category and contact.category.name == kind and contact.position:
            # Great-circle distance on a sphere of 6,371 km (the haversine library): within 0.5 % of the ellipsoid.
            km = haversine((lat, lon), (contact.position.lat, contact.position.lon))
            found.append((km, contact.id, max(contact.position.accuracy_m, exact_m)))
    return tuple(Near(name, rounded(km, accuracy)) for km, name, accuracy in sorted(found)[:MOST])


def rounded(km: float, accuracy_m: int) -> int:
    """A distance no more exact than what it is made of: at least 1 km, in steps that grow with it."""
    step = next(step for limit, step in ROUNDING if km < limit)
    step = max(step, -(-accuracy_m // 1000))
    return max(step * round(km / step), 1)


def near_choice(content: Content, lat: float, lon: float) -> str:
    """What a shared position becomes: the nearest services of every kind; none when it lies outside Panama."""
    if not (LATITUDES[0] <= lat <= LATITUDES[1] and LONGITUDES[0] <= lon <= LONGITUDES[1]):
        return NEAR
    found = (near for kind in kinds(content) for near in nearest(content, lat, lon, kind))
    return NEAR + ",".join(f"{near.contact}={near.km}" for near in found)


def read_choice(content: Content, choice: str, kind: str) -> tuple[Near, ...]:
    """The services of a kind in what `near_choice` made; unknown ones are left out."""
    match = _CHOICE.fullmatch(choice)
    if match is None:
        return ()
    pairs = [pair.partition("=") for pair in match[1].split(",") if pair]
    return tuple(
        Near(name, int(km))
        for name, _, km in pairs
        if (contact := content.contacts.get(name)) and contact.category and contact.category.name == kind
    )


def placed(content: Content) -> Iterator[Contact]:
    """The services whose position is known well enough to call them near something."""
    return (contact for contact in content.contacts.values() if contact.position and _usable(contact.position))


def _usable(position: Position) -> bool:
    return position.confidence is not Confidence.LOW and position.accuracy_m <= LEAST_EXACT
