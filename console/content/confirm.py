"""What somebody vouches for with a click: a contact's facts confirmed, a topic read again; and taking that back.

The files are changed by the code behind `bot content confirm` and `bot content review`, which leaves every other byte.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from bot.answers import revise
from bot.answers.edit import Change, ChangedMeanwhile, NotEditable, write
from bot.answers.folder import Folder
from bot.answers.revise import CONTACTS, Refused
from bot.answers.schema import Content
from bot.answers.speaker import panama_today
from bot.web.django_settings import SETTINGS
from console.audit.trail import Action, note
from console.content import saving, shelf
from console.content.saving import Worse
from console.permissions import Permission, demands

#: Where the session keeps what its last change was, for `undone`.
UNDO = "content_undo"

#: Characters of how somebody made sure of something.
_LONGEST_SOURCE = 200


class _Stale(Exception):
    """What is confirmed is no longer what was looked at."""


@require_POST
@demands(Permission.CONFIRM_FACTS)
def confirmed(request: HttpRequest, name: str) -> HttpResponse:
    """A contact's facts were made sure of today, by whoever is logged in."""
    today = panama_today()
    fact = request.POST.get("fact", "")
    source = " ".join(request.POST.get("source", "").split())[:_LONGEST_SOURCE]
    account = request.user.get_username()

    def make() -> tuple[Change, str]:
        contact = _now().contacts.get(name)
        if contact is None or shelf.digest_of(contact) != request.POST.get("digest"):
            raise _Stale
        made = revise.confirm(shelf.library().root, name, source, today, today, fact=fact, by=account)
        return made.change, f"{name} {' '.join(made.marked)}"

    _save(request, make, today, lambda about: gettext("Confirmed today by you: %(what)s.") % {"what": about})
    return _back(request, reverse("console:content-contacts"), f"contact-{name}")


@require_POST
@demands(Permission.CONFIRM_FACTS)
def reviewed(request: HttpRequest, name: str) -> HttpResponse:
    """Somebody has read the answer on a topic today, and it is still true."""
    today = panama_today()

    def make() -> tuple[Change, str]:
        answer = _now().answers.get(name)
        if answer is None or shelf.digest_of_answer(answer) != request.POST.get("digest"):
            raise _Stale
        return revise.review(shelf.library().root, name, today, today), name

    _save(request, make, today, lambda about: gettext("Reviewed today by you: %(what)s.") % {"what": about})
    return HttpResponseRedirect(reverse("console:content-topic", args=[name]))


@require_POST
@demands(Permission.CONFIRM_FACTS)
def undone(request: HttpRequest) -> HttpResponse:
    """Take back the last change of this session, if nobody has touched the file since."""
    kept = request.session.get(UNDO)
    if kept:

        def make() -> tuple[Change, str]:
            return saving.taken_back(shelf.library().root, kept), f"undo {kept['about']}"

        done = gettext("Taken back: the file is what it was before.")
        if _save(request, make, panama_today(), lambda _: done):
            del request.session[UNDO]
    return _back(request, reverse("console:content-contacts"))


def _save(
    request: HttpRequest, make: Callable[[], tuple[Change, str]], today: date, done: Callable[[str], str]
) -> bool:
    """Make a change and save it, tell how it went, and write it into the trail; returns whether it was saved."""
    library = shelf.library()
    path = f"{library.root.name}/{CONTACTS}"
    try:
        with saving.alone(SETTINGS.data_dir):
            change, about = make()
            path = f"{library.root.name}/{change.within}"
            if change.after == change.before:
                messages.info(request, gettext("It was so already: nothing changed."))
                return False
            saving.refuse_worse(library.root, change, today, shelf.topics())
            with transaction.atomic():
                note(request, Action.CONFIRMED_FACT, about=about)
                write(library.root, [change])
    except (_Stale, ChangedMeanwhile):
        text = gettext(
            "Nothing was changed: somebody else changed this meanwhile. Look at what it says now, and decide again."
        )
    except Refused as error:
        text = _why(error)
    except Worse as error:
        text = gettext("Nothing was changed, because the content would have a new error: %(problem)s") % {
            "problem": error.problems[0].message(translation.get_language() or "")
        }
    except NotEditable:
        text = gettext(
            "Nothing was changed: %(path)s is written in a way that a program cannot change safely. Change it by hand."
        ) % {"path": path}
    except OSError:
        text = gettext(
            "Nothing was changed: %(path)s cannot be written to from here. Change it where the content is kept; the line "
            "stands beside each fact."
        ) % {"path": path}
    else:
        library.refresh()
        request.session[UNDO] = {**saving.remembered(change), "about": about}
        messages.success(request, done(about))
        return True
    messages.error(request, text)
    return False


def undo_of(request: HttpRequest) -> dict[str, Any] | None:
    """The last change of this session, while it can be taken back."""
    kept: dict[str, Any] | None = request.session.get(UNDO)
    return kept if kept and saving.can_be_taken_back(shelf.library().root, kept) else None


def _now() -> Content:
    """The files as they are now, which is not what is served while one of them is broken."""
    folder = Folder(shelf.library().root)
    return folder.read(folder.stamps()).content


def _why(error: Refused) -> str:
    if error.code == "no_source":
        return gettext("Nothing was changed: say how you made sure of it, for example “call to the front desk”.")
    return gettext("Nothing was changed: this contact or fact is no longer in the file.")


def _back(request: HttpRequest, default: str, anchor: str = "") -> HttpResponse:
    """To the list that it was done from, with its filters; nowhere outside of it."""
    query = request.POST.get("query", "")
    address = f"{default}?{query}" if query and query.isprintable() else default
    return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)
