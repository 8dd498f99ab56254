"""What was decided becomes a change of the training data: looked at, measured, written or downloaded, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from console.audit.trail import Action, note
from console.page import render
from console.permissions import Permission, demands
from console.review import changes as domain
from console.review import lines, measured, project, proposal, topics, training_file, writing
from console.review.models import Change, Verdict
from console.review.verdicts import Refused
from console.review.views import _account

#: Changes that are listed.
LISTED = 30


@require_safe
@demands(Permission.CHANGE_TRAINING)
def changes(request: HttpRequest) -> HttpResponse:
    """The sentences that wait to be taught, and the changes so far."""
    waiting = proposal.judged(project.ROOT, proposal.waiting(None))
    listed = Change.objects.select_related("by", "written_by").order_by("-pk")[:LISTED]
    context = {"rows": _rows(waiting), "changes": [(one, _number_of(one)) for one in listed]}
    return _render(request, "console/review/changes.html", context)


@require_POST
@demands(Permission.CHANGE_TRAINING)
def begin(request: HttpRequest) -> HttpResponse:
    """Make a draft of the chosen sentences."""
    chosen = {int(one) for one in request.POST.getlist("line") if one.isdecimal()}
    try:
        made = domain.draft(_account(request), chosen, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("console:review-changes"))
    return _to(made.pk)


@require_safe
@demands(Permission.CHANGE_TRAINING)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One change: its lines, the files it changes, its measurement, and what can be done with it."""
    row = get_object_or_404(Change.objects.select_related("by", "written_by"), pk=number)
    is_draft = row.state == Change.State.DRAFT
    judged = proposal.judged(project.ROOT, proposal.waiting(row)) if is_draft else []
    found, trouble = _files(judged)
    context = {
        "change": row,
        "is_draft": is_draft,
        "rows": _rows(judged),
        "good": sum(one.fault is None for one in judged),
        "faulty": sum(one.fault is not None for one in judged),
        "written": [_written(one) for one in row.lines],
        "files": found,
        "trouble": trouble,
        "seen": proposal.digest(found) if found else "",
        "writable": writing.writable(project.ROOT),
        **measured.context(row, domain.digest(judged) if is_draft else ""),
    }
    return _render(request, "console/review/change.html", context)


@require_POST
@demands(Permission.CHANGE_TRAINING)
def reword(request: HttpRequest, number: int) -> HttpResponse:
    """Keep new wordings, and put lines out of the change."""
    row = get_object_or_404(Change, pk=number)
    wordings = {
        int(name.removeprefix("wording-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("wording-") and name.removeprefix("wording-").isdecimal()
    }
    out = {int(one) for one in request.POST.getlist("out") if one.isdecimal()}
    return _done(request, number, lambda: domain.reword(row, wordings, out), _("Saved. Look at the difference below."))


@require_POST
@demands(Permission.CHANGE_TRAINING)
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Give a draft up; its sentences wait again."""
    row = get_object_or_404(Change, pk=number)
    try:
        domain.discard(row)
    except Refused as refused:
        messages.error(request, str(refused))
        return _to(number)
    messages.success(request, _("The draft is gone. Its sentences wait again."))
    return HttpResponseRedirect(reverse("console:review-changes"))


@require_POST
@demands(Permission.CHANGE_TRAINING)
def write(request: HttpRequest, number: int) -> HttpResponse:
    """Write a draft into the files of this installation."""
    row = get_object_or_404(Change, pk=number)

    def act() -> None:
        _read_by_a_person(request)
        written = domain.write(
            project.ROOT, row, _account(request), seen=request.POST.get("seen", ""), now=timezone.now()
        )
        note(request, Action.CHANGED_TRAINING, about=f"change {number}: {len(written)} lines written")

    return _done(request, number, act, _("Written. Faro learns it at the next training; see below."))


@require_POST
@demands(Permission.CHANGE_TRAINING)
def patch(request: HttpRequest, number: int) -> HttpResponse:
    """The patch of a draft, as a file."""
    row = get_object_or_404(Change, pk=number)
    try:
        _read_by_a_person(request)
        text = domain.hand_over(
            project.ROOT, row, _account(request), seen=request.POST.get("seen", ""), now=timezone.now()
        )
    except (Refused, OSError, training_file.TrainingFileError) as refused:
        messages.error(request, str(refused) if isinstance(refused, Refused) else _trouble(refused))
        return _to(number)
    note(request, Action.DOWNLOADED_PATCH, about=f"change {number}")
    response = HttpResponse(text.encode(), content_type="text/x-patch; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faro-change-{number}.patch"'
    return response


@require_POST
@demands(Permission.CHANGE_TRAINING)
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make a draft again of a change that was written or handed over."""
    row = get_object_or_404(Change, pk=number)

    def act() -> None:
        domain.take_back(project.ROOT, row)
        note(request, Action.CHANGED_TRAINING, about=f"change {number}: taken back")

    return _done(request, number, act, _("Taken back. The change is a draft again."))


def _done(request: HttpRequest, number: int, act: Callable[[], None], told: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    except (OSError, training_file.TrainingFileError, writing.WritingError) as trouble:
        messages.error(request, _trouble(trouble))
    else:
        messages.success(request, told)
    return _to(number)


def _read_by_a_person(request: HttpRequest) -> None:
    if request.POST.get("read") != "yes":
        raise Refused(
            _("Confirm that you have read every line and that none says who somebody is. Nothing was written.")
        )


def _rows(judged: list[proposal.Line]) -> list[dict[str, Any]]:
    titled = topics.titled(project.ROOT, translation.get_language() or "")
    as_decided = dict(Verdict.objects.filter(pk__in=[one.pk for one in judged]).values_list("pk", "text"))
    return [
        {
            "line": one,
            "title": titled[one.topic].title if one.topic in titled else one.topic,
            "fault": lines.word(one.fault) if one.fault else "",
            "as_asked": as_decided.get(one.pk, ""),
        }
        for one in judged
    ]


def _written(line: list[str]) -> dict[str, str]:
    language, area, topic, text = line
    return {"file": f"data/nlu/{language}/{area}.yml", "topic": topic, "language": language, "text": text}


def _number_of(one: Change) -> int:
    if one.state != Change.State.DRAFT:
        return len(one.lines)
    return one.verdicts.values("decision").distinct().count()


def _files(judged: list[proposal.Line]) -> tuple[list[proposal.FileChange], str]:
    """What the files would become, or why that cannot be said."""
    try:
        return proposal.files(project.ROOT, judged), ""
    except (OSError, training_file.TrainingFileError) as trouble:
        return [], _trouble(trouble)


def _trouble(trouble: Exception) -> str:
    if isinstance(trouble, training_file.TrainingFileError):
        return _("A file has no examples of %(topic)s to add to.") % {"topic": trouble.about}
    return _("A file of the training data cannot be read. Nothing changed.")


def _to(number: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:review-change", args=[number]))


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context | {"part": "changes", "may_change": True})
