"""From verdicts to lines in files, and back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from bot.conversations.erase import erase
from bot.settings import ROOT
from console.audit.models import AuditEntry
from console.permissions import Role
from console.review import changes, proposal, writing
from console.review.examples import Examples, Known
from console.review.lines import Fault, clean, fault
from console.review.models import Change, Verdict
from console.review.verdicts import Choice, Kind, Refused, decide
from console.review.writing import WritingError
from tests.console.page import CheckingClient
from tests.console.review.conftest import NOW, ask

pytestmark = pytest.mark.django_db

NEW = "me piden plata por el cupo del avión de vuelta"
OTHER = "¿qué equipo ganó el partido de anoche?"


@pytest.fixture
def eva(db: None) -> User:
    return User.objects.create_user("eva")


def teach(account: User, text: str, topic: str = "return_cost", language: str = "es") -> Verdict:
    kind = Kind.OUT_OF_SCOPE if topic == "out_of_scope" else Kind.TOPIC
    message = ask(text, language=language)
    (made,) = decide(account, [message.pk], Choice(kind, language, topic), two_people=False, now=NOW)
    return made


def drafted(account: User, *verdicts: Verdict) -> Change:
    return changes.draft(account, [one.pk for one in verdicts], now=NOW)


def seen(root: Path, change: Change) -> str:
    return proposal.digest(proposal.files(root, proposal.judged(root, proposal.waiting(change))))


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yml"))}


# What may be taught


EXAMPLES = Examples([Known("return_cost", "cuanto cuesta el vuelo de vuelta"), Known("greet", "buenas")])
QUESTIONS = Examples([Known("greet", "muy buenos dias tenga usted senor")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("quién paga el pasaje", None),
        ("?!", Fault.EMPTY),
        ("[hidden]", Fault.EMPTY),
        ("x" * 500, Fault.LONG),
        ("soy [hidden] y quiero volver", Fault.MASKED),
        ("quiero {volver}", Fault.MARKUP),
        ("volver] ahora", Fault.MARKUP),
        ("llame al 6123 4567", Fault.PERSONAL),
        ("escriba a ana@x.example", Fault.PERSONAL),
        ("¿Cuánto cuesta el vuelo de vuelta?", Fault.TAUGHT),
        ("Buenas!", Fault.CLASH),
        ("usted señor tenga muy buenos dias", Fault.QUESTION),
    ],
)
def test_why_a_line_is_refused(text: str, found: Fault | None) -> None:
    from console.review.masks import masked

    assert fault(clean(text), "return_cost", EXAMPLES, QUESTIONS, masked) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  dos\n líneas\t aquí ", "dos líneas aquí"),
        ("- # > quiero volver", "quiero volver"),
        ("e\u0301l \x00dijo\u2028no \\ sí", "él dijo no sí"),
        ("#", ""),
    ],
)
def test_a_text_becomes_one_line(text: str, line: str) -> None:
    assert clean(text) == line


def test_a_line_says_what_is_wrong_with_it(copy: Path, eva: User) -> None:
    verdicts = [
        teach(eva, NEW),
        teach(eva, f"{NEW}!"),
        teach(eva, "buenas", "return_cost"),
        teach(eva, "soy yo 6123-4567 quiero volver ya", "return_overview"),
        teach(eva, OTHER, "out_of_scope"),
        teach(eva, "wat kost het", "return_cost", language="nl"),
        teach(eva, "tema que se fue", "no_such_topic"),
    ]
    found = proposal.judged(copy, verdicts)
    assert [one.fault for one in found] == [
        None,
        Fault.REPEATED,
        Fault.CLASH,
        Fault.MASKED,
        None,
        Fault.LANGUAGE,
        Fault.TOPIC,
    ]
    assert [one.file for one in found if not one.fault] == ["data/nlu/es/return.yml", "data/nlu/es/conversation.yml"]


def test_a_question_of_the_tests_is_not_taught(eva: User) -> None:
    (line,) = proposal.judged(ROOT, [teach(eva, "muy buenos dias tenga usted", "greet")])
    assert line.fault == Fault.QUESTION


# Writing


def test_a_change_is_written_and_taken_back_without_a_trace(copy: Path, eva: User) -> None:
    before = contents(copy)
    one, two = teach(eva, NEW), teach(eva, OTHER, "out_of_scope")
    change = drafted(eva, one, two)
    written = changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert [line.text for line in written] == [NEW, OTHER]
    after = contents(copy)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"data/nlu/es/return.yml", "data/nlu/es/conversation.yml"}
    assert f"      - {NEW}\n".encode() in after["data/nlu/es/return.yml"]
    assert set(Verdict.objects.values_list("state", flat=True)) == {"written"}
    assert list((copy / "data/nlu/es").glob(".faro-*")) == []
    change.refresh_from_db()
    assert (change.state, change.written_by) == ("written", eva)

    changes.take_back(copy, change)
    assert contents(copy) == before
    assert set(Verdict.objects.values_list("state", flat=True)) == {"accepted"}
    change.refresh_from_db()
    assert (change.state, change.lines) == ("draft", [])


def test_only_what_was_looked_at_is_written(copy: Path, eva: User) -> None:
    change = drafted(eva, teach(eva, NEW))
    looked = seen(copy, change)
    path = copy / "data/nlu/es/return.yml"
    path.write_bytes(path.read_bytes() + b"# somebody was here\n")
    before = contents(copy)
    with pytest.raises(Refused, match="no longer what you looked at"):
        changes.write(copy, change, eva, seen=looked, now=NOW)
    assert contents(copy) == before
    change.refresh_from_db()
    assert change.state == "draft" and Verdict.objects.get().state == "accepted"


def test_an_edited_line_is_not_written_as_it_was_looked_at(copy: Path, eva: User) -> None:
    one = teach(eva, NEW)
    change = drafted(eva, one)
    looked = seen(copy, change)
    changes.reword(change, {one.pk: "cobran por el cupo del vuelo"}, ())
    with pytest.raises(Refused):
        changes.write(copy, change, eva, seen=looked, now=NOW)
    changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert b"      - cobran por el cupo del vuelo\n" in (copy / "data/nlu/es/return.yml").read_bytes()
    with pytest.raises(Refused, match="no longer a draft"):
        changes.write(copy, change, eva, seen=looked, now=NOW)


def test_two_changes_one_after_the_other_keep_both(copy: Path, eva: User) -> None:
    first = drafted(eva, teach(eva, NEW))
    second = drafted(eva, teach(eva, "¿el pasaje de regreso lo pago yo por partes?"))
    for change in (first, second):
        changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    before = (copy / "data/nlu/es/return.yml").read_text()
    changes.take_back(copy, first)
    after = (copy / "data/nlu/es/return.yml").read_text()
    assert NEW in before and NEW not in after
    assert "lo pago yo por partes" in after


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(
    copy: Path, eva: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = drafted(eva, teach(eva, NEW), teach(eva, OTHER, "out_of_scope"))
    before, calls = contents(copy), []
    really = writing._replace

    def full_disk(path: Path, content: bytes) -> None:
        calls.append(path.name)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        really(path, content)

    monkeypatch.setattr(writing, "_replace", full_disk)
    with pytest.raises(Refused, match="No space left on device"):
        changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert contents(copy) == before
    change.refresh_from_db()
    assert change.state == "draft"


def test_a_folder_that_is_read_only_is_said_to_be(copy: Path, eva: User, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as root, who may write everywhere.
    monkeypatch.setattr(writing.os, "access", lambda *_: False)
    change = drafted(eva, teach(eva, NEW))
    with pytest.raises(Refused, match="Download the patch"):
        changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert not writing.writable(copy)


def test_writing_over_a_file_that_changed_is_refused(copy: Path) -> None:
    name = "data/nlu/es/return.yml"
    with pytest.raises(WritingError) as refused:
        writing.write(copy, [proposal.FileChange(name, "something else", "x")])
    assert (refused.value.code, refused.value.about) == ("changed", name)


def test_a_line_that_somebody_changed_by_hand_is_not_taken_back(copy: Path, eva: User) -> None:
    change = drafted(eva, teach(eva, NEW))
    changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    path = copy / "data/nlu/es/return.yml"
    path.write_text(path.read_text().replace(NEW, "otra cosa"))
    with pytest.raises(Refused, match="no longer in the files"):
        changes.take_back(copy, change)
    change.refresh_from_db()
    assert change.state == "written"


def test_the_patch_applies(copy: Path, eva: User) -> None:
    (copy / "data/nlu/fr/rights.yml").write_bytes((copy / "data/nlu/fr/rights.yml").read_bytes().rstrip(b"\n"))
    last = proposal.training_file.read((copy / "data/nlu/fr/rights.yml").read_text())[-1].intent
    verdicts = [
        teach(eva, NEW),
        teach(eva, OTHER, "out_of_scope"),
        teach(eva, "le chat de mon voisin a des papiers lui", last, language="fr"),
    ]
    change = drafted(eva, *verdicts)
    expected = {one.name: one.after.encode() for one in proposal.files(copy, proposal.judged(copy, verdicts))}
    patch = changes.hand_over(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert len(expected) == 3 and "\\ No newline at end of file" in patch
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    done = subprocess.run(
        ["git", "apply", "--whitespace=error-all", "-"],
        cwd=copy,
        input=patch.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name, content in expected.items():
        assert (copy / name).read_bytes() == content
    change.refresh_from_db()
    assert change.state == "handed_over"
    changes.take_back(copy, change)
    for name, content in expected.items():
        assert (copy / name).read_bytes() == content, "what was handed over is not ours to take out"


def test_who_is_erased_takes_the_sentence_out_of_a_draft(copy: Path, eva: User) -> None:
    one, two = teach(eva, NEW), teach(eva, OTHER, "out_of_scope")
    change = drafted(eva, one, two)
    erase(one.message.contact, now=NOW)
    assert [line.text for line in proposal.judged(copy, proposal.waiting(change))] == [OTHER]
    changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert NEW.encode() not in (copy / "data/nlu/es/return.yml").read_bytes()


def test_a_report_that_is_made_later_keeps_the_sentence_out_of_the_training_data(copy: Path, eva: User) -> None:
    one = teach(eva, NEW)
    change = drafted(eva, one)
    one.message.contact.safeguarding = True
    one.message.contact.save()
    assert proposal.waiting(change) == [] == proposal.waiting(None)
    with pytest.raises(Refused):
        changes.write(copy, change, eva, seen="", now=NOW)


def test_lines_that_are_refused_wait_again_when_the_others_are_written(copy: Path, eva: User) -> None:
    good, bad = teach(eva, NEW), teach(eva, "buenas")
    change = drafted(eva, good, bad)
    changes.write(copy, change, eva, seen=seen(copy, change), now=NOW)
    assert [one.pk for one in proposal.waiting(None)] == [bad.pk]


def test_lines_are_left_out_and_drafts_given_up(copy: Path, eva: User) -> None:
    one, two = teach(eva, NEW), teach(eva, OTHER, "out_of_scope")
    change = drafted(eva, one, two)
    changes.reword(change, {}, {two.pk})
    assert [each.pk for each in proposal.waiting(change)] == [one.pk]
    changes.discard(change)
    assert {each.pk for each in proposal.waiting(None)} == {one.pk, two.pk}
    assert Change.objects.count() == 0
    with pytest.raises(Refused):
        changes.draft(eva, [], now=NOW)


# Pages


@pytest.fixture
def editor(somebody: Callable[..., CheckingClient]) -> CheckingClient:
    return somebody(Role.EDITOR, name="eva")


def test_an_editor_teaches_a_sentence_on_the_pages(editor: CheckingClient, copy: Path) -> None:
    user = User.objects.get(username="eva")
    assert "No espera ninguna frase." in editor.get("/console/review/changes/").content.decode()
    good, masked = teach(user, NEW), teach(user, "soy Eva 6123-4567, ¿quién paga la vuelta?")
    shown = editor.get("/console/review/changes/").content.decode()
    assert NEW in shown and "Tiene algo oculto" in shown
    response = editor.post("/console/review/changes/new", {"line": [good.pk, masked.pk]})
    address = response["Location"]
    shown = editor.get(address).content.decode()
    assert f"<ins>+      - {NEW}</ins>" in shown and "1 línea no se escribe" in shown
    editor.post(f"{address}lines", {f"wording-{masked.pk}": "¿quién paga la vuelta en bote?"})
    shown = editor.get(address).content.decode()
    assert "<ins>+      - ¿quién paga la vuelta en bote?</ins>" in shown and "no se escribe" not in shown
    assert "soy Eva [phone], ¿quién paga la vuelta?" in shown

    looked = shown.partition('name="seen" value="')[2].partition('"')[0]
    refused = editor.post(f"{address}write", {"seen": looked}, follow=True).content.decode()
    assert "Confirme que leyó cada línea" in refused
    written = editor.post(f"{address}write", {"seen": looked, "read": "yes"}, follow=True).content.decode()
    assert "Escrito." in written and "make run" in written
    assert NEW.encode() in (copy / "data/nlu/es/return.yml").read_bytes()
    (line,) = AuditEntry.objects.filter(action="changed_training")
    assert "2 lines" in line.about and "plata" not in line.about
    back = editor.post(f"{address}take-back", follow=True).content.decode()
    assert "otra vez un borrador" in back
    assert NEW.encode() not in (copy / "data/nlu/es/return.yml").read_bytes()
    gone = editor.post(f"{address}discard", follow=True).content.decode()
    assert "El borrador ya no existe" in gone and NEW in gone


def test_an_editor_downloads_a_patch(editor: CheckingClient, copy: Path) -> None:
    user = User.objects.get(username="eva")
    change = drafted(user, teach(user, NEW))
    address = f"/console/review/changes/{change.pk}/"
    response = editor.post(f"{address}patch", {"seen": seen(copy, change), "read": "yes"})
    assert response["Content-Disposition"] == f'attachment; filename="faro-change-{change.pk}.patch"'
    assert f"+      - {NEW}\n" in response.content.decode()
    assert AuditEntry.objects.filter(action="downloaded_patch").count() == 1
    assert "git apply" in editor.get(address).content.decode()
    again = editor.post(f"{address}patch", {"seen": "x", "read": "yes"}, follow=True).content.decode()
    assert "ya no es un borrador" in again


def test_files_that_cannot_be_read_are_said_so(editor: CheckingClient, copy: Path) -> None:
    user = User.objects.get(username="eva")
    change = drafted(user, teach(user, NEW))
    (copy / "data/nlu/es/return.yml").unlink()
    shown = editor.get(f"/console/review/changes/{change.pk}/").content.decode()
    assert "No se puede leer un archivo" in shown


def test_two_editors_write_one_change(editor: CheckingClient, somebody: Any, copy: Path) -> None:
    user = User.objects.get(username="eva")
    other = somebody(Role.EDITOR, name="luz")
    change = drafted(user, teach(user, NEW))
    fields = {"seen": seen(copy, change), "read": "yes"}
    editor.post(f"/console/review/changes/{change.pk}/write", fields)
    shown = other.post(f"/console/review/changes/{change.pk}/write", fields, follow=True).content.decode()
    assert "ya no es un borrador" in shown
    assert (copy / "data/nlu/es/return.yml").read_text().count(NEW) == 1


def test_a_change_that_is_not_there_is_not_found(editor: CheckingClient, copy: Path) -> None:
    assert editor.get("/console/review/changes/99/").status_code == 404
    assert editor.post("/console/review/changes/99/write").status_code == 404
