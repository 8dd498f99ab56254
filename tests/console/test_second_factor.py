"""The second factor: nobody passes without it, and nobody gets around it."""

from __future__ import annotations

import re
import threading
from base64 import b32decode
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from console import door
from console.audit.models import AuditEntry
from console.login import factor, factor_views
from console.login.factor import Answer
from console.login.models import OpenSession, SecondFactor
from tests.console.conftest import NAME, PASSWORD
from tests.console.page import CheckingClient

SHOW, NEW = "/console/second-factor", "/console/second-factor/new"


@pytest.fixture
def demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on every address that others can reach."""
    settings = type(door.SETTINGS)(**{**_fields(door.SETTINGS), "second_factor_demanded": True})
    monkeypatch.setattr(door, "SETTINGS", settings)
    monkeypatch.setattr(factor_views, "SETTINGS", settings)


def _fields(settings: object) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}


def code(device: SecondFactor, steps: int = 0) -> str:
    """What the telephone shows, `steps` of half a minute from now."""
    return f"{totp(device.bin_key, t0=-30 * steps) % 10**6:06d}"


def set_up(user: User) -> tuple[SecondFactor, list[str]]:
    return SecondFactor.objects.create(user=user, name="telephone"), list(factor.new_codes(user))


def with_password() -> CheckingClient:
    """A browser between the password and the second factor."""
    client = CheckingClient()
    client.force_login(User.objects.get(username=NAME))
    return client


def refused_password() -> CheckingClient:
    """A browser after the right password during a lock."""
    client = CheckingClient()
    assert client.post("/console/login", {"username": NAME, "password": PASSWORD}).status_code == 429
    return client


def inside(client: CheckingClient) -> bool:
    return client.get("/console/account/").status_code == 200


def test_where_it_is_demanded_nothing_opens_before_it_is_set_up(account: User, demanded: None) -> None:
    client = with_password()
    assert client.get("/console/audit/")["Location"] == f"{SHOW}?next=/console/audit/"
    assert client.get(f"{SHOW}?next=/console/audit/")["Location"] == f"{NEW}?next=%2Fconsole%2Faudit%2F"
    page = client.get(f"{NEW}?next=/console/audit/").content.decode()
    assert "<nav" not in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret
    typed = f"{totp(b32decode(secret[1].replace(' ', ''))) % 10**6:06d}"
    done = client.post(NEW, {"code": f"{typed[:3]} {typed[3:]}", "next": "/console/audit/"})
    codes = re.findall(r"<code>([a-z2-7]{5}-[a-z2-7]{5})</code>", done.content.decode())
    assert len(set(codes)) == 10 and 'href="/console/audit/"' in done.content.decode()
    assert inside(client)


def test_without_the_demand_it_is_offered(account: User) -> None:
    client = with_password()
    assert inside(client)
    assert NEW in client.get("/console/account/").content.decode()


def test_somebody_who_has_one_is_asked_for_it_everywhere(account: User) -> None:
    device, _ = set_up(account)
    client = with_password()
    assert not inside(client)
    before = client.cookies["faro_staff"].value
    assert client.post(SHOW, {"code": code(device), "next": "/console/health/"})["Location"] == "/console/health/"
    assert inside(client)
    assert client.cookies["faro_staff"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_code_works_once(account: User) -> None:
    device, codes = set_up(account)
    shown = code(device)
    assert with_password().post(SHOW, {"code": shown}).status_code == 302
    other = with_password()
    assert other.post(SHOW, {"code": shown}).status_code == 200 and not inside(other)
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert other.post(SHOW, {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert "Quedan 9" in other.get("/console/account/").content.decode()
    again = with_password()
    assert again.post(SHOW, {"code": codes[3]}).status_code == 200 and not inside(again)


def test_the_password_alone_cannot_put_another_telephone_in_its_place(account: User) -> None:
    device, _ = set_up(account)
    client = with_password()
    assert client.get(f"{NEW}?next=/console/audit/")["Location"].startswith(SHOW)
    assert client.post(NEW, {"code": "123456", "password": PASSWORD})["Location"].startswith(SHOW)
    for address in ("/console/second-factor/codes", "/console/second-factor/remove", "/console/account/password"):
        assert client.post(address, {"password": PASSWORD})["Location"].startswith(SHOW)
    assert list(SecondFactor.objects.all()) == [device]


def test_another_telephone_takes_the_place_of_the_first_and_ends_other_sessions(account: User) -> None:
    device, old_codes = set_up(account)
    client, other = with_password(), with_password()
    client.post(SHOW, {"code": code(device)})
    other.post(SHOW, {"code": old_codes[0]})
    assert inside(client) and inside(other)
    client.get(NEW)
    new = SecondFactor(key=client.session[factor_views.OFFERED])
    refused = client.post(NEW, {"code": code(new), "password": "wrong"})
    assert "La contraseña no es correcta" in refused.content.decode()
    assert list(SecondFactor.objects.all()) == [device]
    assert client.post(NEW, {"code": code(new), "password": PASSWORD}).status_code == 200
    assert [one.key for one in SecondFactor.objects.all()] == [new.key]
    assert inside(client) and not inside(other)
    assert factor.check(account, old_codes[1], now=timezone.now()).answer is Answer.WRONG


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "١٢٣٤٥٦", "-12345", "abcdefghij", "a" * 500, "\0", "' OR 1=1"]
)
def test_what_is_no_code_lets_nobody_in(account: User, typed: str) -> None:
    set_up(account)
    client = with_password()
    assert client.post(SHOW, {"code": typed}).status_code == 200
    assert not inside(client)


def test_wrong_codes_are_slowed_down_whatever_session_they_come_from(account: User) -> None:
    device, codes = set_up(account)
    with_password().post(SHOW, {"code": "000000"})
    SecondFactor.objects.update(throttling_failure_count=5)
    slowed = with_password().post(SHOW, {"code": code(device)})
    assert slowed.status_code == 429 and "Demasiados códigos incorrectos" in slowed.content.decode()
    assert with_password().post(SHOW, {"code": codes[0]}).status_code == 302  # paper is counted apart
    SecondFactor.objects.update(throttling_failure_count=9)
    told = with_password().post(SHOW, {"code": code(device)}).content.decode()
    assert "5 minutos" in told
    SecondFactor.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(minutes=5))
    assert with_password().post(SHOW, {"code": code(device)}).status_code == 302


def test_five_wrong_codes_lock_the_account_as_wrong_passwords_do(account: User) -> None:
    set_up(account)
    client = with_password()
    for _ in range(4):
        assert client.post(SHOW, {"code": "000000"}).status_code == 200
        SecondFactor.objects.update(throttling_failure_count=0)
    turned_away = client.post(SHOW, {"code": "000000"})
    assert turned_away.status_code == 429
    assert not OpenSession.objects.exists()
    SecondFactor.objects.update(throttling_failure_count=0)
    assert not inside(refused_password())
    assert list(AuditEntry.objects.filter(action="locked_out").values_list("name", flat=True)) == [NAME]


def test_the_right_password_does_not_forget_the_wrong_codes(account: User) -> None:
    set_up(account)
    for _ in range(4):
        with_password().post(SHOW, {"code": "000000"})
        SecondFactor.objects.update(throttling_failure_count=0)
    client = CheckingClient()
    assert client.post("/console/login", {"username": NAME, "password": PASSWORD}).status_code == 302
    assert client.post(SHOW, {"code": "000000"}).status_code == 429
    assert not inside(refused_password())


def test_the_database_alone_passes_nobody(account: User) -> None:
    device, codes = set_up(account)
    kept = TOTPDevice.objects.get()
    assert kept.bin_key != device.bin_key  # what django-otp would take for the secret is none
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert stored.isdisjoint(codes) and stored.isdisjoint(one.replace("-", "") for one in codes)
    client = with_password()
    assert client.post(SHOW, {"code": f"{totp(kept.bin_key) % 10**6:06d}"}).status_code == 200
    assert client.post(SHOW, {"code": stored.pop()}).status_code == 200
    assert not inside(client)


def test_new_codes_want_the_password_and_end_the_old_ones(account: User) -> None:
    _, codes = set_up(account)
    client = with_password()
    client.post(SHOW, {"code": codes[0]})
    refused = client.post("/console/second-factor/codes", {"password": "wrong"}, follow=True)
    assert "La contraseña no es correcta" in refused.content.decode()
    made = client.post("/console/second-factor/codes", {"password": PASSWORD}).content.decode()
    assert len(re.findall(r"<code>[a-z2-7-]{11}</code>", made)) == 10
    assert inside(client)  # who came in by paper stays in
    assert factor.check(account, codes[1], now=timezone.now()).answer is Answer.WRONG


def test_it_can_be_removed_where_it_is_not_demanded(account: User) -> None:
    _, codes = set_up(account)
    client = with_password()
    client.post(SHOW, {"code": codes[0]})
    client.post("/console/second-factor/remove", {"password": "wrong"})
    assert factor.has_one(account)
    client.post("/console/second-factor/remove", {"password": PASSWORD})
    assert not factor.has_one(account) and not StaticDevice.objects.exists()
    assert inside(client)


def test_it_cannot_be_removed_where_it_is_demanded(account: User, demanded: None) -> None:
    device, _ = set_up(account)
    client = with_password()
    client.post(SHOW, {"code": code(device)})
    told = client.post("/console/second-factor/remove", {"password": PASSWORD}, follow=True)
    assert "nadie entra sin un segundo factor" in told.content.decode()
    assert factor.has_one(account)


def test_a_session_of_before_it_was_set_up_is_asked_for_it(account: User) -> None:
    client = with_password()
    assert inside(client)
    set_up(account)
    assert not inside(client)


def test_the_device_of_somebody_else_verifies_nobody(account: User) -> None:
    set_up(account)
    other, codes = set_up(User.objects.create_user("eva", password=PASSWORD))
    client = with_password()
    assert client.post(SHOW, {"code": code(other)}).status_code == 200
    assert client.post(SHOW, {"code": codes[0]}).status_code == 200
    session = client.session
    session["otp_device_id"] = other.persistent_id
    session.save()
    assert not inside(client)


@pytest.mark.django_db(transaction=True)
def test_one_code_lets_one_of_two_in_at_the_same_moment() -> None:
    user = User.objects.create_user(NAME, password=PASSWORD)
    device, codes = set_up(user)
    for typed in (code(device), codes[0]):
        answers = []
        start = threading.Barrier(2)

        def attempt(typed: str = typed, start: threading.Barrier = start, answers: list[Answer] = answers) -> None:
            from django.db import connection

            start.wait()
            answers.append(factor.check(user, typed, now=timezone.now()).answer)
            connection.close()

        both = [threading.Thread(target=attempt) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert sorted(one.name for one in answers) == ["RIGHT", "WRONG"]
