"""Changes of the training data, from a draft to lines in files and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from console.review import proposal, writing
from console.review.models import Change, Verdict
from console.review.proposal import Line
from console.review.training_file import TrainingFileError
from console.review.verdicts import Refused
from console.review.writing import WritingError

State = Change.State


def draft(account: User, chosen: Collection[int], *, now: datetime) -> Change:
    """Begin a change with some of the verdicts that wait.

    Raises:
        Refused: none of them waits (any more).
    """
    with transaction.atomic():
        taken = [one for one in proposal.waiting(None) if one.pk in chosen]
        if not taken:
            raise Refused(_("Choose at least one sentence."))
        change = Change.objects.create(by=account, at=now)
        _of_decisions(taken).update(change=change)
    return change


def reword(change: Change, wordings: Mapping[int, str], out: Collection[int]) -> None:
    """Take new wordings of lines (by verdict), and put lines out of a draft, back to those that wait.

    Raises:
        Refused: the change is no draft any more.
    """
    with transaction.atomic():
        _still_draft(change)
        waiting = proposal.waiting(change)
        for one in waiting:
            wording = wordings.get(one.pk, "").strip()
            if wording and wording != (one.wording or one.text):
                Verdict.objects.filter(pk=one.pk).update(wording=wording)
        _of_decisions([one for one in waiting if one.pk in out]).update(change=None)


def discard(change: Change) -> None:
    """Give up a draft; its verdicts wait again.

    Raises:
        Refused: the change is no draft any more.
    """
    with transaction.atomic():
        _still_draft(change)
        change.verdicts.update(change=None)
        Change.objects.filter(pk=change.pk).delete()


def write(root: Path, change: Change, account: User, *, seen: str, now: datetime) -> list[Line]:
    """Write a draft into the files of this installation. Returns the lines.

    Args:
        root: the project.
        change: the draft.
        account: who writes it.
        seen: digest of what was looked at (proposal.digest).
        now: the time.

    Raises:
        Refused: it, or a file, is not what was looked at; or nothing can be written here. Nothing was written.
    """
    with writing.alone(root), transaction.atomic():
        lines = _looked_at(root, change, seen)
        _settle(change, State.WRITTEN, lines, account, now)
        # Last, so that a trouble with the files takes the rows back too.
        _attempt(root, proposal.files(root, lines))
    return lines


def hand_over(root: Path, change: Change, account: User, *, seen: str, now: datetime) -> str:
    """The patch of a draft, which counts as handed over from then on; or again that of one handed over before.

    Raises:
        Refused: it, or a file, is not what was looked at.
    """
    with transaction.atomic():
        lines = _looked_at(root, change, seen)
        _settle(change, State.HANDED_OVER, lines, account, now)
    return proposal.patch(proposal.files(root, lines))


def take_back(root: Path, change: Change) -> None:
    """Make a draft again of a change; lines that were written here leave the files.

    Raises:
        Refused: a line is no longer there, or nothing can be written here.
    """
    with writing.alone(root), transaction.atomic():
        row = Change.objects.select_for_update().get(pk=change.pk)
        if row.state == State.DRAFT:
            raise Refused(_("This change is a draft already."))
        row.verdicts.update(state=Verdict.State.ACCEPTED)
        before, lines = row.state, row.lines
        row.state, row.lines, row.written_by, row.written_at = State.DRAFT, [], None, None
        row.save()
        if before == State.WRITTEN:
            try:
                _attempt(root, proposal.taken_back(root, lines))
            except TrainingFileError:
                raise Refused(
                    _("One of the lines is no longer in the files as it was written. Nothing changed.")
                ) from None


def digest(lines: Iterable[Line]) -> str:
    """Changes when a line does, whatever else happens to the files: what a measurement was made of."""
    told = sorted(line.as_list() for line in lines if line.fault is None)
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _looked_at(root: Path, change: Change, seen: str) -> list[Line]:
    _still_draft(change)
    lines = [one for one in proposal.judged(root, proposal.waiting(change)) if one.fault is None]
    if not lines:
        raise Refused(_("There is no line to write."))
    if proposal.digest(proposal.files(root, lines)) != seen:
        raise Refused(_("The change or a file is no longer what you looked at. Look at it again; nothing was written."))
    return lines


def _settle(change: Change, state: Change.State, lines: list[Line], account: User, now: datetime) -> None:
    written = Verdict.objects.filter(pk__in=[one.pk for one in lines])
    decisions = written.values_list("decision", flat=True)
    # Lines that were refused go back to those that wait; they are not lost.
    change.verdicts.exclude(decision__in=list(decisions)).update(change=None)
    change.verdicts.update(state=Verdict.State.WRITTEN)
    Change.objects.filter(pk=change.pk).update(
        state=state, lines=[one.as_list() for one in lines], written_by=account, written_at=now
    )


def _attempt(root: Path, changes: list[proposal.FileChange]) -> None:
    try:
        writing.write(root, changes)
    except WritingError as error:
        raise Refused(_sentence(error)) from error


def _sentence(error: WritingError) -> str:
    if error.code == "read_only":
        return _(
            "The training data cannot be written here (in a container they are part of the image). Download the patch."
        )
    if error.code == "changed":
        return _("%(file)s was changed meanwhile. Look at the change again; nothing was written.") % {
            "file": error.about
        }
    return _("The files could not be written (%(why)s). Nothing changed.") % {"why": error.about}


def _still_draft(change: Change) -> None:
    row = Change.objects.select_for_update().filter(pk=change.pk).first()
    if row is None or row.state != State.DRAFT:
        raise Refused(_("This change is no longer a draft. Somebody has written it, or given it up."))


def _of_decisions(verdicts: Iterable[Verdict]) -> QuerySet[Verdict]:
    decisions = [one.decision for one in verdicts]
    return Verdict.objects.filter(decision__in=decisions, state=Verdict.State.ACCEPTED)
