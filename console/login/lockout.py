"""Lock-out after wrong passwords and wrong codes: django-axes, told to keep nothing about anybody that can be read.

Three counts in a quarter of an hour, each with its limit. A name from one address is locked soon. A name from everywhere
is locked late, or anybody could keep somebody of the team out; an address for any name likewise, because an office has
one. Attempts during a lock are not counted, so that it ends. A name that nobody has is locked like any other.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django_otp import user_has_device

#: Failures after which there is a lock, in the order of AXES_LOCKOUT_PARAMETERS: name and address, name, address.
LIMITS = (5, 50, 50)


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Counts by LIMITS, forgets at the end of a login that is complete, and stores neither browser nor form."""

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        if request is not None:
            request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **more)

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """The failures in units of the first limit, which is the one that axes compares with."""
        counted = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(int(number) * LIMITS[0] // limit for number, limit in zip(counted, LIMITS, strict=True))

    def user_logged_in(self, sender: Any, request: Any, user: Any, **more: Any) -> None:
        # Who still owes the second factor has not shown yet who they are.
        if not user_has_device(user):
            self.reset_user_attempts(request, {"username": user.get_username()})

    def user_logged_out(self, sender: Any, request: Any, user: Any, **more: Any) -> None:
        pass

    def reset_user_attempts(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of this name from this address alone: the others may be somebody else's guesses."""
        ours, *_ = self.filter_user_attempts(request, credentials)
        return int(ours.delete()[0])


def refused(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Count a wrong code like a wrong password. Returns whether there is a lock now."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
    return locked(request)


def locked(request: HttpRequest) -> bool:
    """Whether this request met a lock, or began one."""
    return bool(getattr(request, "axes_locked_out", False))


def began(request: HttpRequest) -> bool:
    """Whether the failure of this request was counted, and was not one of those that a lock turns away."""
    return getattr(request, "axes_failures_since_start", None) is not None


def forgive(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Forget the failures of somebody who has shown all that was asked."""
    AxesProxyHandler.update_request(request)
    AxesProxyHandler.get_implementation().reset_user_attempts(request, {"username": user.get_username()})
