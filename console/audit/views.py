"""The page of the trail. It can be read here, and by nobody changed."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from console import contacts
from console.audit import retention
from console.audit.search import lines, read
from console.audit.words import WORDS, words
from console.page import render
from console.permissions import Permission, demands, may


@require_safe
@demands(Permission.SEE_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    """Who of the team saw or did what, newest first."""
    wanted = read(request.GET.dict())
    found, onwards = lines(wanted, safeguarding=may(request, Permission.SEE_SAFEGUARDING))
    asked = {key: value for key, value in wanted.typed.items() if value}
    context = {
        "lines": [(one, words(one.action), contacts.name(one.contact) if one.contact else "") for one in found],
        "wanted": wanted,
        "since": wanted.typed["from"],
        "until": wanted.typed["to"],
        "actions": [(action.value, said) for action, said in WORDS.items()],
        "names": list(User.objects.order_by("username").values_list("username", flat=True)),
        "older": urlencode(asked | {"before": str(onwards)}) if onwards else "",
        "newest": urlencode(asked) if wanted.before is not None else None,
        "days": retention.DAYS,
    }
    return render(request, "console/audit/trail.html", context)
