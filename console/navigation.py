"""The parts of the console, in the order of its menu, and who sees them there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from console.permissions import Permission, may


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of the menu. `name` is that of its address; the first part of it tells on which pages it is marked."""

    name: str
    words: str | Promise
    permission: Permission


PARTS: Sequence[Part] = (
    Part("console:conversations", gettext_lazy("Conversations"), Permission.SEE_CONVERSATIONS),
    Part("console:waiting", gettext_lazy("Waiting for a person"), Permission.ANSWER_PEOPLE),
    Part("console:review", gettext_lazy("Review"), Permission.REVIEW_MESSAGES),
    Part("console:content", gettext_lazy("Content"), Permission.SEE_CONTENT),
    Part("console:figures", gettext_lazy("Figures"), Permission.SEE_FIGURES),
    Part("console:health", gettext_lazy("Health"), Permission.SEE_STATE),
    Part("console:team", gettext_lazy("Team"), Permission.MANAGE_TEAM),
    Part("console:audit", gettext_lazy("Audit trail"), Permission.SEE_AUDIT),
)


def menu(request: HttpRequest) -> list[Mapping[str, object]]:
    """The entries that whoever asks may open, with the present one marked."""
    found: list[Mapping[str, object]] = []
    for part in PARTS:
        if not may(request, part.permission):
            continue
        try:
            address = reverse(part.name)
        except NoReverseMatch:
            continue
        here = request.path == address or (len(address) > len("/console/") and request.path.startswith(address))
        found.append({"address": address, "words": part.words, "here": here})
    return found
