"""How long somebody stays logged in, and who can end it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from console import roles
from console.audit.models import AuditEntry
from console.login import browsers, sessions
from console.login.models import OpenSession
from console.permissions import Role
from tests.console.conftest import NAME, PASSWORD
from tests.console.page import CheckingClient

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def inside(client: CheckingClient, **headers: str) -> bool:
    response = client.get("/console/account/", headers=headers)
    return response.status_code == 200 and "HX-Redirect" not in response


def earlier(**past: float) -> None:
    """As if everybody had last done something so long ago."""
    OpenSession.objects.update(seen=timezone.now() - timedelta(**past))


def second(account: User) -> CheckingClient:
    client = CheckingClient(headers={"user-agent": FIREFOX})
    client.force_login(account)
    return client


def test_a_session_ends_after_an_hour_without_anybody(staff: CheckingClient) -> None:
    earlier(minutes=59)
    assert inside(staff)
    earlier(minutes=61)
    gone = staff.get("/console/account/")
    assert gone["Location"] == "/console/login?ended=1&next=/console/account/"
    assert "Su sesión terminó" in staff.get(gone["Location"]).content.decode()
    assert not OpenSession.objects.exists()


def test_who_works_stays_but_no_longer_than_a_working_day(staff: CheckingClient) -> None:
    for _ in range(4):
        earlier(minutes=50)
        assert inside(staff)
    OpenSession.objects.update(started=timezone.now() - timedelta(hours=8))
    assert not inside(staff)


@pytest.mark.parametrize(
    "headers", [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}, {"HX-Request": "true", "Sec-Fetch-Dest": "empty"}]
)
def test_a_page_that_looks_for_news_keeps_no_empty_chair_logged_in(
    staff: CheckingClient, headers: dict[str, str]
) -> None:
    earlier(minutes=30)
    assert inside(staff, **headers)
    assert OpenSession.objects.get().seen < timezone.now() - timedelta(minutes=29)
    earlier(minutes=61)
    assert not inside(staff, **headers)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}, {"HX-Request": "true", "HX-Boosted": "true"}])
def test_a_page_that_somebody_opens_does(staff: CheckingClient, headers: dict[str, str]) -> None:
    earlier(minutes=30)
    assert inside(staff, **headers)
    assert OpenSession.objects.get().seen > timezone.now() - timedelta(minutes=1)


def test_an_action_does_also_when_a_script_sends_it(staff: CheckingClient) -> None:
    earlier(minutes=30)
    staff.post("/console/account/sessions/end", headers={"HX-Request": "true"})
    assert OpenSession.objects.get().seen > timezone.now() - timedelta(minutes=1)


def test_a_script_is_led_to_the_login_with_the_whole_page(staff: CheckingClient) -> None:
    earlier(hours=2)
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/console/account/"}
    response = staff.get("/console/audit/", headers=asked)
    assert response["HX-Redirect"] == "/console/login?ended=1&next=/console/account/"
    assert response.content == b""


def test_a_script_cannot_be_led_elsewhere(staff: CheckingClient) -> None:
    earlier(hours=2)
    asked = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/console/"}
    assert staff.get("/console/audit/", headers=asked)["HX-Redirect"] == "/console/login?ended=1&next=/console/"


def test_ones_own_sessions_are_listed_and_ended(staff: CheckingClient, account: User) -> None:
    other = CheckingClient(headers={"user-agent": FIREFOX})
    other.post("/console/login", {"username": NAME, "password": PASSWORD})
    page = staff.get("/console/account/").content.decode()
    assert "Firefox, Windows" in page and page.count("esta</span>") == 1
    (theirs,) = OpenSession.objects.exclude(browser="")
    staff.post(f"/console/account/sessions/{theirs.pk}/end")
    assert inside(staff) and not inside(other)
    other = second(account)
    staff.post("/console/account/sessions/end")
    assert inside(staff) and not inside(other)
    assert AuditEntry.objects.filter(action="ended_sessions", name=NAME).count() == 2


def test_nobody_ends_the_session_of_somebody_else_as_their_own(staff: CheckingClient) -> None:
    eva = second(User.objects.create_user("eva"))
    (theirs,) = OpenSession.objects.filter(account__username="eva")
    staff.post(f"/console/account/sessions/{theirs.pk}/end")
    assert inside(eva)


def test_a_new_password_ends_the_other_sessions_and_asks_for_the_old_one(staff: CheckingClient, account: User) -> None:
    other = second(account)
    new = {"new_password1": "some other words here", "new_password2": "some other words here"}
    refused = staff.post("/console/account/password", {"password": "wrong", **new})
    assert "La contraseña anterior no es correcta" in refused.content.decode() and inside(other)
    weak = staff.post("/console/account/password", {"password": PASSWORD, "new_password1": "x", "new_password2": "y"})
    assert weak.status_code == 200 and b'role="alert"' in weak.content
    assert staff.post("/console/account/password", {"password": PASSWORD, **new}).status_code == 302
    account.refresh_from_db()
    assert account.check_password("some other words here")
    assert inside(staff) and not inside(other)


def test_guessing_the_old_password_in_an_open_session_ends_it(staff: CheckingClient) -> None:
    tried = [staff.post("/console/account/password", {"password": f"{number}"}).status_code for number in range(5)]
    assert tried == [200] * 4 + [429]
    assert not inside(staff)


def test_leaving_closes_the_session(staff: CheckingClient) -> None:
    staff.post("/console/logout")
    assert not OpenSession.objects.exists()


def test_a_stolen_session_is_over_when_its_row_is(staff: CheckingClient) -> None:
    OpenSession.objects.all().delete()
    assert not inside(staff)


def test_rows_that_are_long_over_are_swept_at_a_login(account: User) -> None:
    second(account)
    OpenSession.objects.update(seen=timezone.now() - timedelta(hours=9))
    second(account)
    assert OpenSession.objects.count() == 1


def test_the_table_lets_nobody_in(account: User) -> None:
    client = second(account)
    kept = repr(list(OpenSession.objects.values()))
    assert client.cookies["faro_staff"].value not in kept and "127.0.0.1" not in kept
    assert str(sessions.IDLE) == "1:00:00"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140.0", "Edge, Windows"),
        ("curl/8", ""),
        ("", ""),
        ("Firefox/" * 5000, "Firefox"),
    ],
)
def test_browsers_are_told_coarsely(header: str, kind: str) -> None:
    assert browsers.kind(header) == kind


def test_roles_are_shown_on_ones_own_page(db: None) -> None:
    user = User.objects.create_user("eva")
    client = second(user)
    assert "Su cuenta no tiene ningún rol" in client.get("/console/account/").content.decode()
    roles.give(user, Role.OPERATOR)
    assert "responde a las personas" in client.get("/console/account/").content.decode()
