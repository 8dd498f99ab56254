"""What staff do by command changes what it says, in one place, and refuses what would harm."""

from __future__ import annotations

import difflib
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.answers import revise
from bot.answers.choose import Choice, choose
from bot.answers.edit import Change, write
from bot.answers.folder import Folder
from bot.answers.parse import parse
from bot.answers.revise import Refused

CONTENT = Path(__file__).parents[2] / "content"
FEVER = "answers/health/fever.yml"


def changed(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines taken away and the lines added."""
    lines = list(difflib.ndiff(before.decode().splitlines(), after.decode().splitlines()))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def save(shelf, *changes: Change) -> None:
    write(shelf.root, list(changes))


def test_a_withdrawn_answer_is_not_given_from_that_day_and_a_restored_one_is(shelf, today):
    before = shelf.text(FEVER)
    save(shelf, revise.withdraw(shelf.root, "fever", revise.yesterday(today)))
    assert not isinstance(choose(shelf.content(), "fever", "es", today), Choice)
    assert isinstance(choose(shelf.content(), "fever", "es", revise.yesterday(today)), Choice)
    save(shelf, revise.restore(shelf.root, "fever"))
    assert shelf.text(FEVER) == before


def test_what_is_part_of_the_conversation_cannot_be_withdrawn(shelf, today):
    with pytest.raises(Refused, match="own_topic"):
        revise.withdraw(shelf.root, "show_menu", today)


@pytest.mark.parametrize("topic", ["nothing", "../fever", "*", "fever.yml", "", "[a-z]ever"])
def test_only_the_name_of_an_answer_names_one(shelf, topic, today):
    with pytest.raises(Refused, match="no_topic"):
        revise.review(shelf.root, topic, today, today)


def test_nothing_is_reviewed_or_confirmed_in_advance(shelf, today):
    with pytest.raises(Refused, match="future"):
        revise.review(shelf.root, "fever", date(2031, 5, 21), today)
    with pytest.raises(Refused, match="future"):
        revise.confirm(shelf.root, "lighthouse", "call", date(2031, 5, 21), today)


def facts(shelf, contact="lighthouse"):
    return {
        (fact.kind.value, next(iter(fact.value.texts.values()))): fact
        for fact in shelf.content().contacts[contact].facts
    }


def test_a_confirmed_fact_is_sure_and_dated_and_the_others_stay(shelf, today):
    shelf.replace("contacts.yml", "confidence: medium}", "confidence: medium, confirm: true}")
    before = facts(shelf)
    result = revise.confirm(shelf.root, "lighthouse", "call to the door", today, today, fact="phone:1")
    save(shelf, result.change)
    after = facts(shelf)
    phone = after.pop(("phone", "555-0101"))
    assert (phone.source, phone.confidence.value, phone.confirm) == ("call to the door", "high", False)
    assert (phone.dated.year, phone.dated.month, phone.dated.day) == (2031, 5, 20)
    assert after == {name: fact for name, fact in before.items() if name != ("phone", "555-0101")}
    gone, new = changed(result.change.before, result.change.after)
    assert (len(gone), len(new)) == (1, 1)


def test_who_confirmed_is_written_and_never_left_from_before(shelf, today):
    save(shelf, revise.confirm(shelf.root, "lighthouse", "call", today, today, fact="phone:1", by="eva").change)
    assert facts(shelf)["phone", "555-0101"].confirmed_by == "eva"
    save(shelf, revise.confirm(shelf.root, "lighthouse", "call", today, today, fact="phone:1").change)
    assert facts(shelf)["phone", "555-0101"].confirmed_by == ""


def test_confirming_a_contact_leaves_alone_what_nobody_sees(shelf, today):
    result = revise.confirm(shelf.root, "lighthouse", "call", today, today)
    assert result.left == ("address", "phone:3")
    save(shelf, result.change)
    assert facts(shelf)["address", "Calle del Mar 7"].confidence.value == "low"
    assert facts(shelf)["phone", "555-0199"].confidence is None


def test_a_new_value_replaces_one_fact(shelf, today):
    result = revise.confirm(shelf.root, "iom_panama", "call", today, today, fact="phone", value="127")
    save(shelf, result.change)
    assert facts(shelf, "iom_panama")["phone", "127"].confidence.value == "high"


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        ("phone:2", "call me", "bad_value"),
        ("phone:2", "555-6677", "forbidden"),
        ("phone:2", "+507 555 66 77", "forbidden"),
        ("email", "door.lighthouse.example", "bad_value"),
        ("url", "lighthouse.example", "bad_value"),
        ("address", "calle mendez 4, arriba", "forbidden"),
        ("address", "Calle\nNueva", "bad_value"),
        ("hours", "12 horas", "translated_value"),
        ("phone", "555-0103", "one_fact"),
        ("", "555-0103", "one_fact"),
        ("phone:4", "555-0103", "no_fact"),
        ("mood", "", "no_fact"),
    ],
)
def test_a_value_that_must_not_be_there_is_refused(shelf, today, fact, value, why):
    with pytest.raises(Refused) as refused:
        revise.confirm(shelf.root, "lighthouse", "call", today, today, fact=fact, value=value)
    assert refused.value.code == why
    assert value not in str(refused.value.values) or why == "no_fact"


def test_a_contact_that_is_not_there_or_a_missing_source_is_refused(shelf, today):
    with pytest.raises(Refused, match="no_contact"):
        revise.confirm(shelf.root, "moonhouse", "call", today, today)
    with pytest.raises(Refused, match="no_source"):
        revise.confirm(shelf.root, "lighthouse", "  ", today, today)


def test_an_edit_that_would_add_an_error_is_found_and_one_on_broken_content_is_not_blamed(shelf, today):
    topics = {}
    change = Change(FEVER, b"", shelf.text(FEVER).replace("Beba agua", "Llame al 555-6677").encode())
    assert {problem.code for problem in revise.worsened(shelf.root, [change], today, topics)} >= {"forbidden"}
    shelf.replace("answers/danger/attack.yml", "[fever, show_menu]", "[fever, nowhere]")
    harmless = revise.review(shelf.root, "fever", date(2031, 5, 2), today)
    assert revise.worsened(shelf.root, [harmless], today, topics) == []
    assert shelf.text(FEVER).encode() == harmless.before, "finding out changes nothing"


def test_every_real_answer_can_be_reviewed_withdrawn_and_restored_with_one_line(tmp_path):
    root = tmp_path / "content"
    shutil.copytree(CONTENT, root)
    for file in sorted(root.glob("answers/*/*.yml")):
        data = file.read_bytes()
        gone, new = changed(data, revise.review(root, file.stem, date(2001, 1, 1), date(2031, 1, 1)).after)
        assert ([len(gone)], new) == ([1], ["reviewed: 2001-01-01"])
        withdrawn = revise.withdraw(root, file.stem, date(2031, 1, 1))
        gone, new = changed(data, withdrawn.after)
        assert new == ["valid_to: 2031-01-01"]
        if not gone:
            write(root, [withdrawn])
            assert revise.restore(root, file.stem).after == data


def test_real_contacts_of_every_kind_can_be_confirmed(tmp_path):
    root = tmp_path / "content"
    shutil.copytree(CONTENT, root)
    folder = Folder(root)
    contacts = folder.read(folder.stamps()).content.contacts
    on = date(2031, 1, 1)
    for name, contact in list(contacts.items())[::8]:  # each takes a second
        if any(fact.confidence and fact.confidence.value != "low" for fact in contact.facts):
            change = revise.confirm(root, name, "call", on, on).change
            part = parse("content/contacts.yml", "contacts.yml", change.after)
            assert not part.problems
            marked = part.value.contacts.pop(name)
            assert all(fact.confidence.value != "medium" for fact in marked.facts)
            assert all(
                before.value.texts == after.value.texts
                for before, after in zip(contact.facts, marked.facts, strict=True)
            )
