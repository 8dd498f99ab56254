"""Reading files of test questions: what is wrong is said with its path and line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.check import read_topics
from bot.evaluation.questions import STYLES, Question, QuestionsError, parse, read
from bot.settings import ROOT

TOPICS = ("greet", "deny", "return_cost")
LANGUAGES = ("en", "es", "fr")

GOOD = """\
language: es
questions:
  - {topic: greet, style: plain, text: "Muy buenos días: ¿hay alguien?"}
  - {topic: deny, style: keyword, text: no}
  - topic: return_cost
    style: story
    text: |
      Soy de Mérida.
      ¿Cuánto cuesta volver?
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(*places: Path) -> list[str]:
    with pytest.raises(QuestionsError) as caught:
        read(places, TOPICS, LANGUAGES)
    return str(caught.value).splitlines()


def test_a_file_is_read_with_the_lines_of_its_questions(tmp_path: Path) -> None:
    path = write(tmp_path, "es.yml", GOOD)
    assert read([path], TOPICS, LANGUAGES) == [
        Question("es", "greet", "plain", "Muy buenos días: ¿hay alguien?", str(path), 3),
        Question("es", "deny", "keyword", "no", str(path), 4),  # not the YAML value false
        Question("es", "return_cost", "story", "Soy de Mérida.\n¿Cuánto cuesta volver?", str(path), 5),
    ]


def test_a_folder_means_its_yml_files_and_a_file_named_twice_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path, "es.yml", GOOD)
    write(tmp_path, "en.yml", "language: en\nquestions:\n  - {topic: deny, style: keyword, text: no}\n")
    write(tmp_path, "notes.txt", "not questions")
    found = read([tmp_path, path], TOPICS, LANGUAGES)
    assert [one.language for one in found] == ["en", "es", "es", "es"]


def test_every_problem_of_every_file_is_told_with_path_and_line(tmp_path: Path) -> None:
    one = write(
        tmp_path,
        "one.yml",
        "language: es\n"
        "questions:\n"
        "  - {topic: gret, style: plain, text: hola}\n"
        "  - {topic: greet, style: shouted, text: hola}\n"
        "  - {topic: greet, style: plain}\n"
        "  - {topic: greet, style: plain, text: '  '}\n"
        "  - {topic: greet, style: plain, text: hola, note: mine}\n"
        "  - hola\n",
    )
    two = write(tmp_path, "two.yml", "language: pt\nquestions:\n  - {topic: greet, style: plain, text: oi}\n")
    assert refusal(one, two) == [
        f"{one}:3: error: The topic “gret” is not in the list of topics.",
        f"{one}:4: error: “style” must be one of: {', '.join(STYLES)}.",
        f"{one}:5: error: “questions.text” is missing.",
        f"{one}:6: error: “text” is empty.",
        f"{one}:7: error: “note” is not known here. Known (most alike first): text, style, topic.",
        f"{one}:8: error: “questions” must hold names with their value (name: value).",
        f"{two}:1: error: “language” must be one of: en, es, fr.",
    ]


def test_a_text_that_is_there_twice_in_one_language_is_refused(tmp_path: Path) -> None:
    one = write(tmp_path, "1.yml", "language: es\nquestions:\n  - {topic: greet, style: plain, text: Hola  amigo}\n")
    two = write(tmp_path, "2.yml", "language: es\nquestions:\n  - {topic: greet, style: sms, text: hola amigo}\n")
    other = write(tmp_path, "3.yml", "language: en\nquestions:\n  - {topic: greet, style: sms, text: hola amigo}\n")
    assert refusal(one, two, other) == [f"{two}:3: error: “hola amigo” is twice in “questions”."]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("language: es\n", 1, "“questions” is missing"),
        ("language: es\nquestions: []\n", 2, "empty"),
        ("language: es\nquestions: hola\n", 2, "must be a list"),
        ("language: es\nquestions:\n  - {topic: [greet\n", 3, "not closed"),
        ("- a\n", 1, "must hold names"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, "es.yml", text)
    told = refusal(path)
    assert told[0].startswith(f"{path}:{line}: error: ")
    assert words in told[0]


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    missing, empty = tmp_path / "no.yml", tmp_path / "empty"
    empty.mkdir()
    assert refusal(missing, empty) == [
        f"{empty}:1: error: The file *.yml is missing.",
        f"{missing}:1: error: The file no.yml is missing.",
    ]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "es.yml"
    path.write_bytes(b"language: es\nquestions:\n  - {topic: greet, style: plain, text: a\xf1o}\n")
    assert refusal(path)[0].startswith(f"{path}:3: error: ")


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    questions, problems = parse("es.yml", data, TOPICS, LANGUAGES)
    assert problems or questions


@given(st.lists(st.tuples(st.sampled_from(TOPICS), st.sampled_from(STYLES), st.text(max_size=40)), max_size=8))
def test_what_is_read_was_written(rows: list[tuple[str, str, str]]) -> None:
    import json

    lines = [f"  - {{topic: {topic}, style: {style}, text: {json.dumps(text)}}}" for topic, style, text in rows]
    data = "\n".join(["language: es", "questions:", *lines]).encode()
    questions, problems = parse("es.yml", data, TOPICS, LANGUAGES)
    assert {(one.topic, one.style, one.text) for one in questions} <= {
        (topic, style, text.strip()) for topic, style, text in rows
    }
    assert problems or len(questions) == len(rows)


FOREIGN = """\
language: pt
answered_in: [es]
questions:
  - {topic: greet, style: plain, text: oi}
  - {topic: greet, style: plain, text: hi oi, answered_in: [en, es]}
"""


def test_messages_in_no_language_of_ours_say_in_which_an_answer_is_understood(tmp_path: Path) -> None:
    first, second = read([write(tmp_path, "pt.yml", FOREIGN)], TOPICS, LANGUAGES)
    assert (first.language, first.answered_in) == ("pt", ("es",))
    assert (second.language, second.answered_in) == ("pt", ("en", "es"))
    own, *_ = read([write(tmp_path, "es.yml", GOOD)], TOPICS, LANGUAGES)
    assert own.answered_in == ("es",)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("answered_in: [es]", "", 1, "“language” must be one of"),
        ("answered_in: [es]", "answered_in: [pt]", 2, "“answered_in” must be one of: en, es, fr."),
        ("[en, es]", "[en, xx]", 5, "“answered_in” must be one of: en, es, fr."),
        ("[en, es]", "en", 5, "must be a list"),
    ],
)
def test_an_answer_is_understood_in_languages_of_ours_only(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    path = write(tmp_path, "pt.yml", FOREIGN.replace(old, new))
    assert any(told.startswith(f"{path}:{line}: error: ") and words in told for told in refusal(path))


def test_a_file_in_a_language_of_ours_does_not_name_others_for_a_question(tmp_path: Path) -> None:
    path = write(tmp_path, "es.yml", GOOD.replace("text: no}", "text: no, answered_in: [en]}"))
    assert "“answered_in” is not known here" in refusal(path)[0]


def test_our_own_test_questions_are_in_order() -> None:
    topics, _ = read_topics(ROOT / "data" / "topics.yml")
    found = read([ROOT / "tests" / "questions"], topics, LANGUAGES)
    assert {one.language for one in found} == set(LANGUAGES)
    for language in LANGUAGES:
        assert {one.topic for one in found if one.language == language} == set(topics)


def test_our_own_questions_that_are_never_taught_are_in_order() -> None:
    topics, _ = read_topics(ROOT / "data" / "topics.yml")
    found = read([ROOT / "tests" / "questions" / "untaught"], topics, LANGUAGES)
    assert {one.language for one in found} == {"pt", "mixed", "ht"}
    assert {one.answered_in for one in found if one.language == "pt"} == {("es",)}
    assert {one.answered_in for one in found if one.language == "ht"} == {("fr", "es")}
    mixtures = {one.answered_in for one in found if one.language == "mixed"}
    assert mixtures == {("es", "en"), ("en", "es"), ("fr", "es"), ("en", "fr"), ("es",)}
