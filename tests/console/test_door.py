"""Who gets into the console, and that nobody else feels that there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import AsyncClient, Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from console import door
from console import urls as console_urls
from tests.console.conftest import NAME, PASSWORD

LOGIN = "/console/login"
WRONG = "El nombre o la contraseña no son correctos."


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site, with a word for each of its variables."""
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here.replace("<", "").replace(">", "").replace(":", "-"), pattern


def of_console() -> list[str]:
    inside = {id(pattern) for _, pattern in addresses(console_urls.urlpatterns)}
    return [address for address, pattern in addresses(get_resolver().url_patterns) if id(pattern) in inside]


def log_in(client: Client, name: str = NAME, password: str = PASSWORD, **more: str) -> object:
    return client.post(LOGIN, {"username": name, "password": password, **more})


def test_every_page_of_the_console_lies_behind_the_door() -> None:
    found = of_console()
    assert len(found) >= 5
    assert all(address.startswith(door.PREFIX) for address in found)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete", "options"])
@pytest.mark.parametrize("address", [*of_console(), "/console/what/somebody/adds/later"])
def test_nobody_sees_a_page_without_a_login(address: str, method: str) -> None:
    response = getattr(Client(), method)(address)
    if address == door.LANGUAGE and method == "post":
        assert response["Location"] == "/console/"
        return
    if address.startswith(door.INVITATION):
        assert response.status_code in (404, 405) and b"Salir" not in response.content
        return
    if address in door.OPEN:
        assert response.status_code in (200, 405) and b"Salir" not in response.content
        return
    assert response.status_code == 302
    assert response["Location"].split("?")[0] == LOGIN


def test_only_the_login_and_its_language_are_open() -> None:
    assert {LOGIN, "/console/language"} == door.OPEN
    assert door.INVITATION == "/console/invitation/"


@pytest.mark.django_db
def test_an_account_that_was_closed_or_removed_is_out_at_once(staff: Client, account: User) -> None:
    User.objects.update(is_active=False)
    assert staff.get("/console/").status_code == 302
    User.objects.update(is_active=True)
    assert staff.get("/console/logout").status_code == 405
    account.delete()
    assert staff.get("/console/").status_code == 302


def test_name_and_password_open_the_page_that_was_asked_for(account: User) -> None:
    client = Client(enforce_csrf_checks=True)
    asked = client.get("/console/?page=2")
    assert asked["Location"] == "/console/login?next=/console/%3Fpage%3D2"
    token = client.get(asked["Location"]).context["csrf_token"]
    response = log_in(client, next="/console/?page=2", csrfmiddlewaretoken=str(token))
    assert (response.status_code, response["Location"]) == (302, "/console/?page=2")


def test_a_login_without_its_token_is_refused(account: User) -> None:
    response = log_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert not Session.objects.exists()


def test_nobody_is_led_to_another_site(account: User) -> None:
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        response = log_in(Client(), next=elsewhere)
        assert response["Location"] == "/console/"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (NAME, "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        (NAME, ""),
        ("a\x00b", "x"),
        ("n" * 500, "x"),
        (NAME, PASSWORD + " "),
    ],
)
def test_whatever_was_wrong_is_answered_with_the_same_words(account: User, name: str, password: str) -> None:
    def said(response: object) -> str:
        html = response.content.decode()
        return html.replace(str(response.context["csrf_token"]), "")

    response = log_in(Client(), name, password)
    assert response.status_code == 200
    assert WRONG in said(response)
    assert said(response) == said(log_in(Client(), NAME, "another wrong one"))


def test_a_closed_account_is_answered_with_the_same_words(account: User) -> None:
    User.objects.update(is_active=False)
    assert WRONG in log_in(Client()).content.decode()


def test_the_cookie_is_the_staffs_own_and_ends_with_the_working_day(account: User) -> None:
    cookie = log_in(Client()).cookies["faro_staff"]
    assert cookie["path"] == "/console/"
    assert cookie["httponly"] and cookie["samesite"] == "Strict"
    assert cookie["max-age"] == 8 * 3600
    kept = Session.objects.get()
    assert abs(kept.expire_date - timezone.now() - timedelta(hours=8)) < timedelta(minutes=1)


@pytest.mark.parametrize(("address", "secure"), [("https://faro.example.org", True), ("http://127.0.0.1:8000", False)])
def test_the_cookie_travels_over_tls_only_when_the_site_does(address: str, secure: bool) -> None:
    command = "from bot.web import django_settings as s; print(s.SESSION_COOKIE_SECURE)"
    environ = os.environ | {"PUBLIC_URL": address}
    told = subprocess.run([sys.executable, "-c", command], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(secure)


def test_a_session_gets_a_new_key_at_the_login_and_none_is_left_at_the_logout(account: User) -> None:
    client = Client()
    log_in(client)
    first = client.cookies["faro_staff"].value
    response = client.post("/console/logout")
    assert response["Location"] == LOGIN
    assert not Session.objects.exists()
    client.cookies["faro_staff"] = first
    assert client.get("/console/").status_code == 302
    log_in(client)
    assert client.cookies["faro_staff"].value != first


def test_sessions_that_ended_by_themselves_are_swept_at_a_login(account: User) -> None:
    log_in(Client())
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    client = Client()
    log_in(client)
    assert [one.session_key for one in Session.objects.all()] == [client.cookies["faro_staff"].value]


def test_who_is_logged_in_does_not_see_the_login_again(staff: Client) -> None:
    assert staff.get(LOGIN)["Location"] == "/console/"


def test_no_browser_keeps_a_page_of_the_console(staff: Client, rasa: object) -> None:
    for address in ("/console/", "/console/nowhere", LOGIN):
        assert "no-store" in staff.get(address)["Cache-Control"]


def test_a_page_that_does_not_exist_is_not_found_by_staff(staff: Client) -> None:
    assert staff.get("/console/nowhere").status_code == 404


@pytest.mark.parametrize("address", ["/healthz", "/guide/es", "/console"])
def test_outside_of_the_console_there_is_no_session(address: str) -> None:
    # Not marked for the database: a session would ask it.
    client = Client()
    client.cookies["faro_staff"] = "x" * 32
    response = client.get(address)
    assert response.status_code in (200, 301, 302)
    assert "faro_staff" not in response.cookies
    assert not hasattr(response.wsgi_request, "session")
    assert not hasattr(response.wsgi_request, "user")


@pytest.mark.django_db
def test_the_chat_never_gives_the_staffs_cookie(staff: Client) -> None:
    response = staff.get("/")
    assert "faro_staff" not in response.cookies
    assert not hasattr(response.wsgi_request, "session")


def test_the_address_without_its_slash_leads_to_the_door() -> None:
    response = Client().get("/console")
    assert (response.status_code, response["Location"]) == (302, "/console/")


async def _in_the_web_process() -> tuple[int, str, int]:
    client = AsyncClient()
    closed = await client.get("/console/")
    await User.objects.acreate_user(NAME, password=PASSWORD)
    await client.post(LOGIN, {"username": NAME, "password": PASSWORD})
    opened = await client.get("/console/")
    return closed.status_code, closed["Location"].split("?")[0], opened.status_code


@pytest.mark.django_db(transaction=True)
def test_the_door_is_the_same_in_the_web_process_which_is_asynchronous(rasa: object) -> None:
    assert async_to_sync(_in_the_web_process)() == (302, LOGIN, 200)
