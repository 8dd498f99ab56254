"""The list of topics: what waits for somebody first, filtered by area, state and words."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from bot.answers.problems import Problem
from bot.answers.schema import Answer, Content
from bot.answers.speaker import panama_today
from console.content import shelf
from console.content.standing import Stand, Standing, of_topic
from console.content.words import AREAS, STANDINGS
from console.page import render
from console.permissions import Permission, demands

#: What waits for somebody.
WAITING = frozenset({Standing.BROKEN, Standing.OVERDUE, Standing.EXPIRED, Standing.SOON})


@dataclass(frozen=True, slots=True)
class Row:
    """One topic of the list."""

    answer: Answer
    title: str
    stand: Stand

    @property
    def mark(self) -> tuple[str | Promise, str]:
        """The words of its state, and their colour."""
        return STANDINGS[self.stand.standing]


@require_safe
@demands(Permission.SEE_CONTENT)
def listed(request: HttpRequest) -> HttpResponse:
    """Every topic that Faro answers."""
    content = shelf.library().current()
    today = panama_today()
    every = rows(content, shelf.problems(today), today, translation.get_language() or "")
    area, state, words = (request.GET.get(name, "") for name in ("area", "state", "q"))
    found = [
        row
        for row in every
        if (not area or row.answer.area == area)
        and (not state or row.stand.standing.value == state or (state == "waiting" and row.stand.standing in WAITING))
        and matches(row.answer, words)
    ]
    counts = Counter(row.stand.standing for row in every)
    context = {
        "rows": found,
        "count": len(every),
        "areas": areas(content, translation.get_language() or ""),
        "states": [(one.value, STANDINGS[one][0], counts[one]) for one in Standing if counts[one]],
        "waiting": sum(counts[one] for one in WAITING),
        "area": area,
        "state": state,
        "q": words,
    }
    return render(request, "console/content/topics.html", context)


def rows(content: Content, problems: Iterable[Problem], on: date, language: str) -> list[Row]:
    """Every topic, the worst and the longest due first."""
    of_file: Mapping[str, list[Problem]] = _by_file(problems)
    chain = content.chain(language)
    made = [
        Row(answer, answer.title.get(chain) or answer.topic, of_topic(answer, _own(answer, content, of_file), on))
        for answer in content.answers.values()
    ]
    order = list(Standing)
    last = date.max
    return sorted(made, key=lambda row: (order.index(row.stand.standing), row.stand.due or last, row.title.casefold()))


def areas(content: Content, language: str) -> list[tuple[str, str | Promise]]:
    """The areas that have topics, with their names in a language where the menu has one."""
    chain = content.chain(language)
    menu = content.interface.menu
    named = dict.fromkeys((*menu, *(answer.area for answer in content.answers.values())))
    return [(area, menu[area].title.get(chain) if area in menu else AREAS.get(area, area)) for area in named]


def matches(answer: Answer, words: str) -> bool:
    """Whether every word stands in the topic's name, titles or texts, however it is accented."""
    wanted = plain(words).split()
    if not wanted:
        return True
    worded = (answer.title, answer.text, *answer.countries.values())
    said = plain(" ".join([answer.topic, *(text for wording in worded for text in wording.texts.values())]))
    return all(word in said for word in wanted)


def plain(text: str) -> str:
    """A text for comparing: small letters without accents."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _by_file(problems: Iterable[Problem]) -> Mapping[str, list[Problem]]:
    found: dict[str, list[Problem]] = defaultdict(list)
    for one in problems:
        found[one.path].append(one)
    return found


def _own(answer: Answer, content: Content, of_file: Mapping[str, list[Problem]]) -> list[Problem]:
    """The problems of a topic's file; of a file with several topics only those on its lines."""
    found = of_file.get(answer.place.path, [])
    begins = sorted(one.place.line for one in content.answers.values() if one.place.path == answer.place.path)
    if len(begins) == 1:
        return found
    ends = next((line for line in begins if line > answer.place.line), answer.place.line + 1_000)
    return [one for one in found if answer.place.line <= one.line < ends]
