"""`bot staff`: who may enter the console."""

from __future__ import annotations

import getpass
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from bot.__main__ import main
from bot.commands import migrate, staff
from console import roles
from console.audit.models import AuditEntry
from console.login import factor
from console.login.models import SecondFactor
from console.permissions import Role
from console.team import invitations

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
    assert capsys.readouterr().out == "ana  administrator\n"
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


def test_the_first_account_manages_the_team_and_later_ones_read(type_in: Callable[..., None]) -> None:
    for name, more in (("ana", []), ("eva", []), ("luz", ["--role", "operator", "--role", "safeguarding"])):
        type_in(GOOD, GOOD)
        assert main(["staff", "add", name, *more]) == 0
    given = {user.username: roles.of(user) for user in User.objects.all()}
    assert given == {
        "ana": (Role.ADMINISTRATOR,),
        "eva": (Role.READER,),
        "luz": (Role.OPERATOR, Role.SAFEGUARDING),
    }


def test_roles_are_changed_and_who_is_left_without_an_administrator_is_told(
    type_in: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(GOOD, GOOD)
    main(["staff", "add", "ana"])
    assert main(["staff", "roles", "Ana", "editor", "reader"]) == 0
    assert roles.of(User.objects.get()) == (Role.READER, Role.EDITOR)
    assert "nobody manages the team now: bot staff roles NAME administrator" in capsys.readouterr().err
    assert main(["staff", "roles", "ana", "administrator"]) == 0
    assert "nobody manages" not in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["staff", "roles", "ana", "king"])
    assert main(["staff", "roles", "nobody", "reader"]) == 1


def test_a_new_password_ends_the_sessions_and_the_link(type_in: Callable[..., None]) -> None:
    user = User.objects.create_user("ana", password="an old one of hers")
    client = Client()
    client.force_login(user)
    token = invitations.make(user, now=timezone.now())
    type_in(GOOD, GOOD)
    assert main(["staff", "password", "ana"]) == 0
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert client.get("/console/").status_code == 302
    assert invitations.of(token, now=timezone.now()) is None


def test_a_lost_telephone_gets_a_new_start(capsys: pytest.CaptureFixture[str]) -> None:
    user = User.objects.create_user("ana", password=GOOD)
    SecondFactor.objects.create(user=user, name="telephone")
    factor.new_codes(user)
    main(["staff", "list"])
    assert capsys.readouterr().out == "ana  without a role; second factor\n"
    assert main(["staff", "second-factor", "ana", "--reset"]) == 0
    assert not factor.has_one(user) and factor.codes_left(user) == 0
    assert main(["staff", "second-factor", "ana", "--reset"]) == 1
    assert "has no second factor" in capsys.readouterr().err


def test_what_a_command_changes_stands_in_the_trail(type_in: Callable[..., None]) -> None:
    type_in(GOOD, GOOD)
    main(["staff", "add", "ana"])
    main(["staff", "roles", "ana", "reader"])
    main(["staff", "remove", "ana"])
    written = list(AuditEntry.objects.order_by("id").values_list("name", "action", "about"))
    assert written == [
        ("bot staff", "added_account", "ana: administrator"),
        ("bot staff", "changed_roles", "ana: reader"),
        ("bot staff", "closed_account", "ana"),
    ]


@pytest.mark.django_db(transaction=True)
def test_start_up_points_to_the_next_step_until_somebody_manages_the_team() -> None:
    call_command("migrate", verbosity=0)  # the roles, which a test before this one may have flushed
    assert staff.first_step() == "  (first: bot staff add NAME)"
    ana = User.objects.create_user("ana", password=GOOD)
    assert "bot staff roles NAME administrator" in staff.first_step()
    roles.give(ana, Role.ADMINISTRATOR)
    assert staff.first_step() == ""
