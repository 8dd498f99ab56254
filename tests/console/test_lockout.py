"""Guessing passwords: slow for whoever guesses, silent about who exists, and no way to keep somebody out for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, override_settings
from django.utils import timezone

from bot.web.server import configured
from console.audit.models import AuditEntry
from console.login import lockout, origin
from tests.console.conftest import NAME, PASSWORD
from tests.console.page import CheckingClient
from tests.logs import written

LOGIN = "/console/login"
WRONG = "wrong"
LOCKED = "Demasiados intentos. Pruebe de nuevo en 15 minutos."


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Hashing takes long on purpose; here it is not the matter."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db: None, quick: None) -> User:
    return User.objects.create(username=NAME, password=make_password(PASSWORD))


def guess(name: str = NAME, password: str = WRONG, *, source: str = "192.0.2.1", **headers: str) -> Any:
    client = CheckingClient(REMOTE_ADDR=source, headers=headers)
    return client.post(LOGIN, {"username": name, "password": password})


def test_after_five_wrong_passwords_the_right_one_is_refused_for_a_quarter_of_an_hour(account: User) -> None:
    assert [guess().status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    refused = guess(password=PASSWORD)
    assert refused.status_code == 429 and LOCKED in refused.content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert guess(password=PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert guess(password=PASSWORD).status_code == 302


def test_a_name_that_nobody_has_is_locked_with_the_same_words(account: User) -> None:
    def said(response: Any) -> tuple[int, str]:
        return response.status_code, response.content.decode().replace(str(response.context["csrf_token"]), "")

    assert [said(guess(NAME)) for _ in range(6)] == [said(guess("nobody")) for _ in range(6)]


def test_the_sentence_is_in_the_language_of_whoever_reads(account: User) -> None:
    for _ in range(5):
        guess()
    client = CheckingClient(REMOTE_ADDR="192.0.2.1")
    client.cookies["faro_console_language"] = "fr"
    html = client.post(LOGIN, {"username": NAME, "password": "x"}).content.decode()
    assert "Trop de tentatives. Réessayez dans 15 minutes." in html


def test_attempts_during_a_lock_do_not_prolong_it(account: User) -> None:
    for _ in range(5):
        guess()
    begun = timezone.now() - timedelta(minutes=14)
    AccessAttempt.objects.update(attempt_time=begun)
    for _ in range(20):
        guess()
    assert AccessAttempt.objects.get().attempt_time == begun
    assert AccessAttempt.objects.get().failures_since_start == 5


def test_somebody_elsewhere_still_comes_in(account: User) -> None:
    for _ in range(6):
        guess()
    assert guess(password=PASSWORD, source="192.0.2.2").status_code == 302


def test_another_browser_is_no_other_address(account: User) -> None:
    for number in range(5):
        guess(user_agent=f"browser {number}", accept=f"text/{number}")
    assert guess(password=PASSWORD).status_code == 429


def test_many_addresses_together_are_stopped_too(account: User) -> None:
    tried = [guess(source=f"192.0.2.{number}").status_code for number in range(1, 51)]
    assert tried == [200] * 49 + [429]
    assert guess(password=PASSWORD, source="198.51.100.1").status_code == 429


def test_one_address_that_tries_many_names_is_stopped(account: User) -> None:
    for number in range(50):
        guess(f"name{number}")
    assert guess("nobody").status_code == 429
    assert guess(password=PASSWORD).status_code == 429
    assert guess(password=PASSWORD, source="192.0.2.2").status_code == 302


def test_a_login_forgets_the_failures_of_this_name_and_address_alone(account: User) -> None:
    for _ in range(4):
        guess()
        guess(source="192.0.2.9")
    assert guess(password=PASSWORD).status_code == 302
    assert [guess().status_code for _ in range(4)] == [200] * 4
    assert guess(source="192.0.2.9").status_code == 429


def test_nothing_that_was_typed_nor_where_from_is_kept(account: User) -> None:
    guess("an-unlucky-password-in-the-wrong-field", user_agent="A rare browser", accept="text/rare")
    (kept,) = AccessAttempt.objects.values()
    written = repr(kept) + repr(list(AuditEntry.objects.values()))
    for secret in ("unlucky", "192.0.2.1", "rare", "wrong"):
        assert secret not in written
    guess(password=PASSWORD)
    assert not AccessLog.objects.exists()


def test_the_log_says_neither_name_nor_address(account: User) -> None:
    with written("DEBUG") as stream:
        for _ in range(6):
            guess()
    said = stream.getvalue()
    assert "axes" in said
    assert NAME not in said and "192.0.2.1" not in said and "wrong" not in said


def test_the_trail_says_that_a_lock_began_once(account: User) -> None:
    for _ in range(9):
        guess()
        guess("nobody")
    written = list(AuditEntry.objects.order_by("id").values_list("name", "action"))
    assert written == [(NAME, "login_refused"), ("", "login_refused")] * 4 + [(NAME, "locked_out"), ("", "locked_out")]


# Where a request comes from


def _request(**meta: str) -> HttpRequest:
    request = HttpRequest()
    request.META.update(meta)
    return request


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("spoofed,203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_behind_the_proxy_its_own_word_counts_and_no_other(forwarded: str, found: str) -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        known = origin.source(_request(REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=forwarded))
    assert known == found


def test_without_a_proxy_the_header_is_not_believed() -> None:
    assert origin.source(_request(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")) == "127.0.0.1"
    assert origin.source(_request()) == ""


def test_the_server_itself_changes_no_address() -> None:
    assert configured(lambda *_: None, host="127.0.0.1", port=0).proxy_headers is False


@pytest.mark.django_db
def test_a_forged_header_in_front_of_the_proxys_gives_no_more_guesses(account: User) -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        tried = [
            guess(source="10.0.0.2", x_forwarded_for=f"198.51.100.{number}, 203.0.113.7").status_code
            for number in range(6)
        ]
    assert tried == [200] * 4 + [429] * 2


def test_pseudonyms_need_the_key() -> None:
    first = origin.address(_request(REMOTE_ADDR="192.0.2.1"))
    assert (
        first == origin.address(_request(REMOTE_ADDR="192.0.2.1")) != origin.address(_request(REMOTE_ADDR="192.0.2.2"))
    )
    with override_settings(SECRET_KEY="another key of at least thirty-two signs"):
        assert origin.address(_request(REMOTE_ADDR="192.0.2.1")) != first


def test_the_limits_are_those_of_the_parameters(settings: Any) -> None:
    assert len(lockout.LIMITS) == len(settings.AXES_LOCKOUT_PARAMETERS)
    assert lockout.LIMITS[0] == settings.AXES_FAILURE_LIMIT


@pytest.mark.django_db
def test_an_unknown_name_costs_as_much_work_as_a_known_one(account: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of an answer tells who exists when hashing is skipped for others; so it is counted, not measured."""
    hashed: list[str] = []
    real = User.set_password

    def counting(self: User, password: str) -> None:
        hashed.append("unknown")
        real(self, password)

    monkeypatch.setattr(User, "set_password", counting)
    Client().post(LOGIN, {"username": "nobody", "password": "wrong"})
    assert hashed == ["unknown"]
    User.objects.filter(username=NAME).update(is_active=False)
    monkeypatch.setattr(User, "check_password", lambda self, _: hashed.append("closed") or True)
    Client().post(LOGIN, {"username": NAME, "password": PASSWORD})
    assert hashed == ["unknown", "closed"]
