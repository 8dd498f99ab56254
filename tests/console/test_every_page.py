"""Every page of the console, in every language, read as a browser and a screen reader would; also those added later."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from console.catalogues import LANGUAGES
from tests.console.page import CheckingClient
from tests.console.routes import HOSTILE, routes, samples


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_every_page_is_whole_in_every_language(
    staff: CheckingClient, account: User, rasa: object, language: str
) -> None:
    staff.cookies["faro_console_language"] = language
    given = samples(User.objects.create_user("eva"))
    seen = []
    for route in routes(given):
        if "GET" not in route.methods or route.name == "logout":
            continue
        response = staff.get(route.address)  # the client fails on what is wrong with the page
        # A variable of another subject may name something that the samples do not have.
        allowed = (200, 302) if not route.address.rpartition("/console/")[2].strip("/").count("/") else (200, 302, 404)
        assert response.status_code in allowed or "invitation" in route.name, f"{route}: {response.status_code}"
        assert "no-store" in response["Cache-Control"], route
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
            html = response.content.decode()
            seen.append(route.name)
            assert f'<html lang="{language}">' in html or "<html" not in html, route
            assert HOSTILE not in html and "<img src=x" not in html and "<script>alert" not in html, route
    assert {"account", "team", "account_new", "account_of", "audit", "health", "second_factor_new"} <= set(seen)


def test_a_page_that_somebody_may_not_see_is_whole_too(somebody: object) -> None:
    client = somebody()  # type: ignore[operator]
    assert client.get("/console/").status_code == 200
    assert client.get("/console/team/").status_code == 403
