"""Managing the team: what an administrator may do, what nobody may, and that the team never locks itself out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone

from console import roles
from console.audit.models import AuditEntry
from console.login import factor
from console.login.models import SecondFactor
from console.permissions import Role
from console.team import accounts, invitations, rules
from console.team.rules import Refusal, Standing
from tests.console.page import CheckingClient

Somebody = Callable[..., CheckingClient]


@pytest.fixture
def boss(somebody: Somebody) -> CheckingClient:
    return somebody(Role.ADMINISTRATOR, name="boss")


def make(name: str, *given: Role) -> User:
    user = User.objects.create_user(name)
    roles.give(user, *given)
    return user


def told(response: Any) -> str:
    return " ".join(str(one) for one in get_messages(response.wsgi_request))


def trail(*actions: str) -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.filter(action__in=actions).order_by("id").values_list("name", "action", "about"))


# The rules

ADMIN, GUARD = Role.ADMINISTRATOR, Role.SAFEGUARDING
BOSS = Standing(1, frozenset({ADMIN}))
BOTH = Standing(2, frozenset({ADMIN, GUARD}))
READER = Standing(3, frozenset({Role.READER}))
GUARDIAN = Standing(4, frozenset({GUARD}))


@pytest.mark.parametrize(
    ("actor", "target", "wanted", "refusal"),
    [
        (BOSS, READER, {Role.OPERATOR}, None),
        (BOSS, READER, set(), None),
        (BOSS, Standing(9, frozenset({ADMIN})), {Role.READER}, None),
        (BOSS, BOSS, {ADMIN, Role.OPERATOR}, Refusal.OWN_ACCOUNT),
        (BOSS, BOSS, set(), Refusal.OWN_ACCOUNT),
        (BOSS, READER, {Role.READER, GUARD}, Refusal.SAFEGUARDING_ROLE),
        (BOSS, GUARDIAN, set(), Refusal.SAFEGUARDING_ROLE),
        (BOSS, GUARDIAN, {GUARD, Role.READER}, None),
        (BOTH, READER, {GUARD}, None),
        (BOTH, GUARDIAN, set(), None),
        (READER, GUARDIAN, {Role.READER}, Refusal.NOT_MANAGING),
        (GUARDIAN, READER, {GUARD}, Refusal.NOT_MANAGING),
        (Standing(1, BOSS.roles, open=False), READER, set(), Refusal.NOT_MANAGING),
    ],
)
def test_who_may_give_which_roles(
    actor: Standing, target: Standing, wanted: set[Role], refusal: Refusal | None
) -> None:
    assert rules.change_roles(actor, target, wanted) is refusal


@pytest.mark.parametrize(
    ("actor", "target", "closing", "way_in"),
    [
        (BOSS, READER, None, None),
        (BOSS, BOSS, Refusal.OWN_ACCOUNT, Refusal.OWN_ACCOUNT),
        (BOSS, GUARDIAN, None, Refusal.SAFEGUARDING_ACCOUNT),
        (BOTH, GUARDIAN, None, None),
        (BOSS, Standing(3, READER.roles, open=False), None, Refusal.CLOSED),
        (GUARDIAN, READER, Refusal.NOT_MANAGING, Refusal.NOT_MANAGING),
    ],
)
def test_who_may_close_and_who_may_open_a_way_in(
    actor: Standing, target: Standing, closing: Refusal | None, way_in: Refusal | None
) -> None:
    assert rules.close(actor, target) is closing
    assert rules.give_way_in(actor, target) is way_in


def test_every_refusal_has_words() -> None:
    assert set(rules.WORDS) == set(Refusal)


# The pages


def test_the_list_says_of_everybody_what_they_are(boss: CheckingClient) -> None:
    eva = make("eva", Role.OPERATOR)
    SecondFactor.objects.create(user=eva, name="telephone")
    make("luz")
    invited = make("sol", Role.READER)
    invitations.make(invited, now=timezone.now())
    User.objects.filter(username="luz").update(is_active=False)
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", boss.get("/console/team/").content.decode()))
    assert re.search(r"boss administración sin segundo factor Última entrada \d\d/", page)
    assert re.search(r"eva operación segundo factor Nunca ha entrado", page)
    assert re.search(r"sol con invitación lectura", page)
    assert re.search(r"luz cerrada sin rol", page)
    assert page.index("sol ") < page.index("luz cerrada")


def test_somebody_is_added_with_a_link_that_is_shown_once(boss: CheckingClient) -> None:
    page = boss.post("/console/team/new", {"name": " eva ", "role": ["operator", "reviewer"]}).content.decode()
    eva = User.objects.get(username="eva")
    assert roles.of(eva) == (Role.REVIEWER, Role.OPERATOR) and not eva.has_usable_password()
    link = re.search(r'value="http://127\.0\.0\.1:8000(/console/invitation/[\w-]+)"', page)
    assert link
    token = link[1].rpartition("/")[2]
    assert token not in boss.get(f"/console/team/{eva.pk}/").content.decode()
    assert token not in repr(list(AuditEntry.objects.values()))
    weak = CheckingClient().post(link[1], {"new_password1": "eva", "new_password2": "eve"})
    assert weak.status_code == 200 and 'role="alert"' in weak.content.decode()
    good = {"new_password1": "four words upon paper", "new_password2": "four words upon paper"}
    assert CheckingClient().post(link[1], good, follow=True).status_code == 200
    eva.refresh_from_db()
    assert eva.check_password("four words upon paper")
    assert trail("added_account", "changed_password") == [
        ("boss", "added_account", "eva: operator, reviewer"),
        ("eva", "changed_password", ""),
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "no puede estar"), ("a b", "válido"), ("EVA", "ya tiene este nombre"), ("n" * 151, "150"), ("<b>", "válido")],
)
def test_a_name_that_is_none_is_refused_and_nothing_is_lost(boss: CheckingClient, name: str, why: str) -> None:
    make("eva")
    page = boss.post("/console/team/new", {"name": name, "role": "editor"}).content.decode()
    assert why in page and 'value="editor" checked' in page
    assert User.objects.count() == 2


def test_roles_are_changed(boss: CheckingClient) -> None:
    eva = make("eva", Role.READER)
    response = boss.post(f"/console/team/{eva.pk}/roles", {"role": ["editor"]})
    assert told(response) == "Los roles se cambiaron." and roles.of(eva) == (Role.EDITOR,)
    assert trail("changed_roles") == [("boss", "changed_roles", "eva: editor")]


def test_an_administrator_cannot_become_or_make_a_safeguarding_person(boss: CheckingClient) -> None:
    eva, guardian = make("eva", Role.READER), make("guardian", Role.SAFEGUARDING)
    boss.post("/console/team/new", {"name": "mallory", "role": "safeguarding"})
    assert not User.objects.filter(username="mallory").exists()
    boss.post(f"/console/team/{eva.pk}/roles", {"role": ["safeguarding", "reader"]})
    assert roles.of(eva) == (Role.READER,)
    boss.post(f"/console/team/{guardian.pk}/roles", {"role": ["editor"]})
    assert roles.of(guardian) == (Role.EDITOR, Role.SAFEGUARDING)  # neither given nor taken
    own = User.objects.get(username="boss")
    assert "sus propios roles" in told(boss.post(f"/console/team/{own.pk}/roles", {"role": ["operator"]}))
    assert roles.of(own) == (Role.ADMINISTRATOR,)


def test_an_administrator_cannot_take_the_account_of_a_safeguarding_person_over(boss: CheckingClient) -> None:
    guardian = make("guardian", Role.SAFEGUARDING)
    SecondFactor.objects.create(user=guardian, name="telephone")
    for deed in ("link", "second-factor/reset"):
        assert "salvaguardia" in told(boss.post(f"/console/team/{guardian.pk}/{deed}"))
    assert factor.has_one(guardian) and not hasattr(guardian, "invitation")
    page = boss.get(f"/console/team/{guardian.pk}/").content.decode()
    assert f"/console/team/{guardian.pk}/link" not in page
    boss.post(f"/console/team/{guardian.pk}/close")  # a stolen telephone cannot wait
    guardian.refresh_from_db()
    assert not guardian.is_active


def test_who_has_both_roles_may(somebody: Somebody) -> None:
    both = somebody(Role.ADMINISTRATOR, Role.SAFEGUARDING, name="both")
    eva, guardian = make("eva", Role.READER), make("guardian", Role.SAFEGUARDING)
    both.post(f"/console/team/{eva.pk}/roles", {"role": ["safeguarding"]})
    assert roles.of(eva) == (Role.SAFEGUARDING,)
    assert b"/console/invitation/" in both.post(f"/console/team/{guardian.pk}/link").content


def test_closing_an_account_throws_out_and_opening_lets_in_again(boss: CheckingClient, somebody: Somebody) -> None:
    eva = somebody(Role.OPERATOR, name="eva")
    token = invitations.make(eva.account, now=timezone.now())
    boss.post(f"/console/team/{eva.account.pk}/close")
    assert eva.get("/console/account/").status_code == 302
    assert invitations.of(token, now=timezone.now()) is None
    assert "cerrada" in told(boss.post(f"/console/team/{eva.account.pk}/link"))
    boss.post(f"/console/team/{eva.account.pk}/open")
    assert eva.get("/console/account/").status_code == 302  # the session is over all the same
    eva.force_login(eva.account)
    assert eva.get("/console/account/").status_code == 200
    assert [action for _, action, _ in trail("closed_account", "opened_account")] == [
        "closed_account",
        "opened_account",
    ]


def test_nobody_closes_themselves(boss: CheckingClient) -> None:
    own = User.objects.get(username="boss")
    for deed in ("close", "link", "second-factor/reset", "sessions/end"):
        boss.post(f"/console/team/{own.pk}/{deed}")
    own.refresh_from_db()
    assert own.is_active and boss.get("/console/team/").status_code == 200


def test_a_lost_telephone_gets_a_new_start(boss: CheckingClient, somebody: Somebody) -> None:
    eva = somebody(Role.OPERATOR, name="eva")
    SecondFactor.objects.create(user=eva.account, name="telephone")
    factor.new_codes(eva.account)
    boss.post(f"/console/team/{eva.account.pk}/second-factor/reset")
    assert not factor.has_one(eva.account) and factor.codes_left(eva.account) == 0
    assert eva.get("/console/account/").status_code == 302
    assert trail("removed_second_factor") == [("boss", "removed_second_factor", "eva")]


def test_a_link_for_a_new_password_leaves_the_old_one_until_it_is_used(boss: CheckingClient) -> None:
    eva = User.objects.create_user("eva", password="an old one of hers")
    boss.post(f"/console/team/{eva.pk}/link")
    eva.refresh_from_db()
    assert eva.check_password("an old one of hers")
    assert trail("invited") == [("boss", "invited", "eva")]


def test_setting_a_password_ends_every_session(somebody: Somebody) -> None:
    eva = somebody(Role.OPERATOR, name="eva")
    token = invitations.make(eva.account, now=timezone.now())
    assert invitations.use(token, "four words upon paper", now=timezone.now())
    assert eva.get("/console/account/").status_code == 302


def test_sessions_of_somebody_are_seen_and_ended(boss: CheckingClient, somebody: Somebody) -> None:
    eva = somebody(Role.OPERATOR, name="eva")
    other = CheckingClient()
    other.force_login(eva.account)
    first = eva.account.open_sessions.order_by("started").first()
    assert str(first.pk) in boss.get(f"/console/team/{eva.account.pk}/").content.decode()
    boss.post(f"/console/team/{eva.account.pk}/sessions/{first.pk}/end")
    assert eva.get("/console/account/").status_code == 302 and other.get("/console/account/").status_code == 200
    boss.post(f"/console/team/{eva.account.pk}/sessions/end")
    assert other.get("/console/account/").status_code == 302
    assert trail("ended_sessions") == [("boss", "ended_sessions", "eva")] * 2


def test_the_session_of_one_is_not_ended_through_the_account_of_another(
    boss: CheckingClient, somebody: Somebody
) -> None:
    eva, luz = somebody(Role.OPERATOR, name="eva"), make("luz")
    boss.post(f"/console/team/{luz.pk}/sessions/{eva.account.open_sessions.get().pk}/end")
    assert eva.get("/console/account/").status_code == 200


def test_an_expired_link_is_said_to_be_none(db: None) -> None:
    eva = make("eva")
    token = invitations.make(eva, now=timezone.now() - timedelta(hours=49))
    response = CheckingClient().get(f"/console/invitation/{token}")
    assert response.status_code == 404 and "no funciona" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_leave_one() -> None:
    call_command("migrate", verbosity=0)  # the roles, which a test before this one may have flushed
    one, two = make("one", Role.ADMINISTRATOR), make("two", Role.ADMINISTRATOR)
    start, refused = threading.Barrier(2), []

    def attempt(actor: User, target: User) -> None:
        from django.db import connection

        request = RequestFactory().post("/")
        request.user = actor
        start.wait()
        try:
            accounts.close(request, target)
        except accounts.NotDone as error:
            refused.append(error.refusal)
        connection.close()

    both = [threading.Thread(target=attempt, args=pair) for pair in ((one, two), (two, one))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert refused == [Refusal.NOT_MANAGING]
    assert User.objects.filter(is_active=True).count() == 1
