"""The page of somebody who was invited: it sets a password, and lets nobody in yet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from console.audit.trail import Action, write
from console.page import render
from console.permissions import for_every_account
from console.team import invitations


@require_http_methods(["GET", "HEAD", "POST"])
@for_every_account
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password with a link. Looking at the page uses nothing up: messengers look at links too."""
    account = invitations.of(token, now=timezone.now())
    if account is None:
        return render(request, "console/team/no_invitation.html", {"menu": []}, status=404)
    form = SetPasswordForm(account, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "console/team/invitation.html", {"found": account, "form": form, "menu": []})
    used = invitations.use(token, form.cleaned_data["new_password1"], now=timezone.now())
    if used is None:
        return render(request, "console/team/no_invitation.html", {"menu": []}, status=404)
    write(Action.CHANGED_PASSWORD, account=used)
    messages.success(request, gettext("The password is set. Log in with it now."))
    return HttpResponseRedirect(reverse("console:login"))
