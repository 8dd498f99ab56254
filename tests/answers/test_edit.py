"""A program that edits content changes the lines it means and no other, and saves whole files."""

from __future__ import annotations

import difflib
import stat
import threading
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.answers import edit, revise
from bot.answers.choose import Choice, choose
from bot.answers.edit import Change, ChangedMeanwhile, NotEditable, Sheet, drop, put, write
from bot.answers.library import Library
from bot.answers.parse import parse

CONTENT = Path(__file__).parents[2] / "content"
FILES = sorted(CONTENT.rglob("*.yml"))
FEVER = "answers/health/fever.yml"
LANGUAGES = frozenset({"es", "en", "fr"})
NOT_TRANSLATED = frozenset({"do_not_publish"})


def changed(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines taken away and the lines added."""
    lines = list(difflib.ndiff(before.decode().splitlines(), after.decode().splitlines()))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def save(shelf, *changes: Change) -> None:
    write(shelf.root, list(changes))


# ---- round trips ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CONTENT).as_posix())
def test_a_file_of_the_content_is_written_as_it_was_read(file):
    data = file.read_bytes()
    assert edit._dump(Sheet(file.name, data).root).encode() == data


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CONTENT).as_posix())
def test_a_place_for_a_language_is_one_line_a_text_and_can_be_taken_away_again(file):
    data = file.read_bytes()
    sheet = Sheet(file.name, data)
    for wording in edit.wordings(sheet.root, LANGUAGES, NOT_TRANSLATED):
        put(wording, "qfa", None)
    grown = sheet.written()
    gone, new = changed(data, grown)
    blocks = [line for line in new if line.strip() == "qfa:"]
    inline = [line.replace(", qfa: null", "") for line in new if line.strip() != "qfa:"]
    assert blocks or inline or file.name in ("languages.yml", "office.yml", "countries.yml")  # no text stands in these
    assert inline == gone
    back = Sheet(file.name, grown)
    for wording in edit.wordings(back.root, LANGUAGES | {"qfa"}, NOT_TRANSLATED):
        drop(wording, "qfa")
    assert back.written() == data


HEADS = ["# first of all\n", "", "\n# two lines\n# of remark\n\n"]
BETWEEN = ["", "\n", "\n\n", "# a remark\n", "\n# a remark\n\n", "  # further in\n"]
TEXTS = [
    "Si",
    "'sí'",
    '"a: b"',
    "|-\n    one\n\n    two",
    "|\n    one",
    ">-\n    folded\n    text",
    "2031-05-01",
    "no",
    "0x1F",
]
VALUES = [
    *TEXTS,
    "[a, b]",
    "{a: 1, b: 'x'}",
    "\n  - k: v\n    w: 'x'   # right\n  - z",
    "\n  a: b\n  c: |-\n    d",
    "{}",
]


@st.composite
def documents(draw):
    """Files as people type them: remarks, blank lines, every kind of quote."""
    keys = draw(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"]), min_size=1, unique=True))
    text = draw(st.sampled_from(HEADS))
    for key in keys:
        text += f"{key}: {draw(st.sampled_from(VALUES))}".replace(": \n", ":\n")
        if draw(st.booleans()) and not text.endswith(("text", "one", "two", "d")):
            text += "  # beside"
        text += "\n" + draw(st.sampled_from(BETWEEN))
    return keys, text


@given(documents(), st.sampled_from(["reviewed", "alpha", "gamma"]), st.sampled_from([date(2031, 5, 2), "new: 'text'"]))
def test_an_edit_of_any_file_changes_that_field_alone(document, key, value):
    keys, text = document
    before = yaml.safe_load(text)
    sheet = Sheet("x.yml", text.encode())
    put(sheet.root, key, value)
    written = sheet.written()
    after = yaml.safe_load(written)
    assert after == {**before, key: value}
    assert [line for line in written.decode().splitlines() if line.strip().startswith("#")] == [
        line for line in text.splitlines() if line.strip().startswith("#")
    ]
    if key not in keys:
        gone, new = changed(text.encode(), written)
        assert not any(gone)
        assert len(new) == 1


@given(documents(), st.sampled_from(["reviewed", "confirm"]))
def test_what_is_put_and_dropped_leaves_no_trace(document, key):
    _, text = document
    assume(">" not in text)  # ruamel.yaml keeps no blank lines behind a folded text
    sheet = Sheet("x.yml", text.encode())
    put(sheet.root, key, True)
    again = Sheet("x.yml", sheet.written())
    drop(again.root, key)
    assert again.written().decode() == text


@given(documents(), st.sampled_from([b"\xef\xbb\xbf", b""]), st.booleans(), st.booleans())
def test_other_line_ends_marks_and_missing_ends_stay(document, mark, windows, cut):
    _, text = document
    data = mark + (text.replace("\n", "\r\n") if windows else text).encode()
    if cut:
        data = data.rstrip(b"\r\n")
    sheet = Sheet("x.yml", data)
    assert sheet.written() == data
    put(sheet.root, "reviewed", date(2031, 5, 2))
    written = sheet.written()
    assert written.startswith(mark)
    if b"\r\n" in data:
        assert b"\n" not in written.replace(b"\r\n", b"")
    assert yaml.safe_load(written)["reviewed"] == date(2031, 5, 2)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_edited_right_or_refused(data):
    try:
        sheet = Sheet("x.yml", data)
        put(sheet.root, "reviewed", date(2031, 5, 2))
        written = sheet.written()
    except NotEditable:
        return
    assert Sheet("x.yml", written).root["reviewed"] == date(2031, 5, 2)


@given(
    st.sampled_from(FILES), st.integers(0, 10_000), st.sampled_from(["", "\n", " # x\n", "    y\n", "z: 1\n", "- q\n"])
)
def test_real_files_broken_by_hand_are_edited_right_or_refused(file, where, typed):
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(where % len(lines), typed)
    text = "".join(lines)
    assume(len(text) < 20_000)
    try:
        sheet = Sheet(file.name, text.encode())
    except NotEditable:
        return
    put(sheet.root, "valid_to", date(2031, 5, 2))
    gone, new = changed(text.encode(), sheet.written())
    assert gone == [] or gone == [line for line in gone if line.startswith("valid_to")]
    assert new == ["valid_to: 2031-05-02"]


ODD = """\
topic:   fever      # odd
title:  {es:   Fiebre,en: Fever}
sources:
- fact: "1.1"
- fact:    2.10
text:
      es: >-
         Una frase que alguien
         dobló a mano.
      en:   'Folded
         by hand.'
next: [ attack,
   other ]
reviewed:   2031-05-01    # by Ana

review_every: 90
"""


def test_a_file_typed_in_another_style_keeps_its_style():
    sheet = Sheet("odd.yml", ODD.encode())
    put(sheet.root, "reviewed", date(2031, 5, 20))
    put(sheet.root, "valid_to", date(2031, 6, 1))
    gone, new = changed(ODD.encode(), sheet.written())
    assert gone == ["reviewed:   2031-05-01    # by Ana"]
    assert [line.replace(" ", "") for line in new] == ["reviewed:2031-05-20#byAna", "valid_to:2031-06-01"]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a: [", b"- a\n", b"text\n", b"", b"a: 1\na: 2\n", b"%"])
def test_what_cannot_be_edited_is_refused(data):
    with pytest.raises(NotEditable):
        put(Sheet("x.yml", data).root, "a", 1)


# ---- saving ---------------------------------------------------------------------------------------------------------


def test_a_file_keeps_its_permissions_and_nothing_else_is_left_in_the_folder(shelf):
    file = shelf.root / FEVER
    file.chmod(0o640)
    before = sorted(file.parent.iterdir())
    save(shelf, revise.review(shelf.root, "fever", date(2031, 5, 2), date(2031, 5, 20)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(file.parent.iterdir()) == before


def test_a_link_stays_a_link(shelf, tmp_path):
    file = shelf.root / FEVER
    real = tmp_path / "elsewhere.yml"
    file.rename(real)
    file.symlink_to(real)
    save(shelf, revise.review(shelf.root, "fever", date(2031, 5, 2), date(2031, 5, 20)))
    assert file.is_symlink()
    assert "reviewed: 2031-05-02" in real.read_text(encoding="utf-8")


def test_when_the_disk_refuses_one_file_the_others_are_put_back(shelf, monkeypatch):
    changes = revise.add_language(shelf.root, "qfa", "Tok Faro", ["en"], [])
    before = {change.within: shelf.text(change.within) for change in changes}
    replace, calls = edit.replace_file, []

    def fail_at_third(file, data):
        calls.append(file)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        replace(file, data)

    monkeypatch.setattr(edit, "replace_file", fail_at_third)
    with pytest.raises(OSError, match="No space"):
        write(shelf.root, changes)
    assert {within: shelf.text(within) for within in before} == before


def test_a_crash_while_saving_leaves_the_old_file(shelf, monkeypatch):
    before = shelf.text(FEVER)

    def crash(*_):
        raise OSError(5, "Input/output error")

    change = revise.review(shelf.root, "fever", date(2031, 5, 2), date(2031, 5, 20))
    monkeypatch.setattr(edit.os, "fsync", crash)
    with pytest.raises(OSError, match="Input/output"):
        save(shelf, change)
    assert shelf.text(FEVER) == before
    assert list((shelf.root / "answers/health").glob(".*")) == []


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(shelf):
    change = revise.review(shelf.root, "fever", date(2031, 5, 2), date(2031, 5, 20))
    shelf.replace(FEVER, "Beba agua", "Tome sopa")
    with pytest.raises(ChangedMeanwhile):
        save(shelf, change)
    assert "Tome sopa" in shelf.text(FEVER)


def test_readers_see_the_old_file_or_the_new_one_while_it_is_saved(shelf, today):
    wrong, stop = [], threading.Event()
    ticks = iter(range(10_000_000))
    library = Library(shelf.root, lambda: float(next(ticks)))  # every call looks at the files
    good = {"reviewed": 0}

    def read_bytes() -> None:
        while not stop.is_set():
            part = parse("x", FEVER, (shelf.root / FEVER).read_bytes())
            if part.value is None or part.problems:
                wrong.append(part.problems)

    def serve() -> None:
        while not stop.is_set():
            content = library.current()
            if library.broken or not isinstance(choose(content, "fever", "es", today), Choice):
                wrong.append(library.problems)
            good["reviewed"] = max(good["reviewed"], content.answers["fever"].reviewed.toordinal())

    threads = [threading.Thread(target=work) for work in (read_bytes, read_bytes, serve, serve, serve)]
    for thread in threads:
        thread.start()
    for number in range(1, 41):
        on = date(2031, 3, 1).replace(month=3 + number // 28, day=1 + number % 28)
        save(shelf, revise.review(shelf.root, "fever", on, today))
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
    assert not wrong
    assert library.refresh().answers["fever"].reviewed == on
