"""Where somebody wanted to go before they were asked who they are."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

#: The entry of the console.
HOME = "/console/"


def destination(request: HttpRequest) -> str:
    """The address in `next`, if it is one of the console's own pages; else its entry."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith(HOME) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    # "/console/../" is a page of somebody else for a browser, and some take "\\" for "/".
    return wanted if inside and "\\" not in wanted and ".." not in urlsplit(wanted).path.split("/") else HOME
