"""Everything that IOM Panama's brochure explains is answered, paragraph by paragraph, and nothing of it is forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pytest

from bot.answers.brochure import REGISTER, Brochure, Covered, Paragraph, coverage, document, parse, read
from bot.answers.check import REGISTER as TOPICS_FILE
from bot.answers.check import read_topics
from bot.answers.folder import Folder

ROOT = Path(__file__).parents[2]
BROCHURE, PROBLEMS = read(ROOT / REGISTER)
TOPICS, _ = read_topics(ROOT / TOPICS_FILE)
FOLDER = Folder(ROOT / "content")
CONTENT = FOLDER.read(FOLDER.stamps()).content
#: The text of the brochure is not part of the project; where both are, it lies beside it.
TEXT = ROOT.parent / "shared" / "brochure" / BROCHURE.file
ON = date(2030, 6, 1)

#: A short brochure with every sign of Markdown that the real one uses, and its coverage.
SMALL_TEXT = """

TÍTULO

El [Pacto \\(de prueba\\)](#) es **uno** y sigue.

\x20
- Primero de la lista.
- Segundo.

✉ <https://prueba.test>
"""
SMALL = Brochure(
    "small.txt",
    (
        Paragraph("A", "TÍTULO", ("fever",)),
        Paragraph("A", "El Pacto (de prueba) es uno", ("fever",)),
        Paragraph("B", "Primero de la lista", ("fever", "attack"), "a reason"),
        Paragraph("B", "✉ https://prueba.test", ("unwritten",)),
    ),
)


def plain(text: str) -> str:
    """A text without the signs of Markdown (lists, bold, links, escapes), on one line."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.replace("\\(", "(").replace("\\)", ")"))
    text = re.sub(r"\*\*|[<>]", "", text)
    text = re.sub(r"^\s*- ", "", text, flags=re.MULTILINE)
    return " ".join(text.split())


def paragraphs_of(text: str) -> list[str]:
    return [found for block in re.split(r"\n\s*\n", text) if (found := plain(block))]


def differences(brochure: Brochure, text: str) -> list[str]:
    """Where the paragraphs of the text and the entries, taken pair by pair, are not the same."""
    found = []
    for number, (block, entry) in enumerate(zip_longest(paragraphs_of(text), brochure.paragraphs), start=1):
        if block is None:
            found.append(f"{number}: no paragraph for the entry {entry.begins!r}")
        elif entry is None:
            found.append(f"{number}: no entry for the paragraph {block[:40]!r}")
        elif not entry.begins or not re.match(rf"{re.escape(entry.begins)}(?!\w)", block):
            found.append(f"{number}: the paragraph {block[:40]!r} does not begin with {entry.begins!r}")
    return found


def test_the_list_has_the_form_that_it_says():
    assert not PROBLEMS, [found.render("en") for found in PROBLEMS]
    for entry in BROCHURE.paragraphs:
        assert entry.topics, entry.begins
        assert len(entry.begins.split()) <= 8, f"more than the first words are copied: {entry.begins}"
    begins = [entry.begins for entry in BROCHURE.paragraphs]
    assert len(begins) == len(set(begins))


def test_every_paragraph_names_topics_that_are_answered():
    answers = CONTENT.answers
    assert not {topic for entry in BROCHURE.paragraphs for topic in entry.topics if topic not in answers}


def test_every_topic_about_iom_has_its_place_in_the_brochure():
    about = {topic.name for topic in TOPICS.values() if topic.area == "about"}
    assert about
    assert about == {topic for entry in BROCHURE.paragraphs for topic in entry.topics if topic in about}


def test_every_paragraph_of_the_brochure_has_its_entry_in_order():
    if not TEXT.is_file():
        pytest.skip("the brochure itself is not part of the project and does not lie beside it")
    assert not differences(BROCHURE, TEXT.read_text(encoding="utf-8"))


def test_the_contacts_of_the_brochure_are_given_by_the_answer_that_it_names():
    answer = CONTENT.answers["contact_iom"]
    assert "iom_panama" in {reference.name for reference in answer.contacts}
    printed = " ".join(text for fact in CONTENT.contacts["iom_panama"].facts for text in fact.value.texts.values())
    for value in ("iompanama@iom.int", "https://panama.iom.int", "305-3350", "Luis Bonilla", "110, 113 y 115"):
        assert value in printed
    for text in answer.text.texts.values():
        assert "iompanama" in text
        assert "YouTube" in text


def test_the_document_is_made_from_the_list():
    there = (ROOT / "docs" / "brochure.md").read_text(encoding="utf-8")
    assert there == document(BROCHURE), "write document(read(Path('data/brochure.yml'))[0]) into docs/brochure.md"


# ---- the checks themselves -------------------------------------------------------------------------------------------


def test_a_list_that_fits_its_text_has_no_difference():
    assert differences(SMALL, SMALL_TEXT) == []


def test_a_list_that_does_not_fit_its_text_is_found():
    first, *others = SMALL.paragraphs
    without_last = replace(SMALL, paragraphs=SMALL.paragraphs[:-1])
    assert differences(without_last, SMALL_TEXT) == ["4: no entry for the paragraph '✉ https://prueba.test'"]
    assert differences(SMALL, SMALL_TEXT.partition("✉")[0]) == ["4: no paragraph for the entry '✉ https://prueba.test'"]
    assert len(differences(replace(SMALL, paragraphs=(*others, first)), SMALL_TEXT)) == 4
    assert len(differences(replace(SMALL, paragraphs=(replace(first, begins=""), *others)), SMALL_TEXT)) == 1
    assert len(differences(replace(SMALL, paragraphs=(replace(first, begins="TÍT"), *others)), SMALL_TEXT)) == 1
    assert len(differences(SMALL, SMALL_TEXT.replace("uno", "dos"))) == 1


def test_a_broken_copy_of_the_list_does_not_fit_the_brochure():
    if not TEXT.is_file():
        pytest.skip("the brochure itself is not part of the project and does not lie beside it")
    text = TEXT.read_text(encoding="utf-8")
    for place in range(len(BROCHURE.paragraphs)):
        left = (*BROCHURE.paragraphs[:place], *BROCHURE.paragraphs[place + 1 :])
        assert differences(replace(BROCHURE, paragraphs=left), text), f"nothing misses entry {place + 1}"


def test_coverage_tells_what_is_answered_and_what_is_not(shelf):
    assert coverage(SMALL, shelf.content(), ON)[1:] == [
        Covered(SMALL.paragraphs[1], ("fever",), ()),
        Covered(SMALL.paragraphs[2], ("fever", "attack"), ()),
        Covered(SMALL.paragraphs[3], (), ("unwritten",)),
    ]


def test_an_expired_answer_covers_nothing(shelf):
    shelf.replace("answers/health/fever.yml", "reviewed:", "valid_to: 2030-05-31\nreviewed:")
    assert coverage(SMALL, shelf.content(), ON)[2] == Covered(SMALL.paragraphs[2], ("attack",), ("fever",))


def test_a_list_with_mistakes_names_each_with_its_line(tmp_path):
    data = (
        "file: a.txt\nparagraphs:\n  - {section: A, begins: B}\n  - {section: A, begins: B, topics: [c, c], why: d}\n"
    )
    brochure, problems = parse("data/brochure.yml", data.encode())
    assert [(found.line, found.code) for found in problems] == [
        (3, "missing_field"),
        (4, "unknown_key"),
        (4, "repeated"),
    ]
    assert [entry.topics for entry in brochure.paragraphs] == [(), ("c",)]
    assert [found.code for found in parse("data/brochure.yml", b"{")[1]] == ["yaml_bracket"]
    assert [found.code for found in read(tmp_path / "nowhere.yml")[1]] == ["unreadable"]


def test_the_document_shows_every_paragraph_and_keeps_its_columns():
    odd = replace(SMALL, paragraphs=(replace(SMALL.paragraphs[2], begins="a | b"),))
    assert document(odd).splitlines()[-1] == "| B | a \\| b | fever, attack | a reason |"
    assert document(SMALL).count("\n| ") == len(SMALL.paragraphs) + 2
