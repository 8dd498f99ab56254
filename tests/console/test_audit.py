"""The trail: what stands in it, who sees what of it, how it is searched, and how long it is kept."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from bot.conversations.models import Contact
from console import contacts
from console.audit import retention
from console.audit.models import AuditEntry
from console.audit.search import PAGE, read
from console.audit.trail import Action, write
from console.audit.words import WORDS, words
from console.permissions import Role
from tests.console.conftest import NAME, PASSWORD
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db


def contact(*, safeguarding: bool = False) -> Contact:
    now = timezone.now()
    return Contact.objects.create(
        channel="webchat", pseudonym=uuid.uuid4().hex, created_at=now, seen_at=now, safeguarding=safeguarding
    )


def line(action: Action = Action.SEARCHED, *, name: str = "eva", at: datetime | None = None, about: str = "") -> None:
    AuditEntry.objects.create(at=at or timezone.now(), name=name, action=action.value, about=about)


@pytest.fixture
def admin(somebody: Callable[..., CheckingClient]) -> CheckingClient:
    client = somebody(Role.ADMINISTRATOR, name="boss")
    AuditEntry.objects.all().delete()
    return client


def shown(client: CheckingClient, **query: str) -> str:
    html = client.get("/console/audit/", query).content.decode()
    return html.partition("</form>\n<ol")[2] if "<ol" in html else ""


def test_coming_and_going_stand_in_it(account: User) -> None:
    client = CheckingClient()
    client.post("/console/login", {"username": NAME, "password": "wrong"})
    client.post("/console/login", {"username": "my own password", "password": "wrong"})
    client.post("/console/login", {"username": NAME, "password": PASSWORD})
    client.post("/console/logout")
    written = list(AuditEntry.objects.order_by("id").values_list("name", "action"))
    assert written == [(NAME, "login_refused"), ("", "login_refused"), (NAME, "logged_in"), (NAME, "logged_out")]


def test_every_action_has_words() -> None:
    assert set(WORDS) == set(Action)
    assert words("of_a_later_version") == "of_a_later_version"


def test_it_is_read_newest_first_page_by_page_and_nothing_is_missed(admin: CheckingClient) -> None:
    now = timezone.now()
    for number in range(PAGE * 2 + 3):
        # Several at the same moment: the id decides.
        line(about=f"n{number:03d}.", at=now + timedelta(seconds=number // 4))
    found: list[str] = []
    address = "/console/audit/"
    for _ in range(3):
        response = admin.get(address)
        found += [one.about for one, *_ in response.context["lines"]]
        line(about="meanwhile.", at=now + timedelta(hours=1))  # what is written meanwhile moves no page
        address = f"/console/audit/?{response.context['older']}"
    assert found == [f"n{number:03d}." for number in reversed(range(PAGE * 2 + 3))]
    assert response.context["older"] == ""


def test_it_is_filtered_by_account_action_contact_and_day(admin: CheckingClient) -> None:
    somebody = contact()
    line(name="eva", about="first.")
    line(Action.TOOK, name="luz", about="second.")
    line(name="luz", at=timezone.now() - timedelta(days=3), about="third.")
    write(Action.OPENED_CONVERSATION, account=None, name="sol", contact=somebody.pk, about="fourth.")
    day = timezone.localdate()

    def found(**query: str) -> set[str]:
        page = shown(admin, **query)
        return {one for one in ("first", "second", "third", "fourth") if f"{one}." in page}

    assert found(name="luz") == {"second", "third"}
    assert found(action="took") == {"second"}
    assert found(contact=str(somebody.pk)) == {"fourth"}
    assert contacts.name(somebody.pk) in shown(admin) and contacts.name(somebody.pk) not in shown(admin, name="luz")
    assert found(to=(day - timedelta(days=1)).isoformat()) == {"third"}
    assert found(**{"from": day.isoformat()}) == {"first", "second", "fourth"}
    assert found(name="luz", action="took", to=day.isoformat()) == {"second"}
    assert found(name="nobody") == set()


def test_a_day_is_a_day_of_panama(admin: CheckingClient) -> None:
    line(about="late.", at=datetime.fromisoformat("2026-11-30T23:30:00-05:00"))
    assert "late." in shown(admin, **{"from": "2026-11-30", "to": "2026-11-30"})
    assert "late." not in shown(admin, **{"from": "2026-12-01"})
    assert "30/11/2026 23:30:00" in shown(admin)


def test_what_cannot_be_read_is_said_and_stays_in_the_form(admin: CheckingClient) -> None:
    page = admin.get("/console/audit/", {"contact": "abc", "from": "yesterday", "name": "eva"}).content.decode()
    assert "no es un identificador de contacto" in page and "no es una fecha" in page
    assert 'value="abc"' in page and 'value="eva"' in page and 'value="yesterday"' in page


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1.5", "٣", "0"])
def test_a_page_that_is_none_is_the_first(admin: CheckingClient, before: str) -> None:
    line(about="first.")
    assert "first." in shown(admin, before=before)


def test_lines_about_who_reported_an_aid_worker_are_for_the_safeguarding_role(
    admin: CheckingClient, somebody: Callable[..., CheckingClient]
) -> None:
    reported, later, other = contact(safeguarding=True), contact(), contact()
    for one, about in ((reported, "reported."), (later, "later."), (other, "other.")):
        write(Action.OPENED_CONVERSATION, account=None, name="eva", contact=one.pk, about=about)
    Contact.objects.filter(pk=later.pk).update(safeguarding=True)
    assert "other." in shown(admin)
    for query in ({}, {"contact": str(reported.pk)}, {"name": "eva"}, {"contact": str(later.pk)}):
        assert "reported." not in shown(admin, **query) and "later." not in shown(admin, **query)
    guardian = somebody(Role.SAFEGUARDING)
    assert "reported." in shown(guardian) and "later." in shown(guardian)


def test_they_stay_hidden_when_the_person_was_erased(admin: CheckingClient) -> None:
    one = contact()
    write(Action.OPENED_CONVERSATION, account=None, name="eva", contact=one.pk, about="before.")
    Contact.objects.filter(pk=one.pk).update(safeguarding=True)
    write(Action.ERASED, account=None, name="eva", contact=one.pk, about="erased.")
    one.delete()
    assert "before." not in shown(admin) and "erased." not in shown(admin)


def test_it_is_kept_a_year(admin: CheckingClient) -> None:
    now = timezone.now()
    line(at=now - timedelta(days=366), about="old.")
    line(at=now - timedelta(days=364), about="young.")
    stopping = threading.Event()
    stopping.set()
    retention.Expiry().look(stopping)
    assert [one.about for one in AuditEntry.objects.all()] == ["young."]


def test_more_than_a_batch_is_deleted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        line(at=timezone.now() - timedelta(days=400))
    assert retention.expire(now=timezone.now()) == 5


def test_an_account_that_is_removed_leaves_its_lines(admin: CheckingClient, account: User) -> None:
    write(Action.TOOK, account=account)
    account.delete()
    assert NAME in shown(admin)


def test_no_address_of_the_console_changes_it() -> None:
    from tests.architecture.test_permissions import patterns
    from tests.console.routes import methods

    (pattern,) = [one for one in patterns() if str(one.pattern).startswith("audit/")]
    assert methods(pattern.callback) == {"GET"}


def test_what_was_asked_for_is_read() -> None:
    asked = read({"action": "nonsense", "name": " eva ", "from": "2026-11-30"})
    assert (asked.action, asked.name, str(asked.since), asked.problems) == ("", "eva", "2026-11-30", ())


def test_a_clock_that_is_wrong_by_years_deletes_no_line(caplog: pytest.LogCaptureFixture) -> None:
    stopping = threading.Event()
    stopping.set()
    now = timezone.now()
    moment, passed = [now], [0.0]
    expiry = retention.Expiry(clock=lambda: moment[0], seconds=lambda: passed[0])
    line(at=now - timedelta(days=300))
    line(at=now)
    moment[0], passed[0] = now + timedelta(days=340), 3600.0
    expiry.look(stopping)
    retention.Expiry(clock=lambda: now + timedelta(days=3650), seconds=lambda: 0.0).look(stopping)
    assert AuditEntry.objects.count() == 2 and caplog.messages == ["audit trail kept"] * 2
    moment[0], passed[0] = now, 3601.0  # it was put right
    line(at=now - timedelta(days=366))
    expiry.look(stopping)
    assert AuditEntry.objects.count() == 2
