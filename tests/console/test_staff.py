"""`bot staff`: who may enter the console."""

from __future__ import annotations

import getpass
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from bot.__main__ import main
from bot.commands import migrate, staff

GOOD = "a lighthouse in the fog"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the tests is; migrating it again inside a test would need a moment for nothing."""
    monkeypatch.setattr(migrate, "run", lambda _arguments: 0)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What will be typed where a password is asked for."""

    def will(*typed: str) -> None:
        waiting = list(typed)
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: waiting.pop(0))

    will()
    return will


def test_an_account_is_added_listed_and_removed(
    type_in: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(GOOD, GOOD)
    assert main(["staff", "add", "ana"]) == 0
    account = User.objects.get()
    assert account.check_password(GOOD) and account.is_active
    assert GOOD not in account.password
    capsys.readouterr()
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out == "ana\n"
    assert main(["staff", "remove", "ana"]) == 0
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ((GOOD, GOOD + "s"), "differ"),
        (("short pass1", "short pass1"), "too short"),
        (("1234567890123", "1234567890123"), "numeric"),
        (("anastasia-maria1", "anastasia-maria1"), "similar"),
        (("", ""), "too short"),
    ],
)
def test_a_weak_or_mistyped_password_makes_no_account(
    type_in: Callable[..., None], capsys: pytest.CaptureFixture[str], typed: tuple[str, str], why: str
) -> None:
    type_in(*typed)
    assert main(["staff", "add", "anastasia-maria"]) == 1
    told = capsys.readouterr().err
    assert why in told and (not typed[0] or typed[0] not in told)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "a b", "ana\n", "<b>", "n" * 151])
def test_a_name_that_is_none_is_refused_before_a_password_is_asked_for(type_in: object, name: str) -> None:
    assert main(["staff", "add", name]) == 1
    assert not User.objects.exists()


def test_nobody_gets_a_name_that_another_has(type_in: object, capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("ana", password=GOOD)
    assert main(["staff", "add", "Ana"]) == 1
    assert "has an account already" in capsys.readouterr().err
    assert User.objects.get().check_password(GOOD)


def test_removing_nobody_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "remove", "nobody"]) == 1
    assert "there is no account nobody" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_start_up_knows_whether_there_is_an_account() -> None:
    assert staff.some() is False
    User.objects.create_user("ana", password=GOOD)
    assert staff.some() is True
