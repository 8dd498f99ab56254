"""The way in: to the first part of the console that an account may open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from console.navigation import menu
from console.page import render
from console.permissions import for_every_account


@require_safe
@for_every_account
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first entry of the menu, or say that the account has no role yet."""
    entries = menu(request)
    if entries:
        return HttpResponseRedirect(str(entries[0]["address"]))
    return render(request, "console/no_role.html")
