"""One click vouches for a fact; every other byte of the file stays, and nobody's work is written over."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.answers import edit as editing
from bot.answers.library import Library
from bot.answers.speaker import panama_today
from console.audit.models import AuditEntry
from console.content import confirm, saving, shelf
from console.permissions import Role
from tests.console.content import edit, library  # noqa: F401 - a fixture
from tests.console.page import CheckingClient

pytestmark = pytest.mark.django_db

IOM = "/console/content/contacts/iom_panama/confirmed/"


def form(library: Library, contact: str = "iom_panama", fact: str = "phone:1", **more: str) -> dict[str, str]:  # noqa: F811
    """What a browser would send that shows the contact as it is served now."""
    digest = shelf.digest_of(library.current().contacts[contact])
    return {"digest": digest, "fact": fact, "source": "call to the front desk", **more}


def read(library: Library) -> str:  # noqa: F811
    return (library.root / "contacts.yml").read_text(encoding="utf-8")


def said(response: Any) -> str:
    return str(response.content.decode())


def test_a_fact_is_confirmed_by_name_today_and_every_other_byte_stays(
    staff: CheckingClient,
    library: Library,  # noqa: F811
) -> None:
    before = read(library).splitlines()
    response = staff.post(IOM, form(library), follow=True)
    assert "Usted lo confirmó hoy: iom_panama phone." in said(response)
    phone = next(one for one in library.current().contacts["iom_panama"].facts if one.kind == "phone")
    assert (phone.source, phone.confidence, phone.confirm) == ("call to the front desk", "high", False)
    assert phone.confirmed_by == "ana"
    today = panama_today()
    assert phone.dated and (phone.dated.year, phone.dated.month, phone.dated.day) == (
        today.year,
        today.month,
        today.day,
    )
    after = read(library).splitlines()
    at = next(number for number, line in enumerate(before) if line not in after or before[number] != after[number])
    tail = next(n for n in range(1, len(before)) if before[-n] != after[-n])
    assert len(after) - tail - at < 6, "only the lines of this fact"
    entry = AuditEntry.objects.get(action="confirmed_fact")
    assert (entry.action, entry.name, entry.about) == ("confirmed_fact", "ana", "iom_panama phone")


def test_everything_that_people_see_of_a_contact_is_confirmed_at_once(
    staff: CheckingClient,
    library: Library,  # noqa: F811
) -> None:
    staff.post(IOM, form(library, fact=""))
    facts = library.current().contacts["iom_panama"].facts
    assert {one.confirmed_by for one in facts if one.confidence in ("high", "medium")} == {"ana"}


def test_taking_it_back_restores_the_file_byte_for_byte(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    before = (library.root / "contacts.yml").read_bytes()
    page = said(staff.post(IOM, form(library, fact=""), follow=True))
    assert 'action="/console/content/undo/"' in page
    response = staff.post("/console/content/undo/", follow=True)
    assert "el archivo está como antes" in said(response)
    assert (library.root / "contacts.yml").read_bytes() == before
    assert [one.about for one in AuditEntry.objects.filter(action="confirmed_fact").order_by("id")][1].startswith(
        "undo iom_panama"
    )
    assert 'action="/console/content/undo/"' not in said(response)


def test_nothing_is_taken_back_over_what_somebody_did_since(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    staff.post(IOM, form(library))
    edit(library, "contacts.yml", "Emergencias 911", "Emergencias (911)")
    after = read(library)
    assert 'action="/console/content/undo/"' not in said(staff.get("/console/content/contacts/"))
    assert "otra persona cambió esto" in said(staff.post("/console/content/undo/", follow=True))
    assert read(library) == after


def test_of_two_who_look_at_the_same_contact_the_second_decides_again(
    somebody: Callable[..., CheckingClient],
    library: Library,  # noqa: F811
) -> None:
    eva, leo = somebody(Role.EDITOR, name="eva"), somebody(Role.EDITOR, name="leo")
    seen_by_both = form(library)
    other = form(library, "police_104")
    eva.post(IOM, seen_by_both)
    after = read(library)
    assert "otra persona cambió esto" in said(leo.post(IOM, seen_by_both, follow=True))
    assert read(library) == after
    leo.post("/console/content/contacts/police_104/confirmed/", other)
    by = [one.confirmed_by for one in library.current().contacts["police_104"].facts]
    assert by == ["leo"], "what eva did to another contact does not stand in the way"


def test_two_who_save_at_once_write_one_after_the_other(tmp_path: Path) -> None:
    inside, most = [], []

    def work() -> None:
        with saving.alone(tmp_path):
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.05)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_a_file_that_an_editor_saved_between_reading_and_writing_is_kept(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = form(library)
    worsened = saving.revise.worsened

    def slow(*arguments: Any) -> Any:
        edit(library, "contacts.yml", "Emergencias 911", "Emergencias (911)")
        return worsened(*arguments)

    monkeypatch.setattr(saving.revise, "worsened", slow)
    assert "otra persona cambió esto" in said(staff.post(IOM, sent, follow=True))
    assert "Emergencias (911)" in read(library) and "confirmed_by: ana" not in read(library)
    assert not AuditEntry.objects.filter(action="confirmed_fact").exists()


@pytest.mark.parametrize(
    ("address", "changes", "words"),
    [
        (IOM, {"source": "  "}, "diga cómo lo comprobó"),
        (IOM, {"fact": "whatsapp:7"}, "ya no está en el archivo"),
        (IOM, {"fact": "../../etc"}, "ya no está en el archivo"),
        (IOM, {"digest": "0" * 16}, "otra persona cambió esto"),
        ("/console/content/contacts/nobody/confirmed/", {}, "otra persona cambió esto"),
    ],
)
def test_what_cannot_be_confirmed_changes_nothing_and_says_why(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    address: str,
    changes: dict[str, str],
    words: str,
) -> None:
    before = read(library)
    assert words in said(staff.post(address, form(library) | changes, follow=True))
    assert read(library) == before and not AuditEntry.objects.filter(action="confirmed_fact").exists()


def test_how_it_was_made_sure_of_stays_one_short_line(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    staff.post(IOM, form(library, source="call: [x]\n  confirm: true\n" + "a" * 900))
    phone = next(one for one in library.current().contacts["iom_panama"].facts if one.kind == "phone")
    assert phone.source.startswith("call: [x] confirm: true aaa") and len(phone.source) == 200
    assert not library.broken and not phone.confirm


@pytest.mark.parametrize("name", ["eva@example.org", "123", "a.b+c-d", "null"])
def test_every_name_of_an_account_can_be_written(
    somebody: Callable[..., CheckingClient],
    library: Library,  # noqa: F811
    name: str,
) -> None:
    somebody(Role.EDITOR, name=name).post(IOM, form(library))
    phone = next(one for one in library.current().contacts["iom_panama"].facts if one.kind == "phone")
    assert phone.confirmed_by == name and not library.broken


def test_a_folder_that_cannot_be_written_to_says_how_then(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = form(library)
    monkeypatch.setattr(shelf.os, "access", lambda *_: False)
    page = said(staff.get("/console/content/contacts/"))
    assert "no se puede escribir en content/contacts.yml" in page
    assert re.search(r"<code>content/contacts\.yml:\d+</code>", page) and "/confirmed/" not in page
    assert "no se puede escribir en content/answers" in said(staff.get("/console/content/topics/return_cost/"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    before = read(library)
    monkeypatch.setattr(editing.tempfile, "mkstemp", refuse)
    assert "no se puede escribir en content/contacts.yml" in said(staff.post(IOM, sent, follow=True))
    assert read(library) == before and not AuditEntry.objects.filter(action="confirmed_fact").exists()


def test_a_broken_contact_file_is_not_touched(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    sent = form(library)
    (library.root / "contacts.yml").write_text("contacts: [broken", encoding="utf-8")
    staff.post(IOM, sent, follow=True)
    assert read(library) == "contacts: [broken"


def test_a_topic_is_marked_as_read_today_and_that_can_be_taken_back(
    staff: CheckingClient,
    library: Library,  # noqa: F811
) -> None:
    file = library.root / "answers/return/return_cost.yml"
    before = file.read_text(encoding="utf-8")
    digest = shelf.digest_of_answer(library.current().answers["return_cost"])
    address = "/console/content/topics/return_cost/reviewed/"
    page = said(staff.post(address, {"digest": digest}, follow=True))
    assert "Usted lo revisó hoy: return_cost." in page
    assert file.read_text(encoding="utf-8") == before.replace("reviewed: 2026-11-23", f"reviewed: {panama_today()}")
    assert AuditEntry.objects.get(action="confirmed_fact").about == "return_cost"
    assert "otra persona cambió esto" in said(staff.post(address, {"digest": digest}, follow=True))
    staff.post("/console/content/undo/")
    assert file.read_text(encoding="utf-8") == before


def test_a_topic_that_changed_since_it_was_read_is_read_again(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    digest = shelf.digest_of_answer(library.current().answers["return_cost"])
    edit(library, "answers/return/return_cost.yml", "No le cuesta nada", "Le cuesta poco")
    page = staff.post("/console/content/topics/return_cost/reviewed/", {"digest": digest}, follow=True)
    assert "otra persona cambió esto" in said(page)


def test_whoever_may_not_confirm_sees_no_button_and_is_refused(
    somebody: Callable[..., CheckingClient],
    library: Library,  # noqa: F811
) -> None:
    reader = somebody(Role.READER)
    page = said(reader.get("/console/content/contacts/?state=all")) + said(
        reader.get("/console/content/topics/return_cost/")
    )
    assert "/confirmed/" not in page and "/reviewed/" not in page
    before = read(library)
    for address in (IOM, "/console/content/topics/return_cost/reviewed/", "/console/content/undo/"):
        assert reader.post(address, form(library)).status_code == 403
    assert read(library) == before


def test_nothing_is_changed_by_a_link(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    for address in (IOM, "/console/content/topics/return_cost/reviewed/", "/console/content/undo/"):
        assert staff.get(address).status_code == 405


@pytest.mark.parametrize("query", ["state=all&q=x", "", "//elsewhere.example", "a\r\nLocation: x", "#/../.."])
def test_one_comes_back_to_the_list_and_nowhere_else(
    staff: CheckingClient,
    library: Library,  # noqa: F811
    query: str,
) -> None:
    response = staff.post(IOM, form(library, source="", query=query))
    assert response.status_code == 302
    assert response["Location"].startswith("/console/content/contacts/")
    assert response["Location"].endswith("#contact-iom_panama")


def test_an_undo_that_the_session_never_had_does_nothing(staff: CheckingClient, library: Library) -> None:  # noqa: F811
    before = read(library)
    staff.post("/console/content/undo/", {"within": "contacts.yml", "lines": "x"}, follow=True)
    assert read(library) == before and confirm.UNDO not in staff.session
