"""Measurements of changes: asked for on a page, made by a process of their own, one at a time.

The row is all that page, worker and process share, so that none of them needs to outlive another: the process says that it
is alive by `beat`, and who does not for DEAD_AFTER is taken for dead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from console.review.models import Change, Run

State, Step = Run.State, Run.Step

#: A process beats every few seconds; one that is silent for so long was killed.
DEAD_AFTER = timedelta(seconds=90)

#: Longest time of a run: two trainings and two times all questions on a slow, busy machine.
LONGEST = timedelta(minutes=60)

STEP_WORDS = {
    Step.WAIT: gettext_lazy("waits for its turn"),
    Step.TRAIN_BEFORE: gettext_lazy("trains without the change"),
    Step.TRAIN_AFTER: gettext_lazy("trains with the change"),
    Step.ASK_BEFORE: gettext_lazy("asks the test questions without the change"),
    Step.ASK_AFTER: gettext_lazy("asks the test questions with the change"),
}

ERROR_WORDS = {
    "died": gettext_lazy("Its process ended: the machine restarted, or had too little memory. Try again."),
    "too_long": gettext_lazy("It took longer than an hour and was ended."),
    "changed": gettext_lazy("The change was edited or withdrawn before it was measured. Measure it again."),
    "space": gettext_lazy("The disk is full, or DATA_DIR cannot be written."),
    "": gettext_lazy("It failed. The log of the worker says where."),
}


def ask_for(change: Change, account: User, digest: str, *, now: datetime) -> Run:
    """Queue a measurement; one that is queued or running for the same lines is the answer already."""
    with transaction.atomic():
        Change.objects.select_for_update().get(pk=change.pk)
        under_way = change.runs.filter(digest=digest, state__in=[State.QUEUED, State.RUNNING]).first()
        if under_way is not None:
            return under_way
        change.runs.filter(state=State.QUEUED).update(state=State.CANCELLED, ended_at=now)
        return Run.objects.create(change=change, by=account, at=now, digest=digest)


def claim_next(*, now: datetime) -> Run | None:
    """The oldest queued run, now running; None when there is none or another one runs."""
    bury_dead(now=now)
    if Run.objects.filter(state=State.RUNNING).exists():
        return None
    run = Run.objects.filter(state=State.QUEUED).order_by("pk").first()
    if run is None:
        return None
    try:
        with transaction.atomic():
            taken = Run.objects.filter(pk=run.pk, state=State.QUEUED).update(
                state=State.RUNNING, started_at=now, beat_at=now
            )
    except IntegrityError:  # another worker started one at the same moment
        return None
    return Run.objects.get(pk=run.pk) if taken else None


def bury_dead(*, now: datetime) -> int:
    """Mark runs whose process is gone as failed. Returns how many."""
    dead = Run.objects.filter(state=State.RUNNING).filter(Q(beat_at__lt=now - DEAD_AFTER) | Q(beat_at=None))
    return dead.update(state=State.FAILED, error="died", ended_at=now)


def beat(pk: int, step: Run.Step, percent: int, *, now: datetime) -> bool:
    """Say that a run is alive and how far it is. Returns False when it is no longer wanted."""
    running = Run.objects.filter(pk=pk, state=State.RUNNING)
    return bool(running.update(beat_at=now, step=step, percent=min(max(percent, 0), 99)))


def finish(pk: int, result: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what a run found."""
    Run.objects.filter(pk=pk, state=State.RUNNING).update(
        state=State.DONE, result=dict(result), percent=100, ended_at=now
    )


def fail(pk: int, error: str, *, now: datetime) -> None:
    """Keep why a run failed: a code or the name of an exception."""
    Run.objects.filter(pk=pk, state=State.RUNNING).update(state=State.FAILED, error=error[:64], ended_at=now)


def put_back(pk: int) -> None:
    """A worker that stops leaves its run to the next one."""
    Run.objects.filter(pk=pk, state=State.RUNNING).update(
        state=State.QUEUED, step=Step.WAIT, percent=0, started_at=None, beat_at=None
    )


def cancel(change: Change, *, now: datetime) -> int:
    """Give up what is queued or running for a change; the process sees it at its next beat. Returns how many."""
    under_way = change.runs.filter(state__in=[State.QUEUED, State.RUNNING])
    return under_way.update(state=State.CANCELLED, ended_at=now)
