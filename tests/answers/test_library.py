"""The library serves the last good content, whatever happens to the files, to any number of threads."""

from __future__ import annotations

import logging
import os
import threading
import time

import pytest

from bot.answers import library as module
from bot.answers.choose import choose
from bot.answers.library import Library
from bot.answers.problems import ContentError
from bot.answers.render import render

FEVER = "answers/health/fever.yml"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def advice(content) -> str:
    return content.answers["fever"].text.texts["es"].splitlines()[0]


def test_an_edit_is_served_after_a_second(shelf):
    clock = Clock()
    library = Library(shelf.root, clock)
    first = library.current()
    shelf.replace(FEVER, "Beba agua", "Tome sopa")
    clock.now += 0.9
    assert library.current() is first
    clock.now += 0.2
    assert advice(library.current()) == "Tome sopa y descanse."
    assert library.version != first.version


def test_the_files_are_looked_at_once_a_second_at_most(shelf, monkeypatch):
    clock = Clock()
    library = Library(shelf.root, clock)
    looks = []
    monkeypatch.setattr(library, "_look", lambda: looks.append(clock.now) or setattr(library, "_looked", clock.now))
    for _ in range(100):
        clock.now += 0.05
        library.current()
    assert 4 <= len(looks) <= 5


def test_content_that_nobody_changed_is_the_same_object_and_has_the_same_version(shelf):
    library = Library(shelf.root)
    first = library.current()
    assert library.refresh() is first
    assert Library(shelf.root).version == first.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title:", "title: ["),
        ("topic: fever", "topic: fevre"),
        ("[lighthouse]", "[moonhouse]"),
        ("Beba agua", "Llame al 555-6677"),
        ("reviewed: 2031-05-01", "reviewed: soon"),
    ],
)
def test_a_broken_edit_keeps_the_last_good_copy_and_is_remembered(shelf, old, new):
    library = Library(shelf.root)
    good = library.current()
    before = shelf.text(FEVER)
    shelf.replace(FEVER, old, new)
    shelf.replace("interface.yml", "es: es trouble", "es: something new")
    assert library.refresh() is good
    assert library.broken
    assert {problem.path for problem in library.problems if problem.breaking} == {f"content/{FEVER}"}
    shelf.write(FEVER, before)
    assert library.refresh().interface.sentences["trouble"].texts["es"] == "something new"
    assert not library.broken
    assert library.problems == ()


def test_the_folder_vanishing_keeps_the_last_good_copy(shelf):
    library = Library(shelf.root)
    good = library.current()
    shelf.root.rename(shelf.root.parent / "elsewhere")
    assert library.refresh() is good
    assert {problem.code for problem in library.problems} == {"missing_file"}
    (shelf.root.parent / "elsewhere").rename(shelf.root)
    library.refresh()
    assert not library.broken


def test_answers_come_and_go(shelf):
    library = Library(shelf.root)
    text = shelf.text(FEVER).replace("topic: fever", "topic: cough")
    shelf.write("answers/health/cough.yml", text)
    assert "cough" in library.refresh().answers
    (shelf.root / "answers/health/cough.yml").unlink()
    assert "cough" not in library.refresh().answers


def test_temporary_files_of_editors_are_not_read(shelf):
    library = Library(shelf.root)
    good = library.current()
    for name in (".fever.yml.swp", "fever.yml~", ".#fever.yml", "fever.yml.bak"):
        shelf.write(f"answers/health/{name}", "[")
    assert library.refresh() is good
    assert library.problems == ()


def test_a_mistake_of_editing_alone_does_not_hold_an_edit_back(shelf):
    library = Library(shelf.root)
    shelf.replace(FEVER, "  en: Fever\n", "")
    shelf.replace(FEVER, "Beba agua", "Tome sopa")
    assert advice(library.refresh()) == "Tome sopa y descanse."


def test_a_first_load_with_errors_names_every_problem_and_no_number(shelf):
    shelf.replace(FEVER, "title:", "title: [")
    shelf.replace("contacts.yml", "value: 555-0101", "value: 555-6677")
    shelf.replace("languages.yml", "default: es", "default: it")
    with pytest.raises(ContentError) as raised:
        Library(shelf.root)
    message = str(raised.value)
    assert {line.partition(":")[0] for line in message.splitlines()} == {
        f"content/{FEVER}",
        "content/contacts.yml",
        "content/languages.yml",
    }
    assert "6677" not in message
    assert len(raised.value.problems) == len(message.splitlines())


def test_an_unexpected_failure_of_a_refresh_is_survived_and_logged_without_its_text(shelf, monkeypatch, caplog):
    library = Library(shelf.root)
    good = library.current()

    def fail(_self):
        raise OSError("secret 555-0101")

    monkeypatch.setattr(module.Folder, "stamps", fail)
    assert library.refresh() is good
    assert [record.message for record in caplog.records] == ["content not refreshed"]
    assert "555" not in caplog.text
    monkeypatch.undo()
    shelf.replace(FEVER, "Beba agua", "Tome sopa")
    assert advice(library.refresh()) == "Tome sopa y descanse."


def test_a_broken_edit_is_logged_once_with_its_place_and_no_text(shelf, caplog):
    library = Library(shelf.root)
    shelf.replace(FEVER, "reviewed: 2031-05-01", "reviewed: soon")
    with caplog.at_level(logging.ERROR):
        library.refresh()
        os.utime(shelf.root / FEVER, ns=(1, 1))
        library.refresh()
    assert [(record.message, getattr(record, "line", None)) for record in caplog.records] == [
        ("content broken", None),
        ("content problem", shelf.line(FEVER, "reviewed")),
    ]
    assert "soon" not in caplog.text


def test_an_unreadable_file_is_tried_again_though_its_stamp_stays(shelf, monkeypatch):
    library = Library(shelf.root)
    good = library.current()

    def refuse(_self):
        raise PermissionError

    shelf.replace(FEVER, "Beba agua", "Tome sopa")
    monkeypatch.setattr(module.Path, "read_bytes", refuse)
    assert library.refresh() is good
    assert {problem.code for problem in library.problems} == {"unreadable"}
    monkeypatch.undo()
    assert advice(library.refresh()) == "Tome sopa y descanse."
    assert library.problems == ()


def test_content_cannot_be_changed_by_who_reads_it(shelf):
    content = Library(shelf.root).current()
    with pytest.raises(TypeError):
        content.answers["fever"] = None
    with pytest.raises(TypeError):
        content.answers["fever"].text.texts["es"] = "x"
    with pytest.raises(TypeError):
        content.interface.sentences["trouble"] = None
    with pytest.raises(AttributeError):
        content.default = "en"


def test_readers_always_see_one_whole_edit_while_files_change_under_them(shelf, today):
    """Every edit changes the answer and its contact together; no reader may ever see half of one."""
    template, contacts = shelf.text(FEVER), shelf.text("contacts.yml")
    ticks = iter(range(10_000_000))
    library = Library(shelf.root, lambda: float(next(ticks)))  # every call looks at the files
    seen, wrong, stop = set(), [], threading.Event()

    def edit() -> None:
        for number in range(40):
            # Between the two writes, and while the second file is cut short, the folder is broken on purpose.
            shelf.write("contacts.yml", contacts.replace("  lighthouse:", f"  house{number}:"))
            shelf.write(FEVER, "topic: [")
            shelf.write(FEVER, template.replace("[lighthouse]", f"[house{number}]").replace("Beba", f"N{number}"))
            time.sleep(0.005)
        stop.set()

    def read() -> None:
        while not stop.is_set():
            content = library.current()
            answer = content.answers["fever"]
            first, contact = answer.text.texts["es"].split()[0], answer.contacts[0].name
            text = render(content, choose(content, "fever", "es", today)).text
            whole = first == "N" + contact.removeprefix("house") or (first, contact) == ("Beba", "lighthouse")
            if not whole or "Casa del Faro" not in text:
                wrong.append((first, contact))
            seen.add(first)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    edit()
    for thread in threads:
        thread.join(timeout=30)
    assert not wrong
    assert len(seen) > 1
    assert library.refresh().answers["fever"].text.texts["es"].startswith("N39 ")
