"""Asking for the measurement of a change, watching it, and giving it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from console.audit.trail import Action, note
from console.page import render
from console.permissions import Permission, demands
from console.review import changes, measured, project, proposal, runs
from console.review.models import Change
from console.review.views import _account


@require_POST
@demands(Permission.CHANGE_TRAINING)
def measure(request: HttpRequest, number: int) -> HttpResponse:
    """Queue a measurement of a draft."""
    row = get_object_or_404(Change, pk=number, state=Change.State.DRAFT)
    judged = proposal.judged(project.ROOT, proposal.waiting(row))
    if not any(one.fault is None for one in judged):
        messages.error(request, _("There is no line to measure."))
        return HttpResponseRedirect(_address(number))
    runs.ask_for(row, _account(request), changes.digest(judged), now=timezone.now())
    note(request, Action.EVALUATED, about=f"change {number}")
    return HttpResponseRedirect(_address(number) + "#measured")


@require_POST
@demands(Permission.CHANGE_TRAINING)
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Give a measurement up."""
    row = get_object_or_404(Change, pk=number)
    if runs.cancel(row, now=timezone.now()):
        messages.success(request, _("The measurement is cancelled."))
    return HttpResponseRedirect(_address(number) + "#measured")


@require_safe
@demands(Permission.CHANGE_TRAINING)
def run(request: HttpRequest, number: int) -> HttpResponse:
    """How far the newest measurement is: a piece of the page, which asks for itself while it runs."""
    row = get_object_or_404(Change, pk=number)
    is_draft = row.state == Change.State.DRAFT
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(_address(number) + "#measured")
    digest = changes.digest(proposal.judged(project.ROOT, proposal.waiting(row))) if is_draft else ""
    context = {"change": row, "is_draft": is_draft, **measured.context(row, digest)}
    return render(request, "console/review/run_part.html", context)


def _address(number: int) -> str:
    return reverse("console:review-change", args=[number])
