"""The page of one topic: how people see it in every language and channel, and what stands behind it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from bot.answers.choose import Unanswered
from bot.answers.schema import Answer, Content
from bot.answers.speaker import Speaker, panama_today
from console.content import git, shelf
from console.content.confirm import undo_of
from console.content.contacts import Entry, entry
from console.content.history import ABSENCES
from console.content.preview import shown
from console.content.standing import of_topic
from console.content.topics import areas
from console.content.words import STANDINGS, WEIGHTS
from console.page import render
from console.permissions import Permission, demands, may

#: Changes on the page; the rest is a click away.
_FEW = 5


@require_safe
@demands(Permission.SEE_CONTENT)
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A topic on a day (`?on=2026-12-24`; today without it)."""
    content = shelf.library().current()
    answer = content.answers.get(name)
    if answer is None:
        raise Http404
    today = panama_today()
    wanted = request.GET.get("on", "")
    on, misread = _day(wanted, today)
    language = translation.get_language() or ""
    chain = content.chain(language)
    problems = [one for one in shelf.problems(today) if one.path == answer.place.path]
    stand = of_topic(answer, problems, today)
    within = answer.place.path.partition("/")[2]
    context = {
        "answer": answer,
        "name": answer.title.get(chain) or answer.topic,
        "area": dict(areas(content, language)).get(answer.area, answer.area),
        "stand": stand,
        "mark": STANDINGS[stand.standing],
        "on": on,
        "another_day": on != today,
        "misread": misread,
        "previews": list(shown(content, answer, on, Speaker(shelf.library()).layout_words)),
        "open": language if language in content.languages else content.default,
        "instead": _instead(answer),
        "contacts": _contacts(content, answer, on),
        "following": _titled(content, [one.name for one in answer.next], chain),
        "follow_ups": [
            (question, _titled(content, [one.name], chain)[0])
            for question, one in sorted(answer.follow_ups.items())
            if one.name in content.answers
        ],
        "problems": [(one, one.message(language), *WEIGHTS[shelf.weight(one)]) for one in problems],
        "may_review": may(request, Permission.CONFIRM_FACTS),
        "writable": shelf.writable(within),
        "digest": shelf.digest_of_answer(answer),
        "reviewed_line": answer.line_of("reviewed"),
        "undo": undo_of(request),
        **_history(within),
    }
    return render(request, "console/content/topic.html", context)


def _day(text: str, today: date) -> tuple[date, bool]:
    """The day that is asked for, and whether it could not be read."""
    try:
        return (date.fromisoformat(text) if text else today), False
    except ValueError:
        return today, True


def _instead(answer: Answer) -> dict[str, date | None]:
    """Until when an answer was given and from when it will be, by why it is not."""
    return {Unanswered.EXPIRED.value: answer.valid_to, Unanswered.NOT_YET_VALID.value: answer.valid_from}


def _contacts(content: Content, answer: Answer, on: date) -> list[Entry]:
    named = [content.contacts[one.name] for one in answer.contacts if one.name in content.contacts]
    return [entry(content, contact, on, translation.get_language() or "") for contact in named]


def _titled(content: Content, topics: list[str], chain: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one, content.answers[one].title.get(chain) or one) for one in topics if one in content.answers]


def _history(within: str) -> dict[str, object]:
    """The newest changes of a file, or the words that say why none are shown."""
    try:
        found = git.history(shelf.library().root, within)
    except git.NoHistory as error:
        return {"absence": ABSENCES[error.absence]}
    return {"history": found.commits[:_FEW], "whole": found.whole}
