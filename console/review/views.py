"""The queue of misunderstood messages, what was decided, and the topics that people miss."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bot.conversations.models import Message
from console.audit.trail import Action, note
from console.page import render
from console.permissions import Permission, demands, may
from console.review import examples, project, topics, verdicts
from console.review.card import card
from console.review.models import Verdict, WantedTopic
from console.review.queue import REASON_WORDS, Reason, decided, entries
from console.review.verdicts import Choice, Kind, Refused

#: Entries that are listed beside the one that is shown, and decisions on a page.
LISTED = 12
PAGE = 50

#: Messages that one decision may be about, and characters of a new topic's name and note.
MOST = 500
LONGEST_NAME, LONGEST_NOTE = 80, 1_000

#: Digits of the largest id that a database takes.
DIGITS = 18

#: Buttons beside those of the kinds: "as the first person said", and Enter in a field.
CONFIRM, TYPED = "confirm", "typed"


@require_safe
@demands(Permission.REVIEW_MESSAGES)
def queue(request: HttpRequest) -> HttpResponse:
    """One entry of the queue after the other."""
    return _page(request)


@require_POST
@demands(Permission.REVIEW_MESSAGES)
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about the messages of one entry; then the next one is shown."""
    ids = _ids(request)
    typed = {name: request.POST.get(name, "") for name in ("topic", "name", "note", "language")}
    try:
        choice = _choice(request)
        made = verdicts.decide(
            _account(request), ids, choice, two_people=settings.SETTINGS.review_two_people, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, entry=ids[0] if ids else 0, typed=typed)
    _trail(request, Action.REVIEWED, made)
    return _next(request, _told(made))


@require_POST
@demands(Permission.REVIEW_MESSAGES)
def hide(request: HttpRequest) -> HttpResponse:
    """Hide words of a message and of those like it; the same entry is shown again."""
    ids = _ids(request)
    places = [int(one) for one in request.POST.getlist("word") if one.isdecimal()]
    try:
        asked = verdicts.hide(ids, places)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        for one in asked:
            note(request, Action.MASKED_MORE, contact=one.contact)
        messages.success(request, _("The words are hidden."))
    return _next(request, None, entry=ids[0] if ids else 0)


@require_POST
@demands(Permission.REVIEW_MESSAGES)
def undo(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Take a decision back; its messages are in the queue again."""
    try:
        taken = verdicts.undo(decision)
    except Refused as refused:
        messages.error(request, str(refused))
        return _back(request, 0)
    _trail(request, Action.UNDID_REVIEW, taken)
    messages.success(request, _("Taken back. It is in the queue again."))
    return _back(request, taken[0].message_id)


@require_safe
@demands(Permission.REVIEW_MESSAGES)
def decisions(request: HttpRequest) -> HttpResponse:
    """What was decided, the newest first, each with its way back."""
    rows = decided().select_related("by", "second_by", "wanted", "change")
    kind = request.GET.get("kind", "")
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    titled = _topics()
    page = Paginator(rows.order_by("-at", "-pk"), PAGE).get_page(request.GET.get("page"))
    shown: dict[UUID, dict[str, Any]] = {}
    for one in page:
        row = shown.setdefault(one.decision, {"verdict": one, "number": 0})
        row["number"] += 1
        row["said"] = verdicts.said(one, titled[one.topic].title if one.topic in titled else "")
    context = {"rows": list(shown.values()), "page": page, "kind": kind, "kinds": verdicts.KIND_WORDS.items()}
    return _render(request, "console/review/decisions.html", context | {"part": "decisions"})


@require_safe
@demands(Permission.REVIEW_MESSAGES)
def wanted(request: HttpRequest) -> HttpResponse:
    """The topics that people ask about and Faro does not have."""
    rows = WantedTopic.objects.order_by("done_at", "-messages", "-last_at")
    return _render(request, "console/review/wanted.html", {"rows": rows, "part": "wanted"})


@require_POST
@demands(Permission.REVIEW_MESSAGES)
def wanted_done(request: HttpRequest, wish: int) -> HttpResponse:
    """Mark a wanted topic as dealt with, or as not."""
    with transaction.atomic():
        row = get_object_or_404(WantedTopic.objects.select_for_update(), pk=wish)
        row.done_at = None if row.done_at else timezone.now()
        row.save(update_fields=["done_at"])
    note(request, Action.REVIEWED, about=f"wanted topic {row.pk}")
    return HttpResponseRedirect(reverse("console:review-wanted"))


def _trail(request: HttpRequest, action: Action, rows: list[Verdict]) -> None:
    """One line for each person whose message it was."""
    about = f"{rows[0].kind} {rows[0].topic}".strip()
    of = Message.objects.filter(pk__in=[one.message_id for one in rows])
    for contact in of.order_by().values_list("contact_id", flat=True).distinct():
        note(request, action, contact=contact, about=about)


def _page(request: HttpRequest, *, entry: int = 0, typed: dict[str, str] | None = None) -> HttpResponse:
    """The queue with one entry open: the one asked for, or the first."""
    filters = _filters(request)
    found = entries(_account(request), **filters)
    wanted_entry = entry or _number(request.GET.get("entry", ""))
    chosen = next((one for one in found if any(asked.pk == wanted_entry for asked in one.asked)), None)
    chosen = chosen or (found[0] if found else None)
    titled = _topics()
    place = found.index(chosen) if chosen else 0
    after = found[(place + 1) % len(found)] if len(found) > 1 else None
    context = {
        "card": card(project.ROOT, chosen, titled, translation.get_language() or "") if chosen else None,
        "rest": [one for one in found[max(0, place - 2) :] if one is not chosen][:LISTED],
        "number": len(found),
        "place": place + 1,
        "after": after,
        "topics": list(titled.values()),
        "taught": examples.languages(project.ROOT),
        "reasons": [(one.value, words) for one, words in REASON_WORDS.items()],
        "languages_here": sorted({one.language for one in found} | set(examples.languages(project.ROOT))),
        "filters": filters,
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "typed": typed or {},
        "last": _last(request),
        "part": "queue",
        "may_read": may(request, Permission.SEE_CONVERSATIONS),
        "two_people": settings.SETTINGS.review_two_people,
        "partial": (partial := bool(getattr(request, "htmx", False))),
    }
    return _render(request, "console/review/queue_part.html" if partial else "console/review/queue.html", context)


def _next(request: HttpRequest, told: str | None, *, entry: int = 0) -> HttpResponse:
    if told:
        messages.success(request, told)
    if getattr(request, "htmx", False):
        return _page(request, entry=entry)
    return _back(request, entry)


def _back(request: HttpRequest, entry: int) -> HttpResponse:
    """To where a form was: the queue, with the same filters; or the list of decisions."""
    if request.POST.get("from") == "decisions":
        return HttpResponseRedirect(reverse("console:review-decisions"))
    if getattr(request, "htmx", False):
        return _page(request, entry=entry)
    query = {name: value for name, value in _filters(request).items() if value}
    if entry:
        query["entry"] = str(entry)
    address = reverse("console:review")
    return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)


def _choice(request: HttpRequest) -> Choice:
    """What the form says.

    Raises:
        Refused: it says too little.
    """
    kind, language = _kind(request), request.POST.get("language", "")
    if kind == CONFIRM:
        return _of_first(request)
    if kind not in Kind.values:
        raise Refused(_("Choose what to do with this question."))
    if language not in examples.languages(project.ROOT) and kind in (Kind.TOPIC, Kind.OUT_OF_SCOPE):
        raise Refused(_("Choose the language of this question."))
    match kind:
        case Kind.TOPIC:
            topic = topics.chosen(request.POST.get("suggested") or request.POST.get("topic", ""), _topics())
            if not topic:
                raise Refused(_("There is no such topic. Choose one from the list."))
            return Choice(Kind.TOPIC, language, topic)
        case Kind.NEW_TOPIC:
            name, remark = request.POST.get("name", "").strip(), request.POST.get("note", "").strip()
            if not name or len(name) > LONGEST_NAME or len(remark) > LONGEST_NOTE:
                raise Refused(_("Give the new topic a short name (80 signs at most)."))
            return Choice(Kind.NEW_TOPIC, language, name=name, note=remark)
    return Choice(Kind(kind), language)


def _kind(request: HttpRequest) -> str:
    """What was pressed: a suggestion, a button, or Enter in one of the two fields."""
    if request.POST.get("suggested"):
        return Kind.TOPIC.value
    kind = request.POST.get("kind", "")
    if kind == TYPED:
        kind = Kind.NEW_TOPIC.value if request.POST.get("name", "").strip() else Kind.TOPIC.value
    return kind


def _of_first(request: HttpRequest) -> Choice:
    """What somebody else decided, to be confirmed."""
    rows = Verdict.objects.filter(message__in=_ids(request), state=Verdict.State.OPEN).select_related("wanted")
    one = next((row for row in rows if str(row.decision) == request.POST.get("first")), None)
    if one is None or one.kind == Kind.UNSURE:
        raise Refused(_("This decision is no longer there."))
    return Choice(Kind(one.kind), one.language, one.topic, name=one.wanted.name if one.wanted else "")


def _told(made: list[Verdict]) -> str:
    one = made[0]
    titled = _topics()
    what = verdicts.said(one, titled[one.topic].title if one.topic in titled else "")
    if one.state == Verdict.State.OPEN:
        return _("Noted: %(what)s. A second person will look at it.") % {"what": what}
    return _("Done: %(what)s.") % {"what": what}


def _last(request: HttpRequest) -> Verdict | None:
    """The newest decision of whoever asks, which one key takes back."""
    mine = Verdict.objects.filter(by=_account(request)).exclude(state=Verdict.State.WRITTEN).order_by("-at", "-pk")
    newest = list(mine.values_list("pk", flat=True)[:MOST])  # so that the messages of these alone are looked at
    return decided().filter(pk__in=newest).order_by("-at", "-pk").first()


def _filters(request: HttpRequest) -> dict[str, str]:
    language, reason = request.GET.get("language", ""), request.GET.get("reason", "")
    known = examples.languages(project.ROOT)
    return {"language": language if language in known else "", "reason": reason if reason in list(Reason) else ""}


def _ids(request: HttpRequest) -> list[int]:
    return [number for one in request.POST.get("messages", "").split(",")[:MOST] if (number := _number(one))]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def _topics() -> dict[str, topics.Titled]:
    return topics.titled(project.ROOT, translation.get_language() or "")


def _account(request: HttpRequest) -> User:
    account = request.user
    assert isinstance(account, User)  # noqa: S101 - for the type checker: the door lets nobody else in
    return account


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context | {"may_change": may(request, Permission.CHANGE_TRAINING)})
