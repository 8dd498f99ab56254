"""The console attacked: every address by every role, without a token, from elsewhere, with what breaks pages.

Addresses are read, not listed: whatever a subject adds is attacked too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from bot.conversations.models import Contact
from console import roles
from console.audit.models import AuditEntry
from console.audit.trail import Action, write
from console.login.models import OpenSession
from console.permissions import ROLES, Permission, Role
from console.review.models import WantedTopic
from console.team import invitations
from console.team.models import Invitation
from tests.console.conftest import NAME, PASSWORD
from tests.console.page import CheckingClient
from tests.console.routes import HOSTILE, Route, Samples, routes, samples, state

LOGIN = "/console/login"

#: What a form might carry; each view takes what it knows.
FORM = {
    "name": "mallory",
    "role": "administrator",
    "text": HOSTILE,
    "topic": "contact_iom",
    "choice": "contact_iom",
    "verdict": "ignore",
    "operator": "1",
    "reason": "x",
}


@pytest.fixture
def target(db: None) -> User:
    """Whom the attacks are about."""
    user = User.objects.create_user("target")
    roles.give(user, Role.READER)
    return user


@pytest.fixture
def given(target: User, rasa: object) -> Samples:
    return samples(target)


def ask(client: CheckingClient, route: Route, method: str, **headers: str) -> Any:
    """One request, with a form when it is a POST."""
    if method == "GET":
        return client.get(route.address, headers=headers)
    return client.post(route.address, FORM, headers=headers)


# Privileges


@pytest.mark.parametrize("held", [(), *((role,) for role in Role)], ids=lambda held: "".join(held) or "none")
def test_whoever_lacks_the_permission_gets_403_and_changes_nothing(
    held: tuple[Role, ...], given: Samples, somebody: Callable[..., CheckingClient]
) -> None:
    client = somebody(*held, name="mallory")
    mine: frozenset[Permission] = frozenset().union(*(ROLES[role] for role in held))
    before, tried = state(), 0
    for route in routes(given):
        if not route.demands or mine & set(route.demands):
            continue
        for method in ("GET", "POST"):
            response = ask(client, route, method)
            expected = 403 if method in route.methods else 405
            assert response.status_code == expected, f"{route} {method}: {response.status_code}"
            tried += 1
    assert tried or held == (Role.ADMINISTRATOR,)
    assert state() == before


@pytest.mark.parametrize("role", list(Role))
def test_whoever_has_the_permission_gets_in(
    role: Role, given: Samples, somebody: Callable[..., CheckingClient]
) -> None:
    client = somebody(role)
    for route in routes(given):
        if "GET" in route.methods and set(route.demands) & ROLES[role]:
            assert client.get(route.address).status_code != 403, route


def test_a_method_in_disguise_is_none(given: Samples, staff: CheckingClient) -> None:
    before = state()
    for route in routes(given):
        if route.methods == {"POST"}:
            for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}):
                response = staff.get(f"{route.address}?_method=POST&role=administrator", headers=headers)
                assert response.status_code == 405, route
            for method in ("put", "patch", "delete"):
                assert getattr(staff, method)(route.address).status_code == 405, route
    assert state() == before


def test_asking_without_the_permission_stands_in_the_trail(somebody: Callable[..., CheckingClient]) -> None:
    somebody(Role.READER, name="mallory").get("/console/team/?x=<script>")
    line = AuditEntry.objects.get(action="refused")
    assert (line.name, line.about) == ("mallory", "console:team")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SAFEGUARDING])
def test_whoever_reported_an_aid_worker_is_nowhere_for_others(
    role: Role, given: Samples, somebody: Callable[..., CheckingClient]
) -> None:
    person = Contact.objects.get()
    Contact.objects.update(safeguarding=True)
    WantedTopic.objects.update(name="missing", note="")  # a reviewer's words about no contact
    write(Action.OPENED_CONVERSATION, account=None, name="eva", contact=person.pk)
    client = somebody(role)
    before = state()
    for route in routes(given):
        if not set(route.demands) & ROLES[role]:
            continue
        about = "contact" in route.variables
        if "GET" in route.methods:
            response = client.get(route.address)
            assert response.status_code == 404 or not about, f"{route}: {response.status_code}"
            said = b"".join(response) if response.streaming else response.content
            assert str(person.pk).encode() not in said and b"alert(1)" not in said, route
        if about and "POST" in route.methods:
            assert ask(client, route, "POST").status_code == 404, route
    assert state() == before


# Requests that somebody else's page sends


def test_nothing_is_changed_without_the_token(given: Samples, account: User) -> None:
    client = CheckingClient(enforce_csrf_checks=True)
    client.force_login(account)
    before, tried = state(), []
    for route in routes(given):
        if "POST" in route.methods:
            for headers in ({}, {"HX-Request": "true"}, {"Content-Type": "application/json"}):
                assert ask(client, route, "POST", **headers).status_code == 403, route
            tried.append(route.name)
    assert state() == before and OpenSession.objects.filter(account=account).exists()
    assert {"login", "logout", "language", "account_roles", "invitation", "second_factor"} <= set(tried)


def test_a_token_from_another_site_is_refused(given: Samples, account: User) -> None:
    client = CheckingClient(enforce_csrf_checks=True)
    client.force_login(account)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get("/console/account/").content.decode())
    assert token
    form = {"csrfmiddlewaretoken": token[1]}
    address = "/console/account/sessions/end"
    for origin in ("https://elsewhere.example", "null", "http://testserver.elsewhere.example"):
        assert client.post(address, form, headers={"Origin": origin}).status_code == 403
    assert client.post(address, form).status_code == 302


def test_nobody_may_show_a_page_in_a_frame_or_learn_its_address(given: Samples, staff: CheckingClient) -> None:
    for route in routes(given):
        if "GET" in route.methods:
            headers = staff.get(route.address).headers
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], route
            assert headers["X-Content-Type-Options"] == "nosniff", route
            assert headers["Referrer-Policy"] == "same-origin", route
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", route
            assert "Access-Control-Allow-Origin" not in headers, route


# Where one is led


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/console/",
        "//elsewhere.example/console/",
        "/\\elsewhere.example",
        "/console/\\..\\..//elsewhere.example",
        "/console/../webhooks",
        "/console//elsewhere.example/../..",
        "javascript:alert(1)",
        "/console/\r\nSet-Cookie: a=b",
        "http:console/",
        " /console/",
        "\x00/console/",
    ],
)
def test_nobody_is_led_away(account: User, elsewhere: str) -> None:
    for address in ("/console/language", "/console/second-factor", LOGIN):
        client = CheckingClient()
        if address != LOGIN:
            client.force_login(account)
        form = {"next": elsewhere, "username": NAME, "password": PASSWORD, "language": "fr"}
        to = client.post(address, form).headers.get("Location", "/console/")
        assert to.startswith("/console/") and ".." not in to and "\\" not in to and "\n" not in to, (address, to)


# Sessions


def test_a_session_that_an_attacker_chose_is_not_the_one_that_is_logged_in(account: User) -> None:
    chosen = "attackerchosesthiskeyforthevictim"[:32]
    client = CheckingClient()
    client.cookies["faro_staff"] = chosen
    client.post(LOGIN, {"username": NAME, "password": PASSWORD})
    assert client.cookies["faro_staff"].value != chosen
    assert not Session.objects.filter(session_key=chosen).exists()
    thief = CheckingClient()
    thief.cookies["faro_staff"] = chosen
    assert thief.get("/console/").status_code == 302


def test_a_login_as_somebody_else_leaves_nothing_of_the_session_before(account: User, target: User) -> None:
    client = CheckingClient()
    client.force_login(target)
    client.get("/console/second-factor/new")
    before = client.cookies["faro_staff"].value
    client.force_login(account)
    assert client.cookies["faro_staff"].value != before
    assert "second_factor_offered" not in client.session
    assert client.get("/console/account/").status_code == 200


# Bodies, parameters, hosts


def test_a_parameter_that_comes_twice_gives_nothing_more(somebody: Callable[..., CheckingClient], target: User) -> None:
    client = somebody(Role.ADMINISTRATOR, name="boss")
    client.post(f"/console/team/{target.pk}/roles", {"role": ["reader", "safeguarding", "administrator", "king"]})
    assert roles.of(target) == (Role.READER, Role.ADMINISTRATOR)
    first = CheckingClient()
    first.post(f"{LOGIN}?next=//elsewhere.example", {"username": ["boss", NAME], "password": ["x", PASSWORD]})
    assert "_auth_user_id" not in first.session or first.session["_auth_user_id"] != str(target.pk)


@pytest.mark.parametrize("fields", [{f"f{number}": "x" for number in range(1001)}, {"username": "x" * 70_000}])
def test_a_form_with_too_much_in_it_breaks_nothing(db: None, fields: dict[str, str]) -> None:
    assert CheckingClient(raise_request_exception=False).post(LOGIN, fields).status_code in (200, 400, 413)


def test_another_host_name_changes_no_address(account: User) -> None:
    client = CheckingClient(headers={"host": "elsewhere.example", "x-forwarded-host": "elsewhere.example"})
    asked = client.get("/console/")
    assert asked["Location"] == "/console/login?next=/console/"
    client.force_login(account)
    other = User.objects.create_user("eva")
    link = client.post(f"/console/team/{other.pk}/link").content.decode()
    assert "elsewhere.example" not in link and "/console/invitation/" in link


# What people type


def test_what_breaks_pages_is_shown_as_letters(staff: CheckingClient, account: User) -> None:
    refused = staff.post("/console/team/new", {"name": HOSTILE, "role": HOSTILE}).content.decode()
    assert "&lt;script&gt;" in refused and HOSTILE not in refused
    for field in ("name", "action", "contact", "from", "to", "before"):
        shown = staff.get("/console/audit/", {field: HOSTILE}).content.decode()
        assert HOSTILE not in shown and "<img src=x" not in shown
    # A name that no form lets through, as another program might write it.
    User.objects.filter(pk=account.pk).update(username=HOSTILE)
    for address in ("/console/team/", f"/console/team/{account.pk}/", "/console/account/", "/console/audit/"):
        assert HOSTILE not in staff.get(address).content.decode()


@pytest.mark.parametrize("value", ["' OR '1'='1", "1; DROP TABLE auth_user", "%00", "\0", "9" * 400, "-1", "1e9", "٣"])
def test_what_breaks_queries_finds_nothing(staff: CheckingClient, value: str) -> None:
    for field in ("name", "action", "contact", "from", "to", "before"):
        assert staff.get("/console/audit/", {field: value}).status_code == 200
    assert User.objects.count() == 1


# Accounts of others, by their numbers


def test_numbers_of_nobody_are_not_found(staff: CheckingClient) -> None:
    for number in (0, 999_999, 10**30):
        assert staff.get(f"/console/team/{number}/").status_code == 404
        for deed in ("roles", "close", "open", "link", "second-factor/reset", "sessions/end"):
            assert staff.post(f"/console/team/{number}/{deed}").status_code == 404


# Links of invitations


def test_a_link_cannot_be_guessed_changed_or_used_twice(target: User) -> None:
    token = invitations.make(target, now=timezone.now())
    assert len(token) >= 43 and token not in repr(list(Invitation.objects.values()))
    password = {"new_password1": "four words upon paper", "new_password2": "four words upon paper"}
    client = CheckingClient()
    for wrong in (token[:-1], token + "a", token.swapcase(), "x", "%00", "..", Invitation.objects.get().digest):
        assert client.post(f"/console/invitation/{wrong}", password).status_code in (302, 404)
    assert not User.objects.get(pk=target.pk).has_usable_password()
    for _ in range(3):
        assert client.get(f"/console/invitation/{token}").status_code == 200
    assert client.post(f"/console/invitation/{token}", password)["Location"] == LOGIN
    assert client.get("/console/").status_code == 302  # a password lets in, a link does not
    assert client.post(f"/console/invitation/{token}", password).status_code == 404
    target.refresh_from_db()
    assert target.check_password("four words upon paper")


def test_a_link_ends_after_two_days_with_the_account_and_with_the_next_link(target: User) -> None:
    now = timezone.now()
    old = invitations.make(target, now=now - timedelta(hours=48, seconds=1))
    assert invitations.of(old, now=now) is None
    first = invitations.make(target, now=now)
    second = invitations.make(target, now=now)
    assert invitations.of(first, now=now) is None and invitations.of(second, now=now) == target
    User.objects.update(is_active=False)
    assert invitations.of(second, now=now) is None


# Cookies


def test_cookies_are_no_business_of_scripts_and_other_sites(account: User) -> None:
    client = CheckingClient()
    client.get(LOGIN)
    client.post(LOGIN, {"username": NAME, "password": PASSWORD})
    client.post("/console/language", {"language": "fr"})
    for name, site in (("faro_staff", "Strict"), ("faro_csrf", "Lax"), ("faro_console_language", "Lax")):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == site, name


def test_over_tls_every_cookie_is_secure(account: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = CheckingClient(headers={"x-forwarded-proto": "https"})
    client.get(LOGIN)
    client.post(LOGIN, {"username": NAME, "password": PASSWORD})
    client.post("/console/language", {"language": "fr"})
    assert len(client.cookies) == 3 and all(cookie["secure"] for cookie in client.cookies.values())
