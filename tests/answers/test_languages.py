"""A language is data: adding one to languages.yml is enough to speak it, with what is missing visibly borrowed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.answers import revise
from bot.answers.check import REGISTER, check, read_topics
from bot.answers.choices import LANGUAGE_TOPIC
from bot.answers.choose import Choice, choose
from bot.answers.edit import write
from bot.answers.folder import Folder
from bot.answers.library import Library
from bot.answers.render import render, sentence, web
from bot.answers.schema import Content
from bot.answers.speaker import panama_today

ROOT = Path(__file__).parents[2]
TOPICS, _ = read_topics(ROOT / REGISTER)

FEVER = "answers/health/fever.yml"


def test_a_new_language_is_served_at_once_and_says_which_language_it_borrows(shelf, today, add_third_language):
    library = Library(shelf.root)
    add_third_language(shelf)
    content = library.refresh()
    assert not library.broken
    outgoing = render(content, choose(content, "fever", "qfa", today))
    assert outgoing.text.startswith("(English)\nDrink water and rest.\n")
    assert "Lighthouse House: A roof for a night\n" in outgoing.text
    assert "(April 2029)" in outgoing.text
    assert [button.title for button in outgoing.buttons] == ["Attack", "en back"]
    assert sentence(content, "trouble", "qfa").text == "(English)\nen trouble"
    assert web(content, "qfa")["send"] == "en send"


def test_a_new_language_can_be_chosen_by_its_own_name(shelf, today, add_third_language):
    add_third_language(shelf)
    content = shelf.content()
    buttons = render(content, choose(content, "choose_language", "es", today)).buttons
    assert (buttons[2].title, buttons[2].id) == ("Tok Faro", "language:qfa")


def test_what_is_translated_is_no_longer_borrowed(shelf, today, add_third_language):
    add_third_language(shelf)
    shelf.replace(FEVER, "  en: |-", "  qfa: Wata wata 3 1.\n  en: |-")
    content = shelf.content()
    assert render(content, choose(content, "fever", "qfa", today)).text.startswith("Wata wata 3 1.\n\nLighthouse")


def test_the_check_lists_every_text_that_a_new_language_lacks(shelf, add_third_language):
    add_third_language(shelf)
    problems = shelf.check()
    assert {problem.code for problem in problems} == {"missing_language", "missing_key"}
    lacking = {(problem.path, problem.line) for problem in problems if problem.code == "missing_language"}
    for within, part in (
        (FEVER, "title:"),
        (FEVER, "text:"),
        ("contacts.yml", "Casa del Faro"),
        ("interface.yml", "  send:"),
    ):
        assert (f"content/{within}", shelf.line(within, part)) in lacking


def test_what_a_draft_lacks_is_counted_by_file_and_is_no_error(shelf, add_third_language):
    add_third_language(shelf)
    shelf.replace("languages.yml", "fallback: [en]}", "fallback: [en], draft: true}")
    problems = shelf.check()
    assert {(problem.code, problem.level) for problem in problems} == {("draft_language", "warning")}
    counted = {problem.path: dict(problem.values)["count"] for problem in problems}
    assert set(counted) == {
        f"content/{within}" for within in (FEVER, "answers/danger/attack.yml", "contacts.yml", "interface.yml")
    }
    assert counted[f"content/{FEVER}"] == "2"
    shelf.replace(FEVER, "  en: Fever", "  qfa: Fiva\n  en: Fever")
    counted = {problem.path: dict(problem.values)["count"] for problem in shelf.check()}
    assert counted[f"content/{FEVER}"] == "1"


def test_a_draft_is_held_to_every_other_rule(shelf, add_third_language):
    add_third_language(shelf)
    shelf.replace("languages.yml", "fallback: [en]}", "fallback: [en], draft: true}")
    shelf.replace(FEVER, "  en: Fever", "  qfa: A fiva that is too long for it\n  en: Fever")
    assert {problem.code for problem in shelf.check() if problem.level == "error"} == {"title_too_long"}


def test_the_default_language_is_never_excused_as_a_draft(shelf):
    shelf.replace("languages.yml", "fallback: []}", "fallback: [], draft: true}")
    shelf.replace(FEVER, "  es: Fiebre\n", "")
    assert "missing_default" in {problem.code for problem in shelf.check()}


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Path:
    """The real content with an invented language, added as `bot content add-language` adds one."""
    root = tmp_path_factory.mktemp("grown") / "content"
    shutil.copytree(ROOT / "content", root)
    write(root, revise.add_language(root, "qfa", "Tok Faro", ["en"], ["tok", "faro tok"]))
    return root


@pytest.fixture(scope="module")
def grown_content(grown) -> Content:
    folder = Folder(grown)
    reading = folder.read(folder.stamps())
    assert not reading.breaking
    return reading.content


def test_an_invented_language_is_added_to_the_real_content_without_an_error(grown):
    problems = check(grown, panama_today(), TOPICS)
    here = check(ROOT / "content", panama_today(), TOPICS)
    assert [item for item in problems if item.level == "error"] == [item for item in here if item.level == "error"]
    drafted = {item.path for item in problems if item.code == "draft_language"}
    files = {f"content/{file.relative_to(grown).as_posix()}" for file in grown.rglob("*.yml")}
    without_texts = {f"content/{name}.yml" for name in ("languages", "office", "countries")}
    assert drafted == files - without_texts


def test_every_real_text_got_a_place_to_translate_it(grown):
    for file in grown.glob("answers/*/*.yml"):
        assert file.read_text(encoding="utf-8").count("\n  qfa:") == 2, file.name


@pytest.mark.parametrize("topic", sorted(topic.name for topic in TOPICS.values() if not topic.ellipsis))
def test_every_real_topic_is_answered_in_an_invented_language_with_the_visible_fallback(grown_content, topic):
    answer = grown_content.answers[topic]
    choice = choose(grown_content, topic, "qfa", answer.valid_from or answer.reviewed or date(2031, 1, 1))
    assert isinstance(choice, Choice)
    assert render(grown_content, choice).text.startswith(f"(English)\n{answer.text.texts['en']}")


def test_every_real_sentence_and_word_of_the_pages_is_borrowed_and_not_missing(grown_content):
    for key in grown_content.interface.sentences:
        assert sentence(grown_content, key, "qfa").text.startswith("(English)\n")
    assert web(grown_content, "qfa") == web(grown_content, "en")


def test_an_invented_language_is_offered_with_its_name_in_every_language(grown_content):
    for language in grown_content.languages:
        choice = choose(grown_content, LANGUAGE_TOPIC, language, date(2031, 1, 1))
        offered = {button.id: button.title for button in render(grown_content, choice).buttons}
        assert offered["language:qfa"] == "Tok Faro"
        assert len(offered) == len(grown_content.languages)


def test_an_invented_language_is_served_while_its_files_are_written(shelf):
    library = Library(shelf.root)
    for change in revise.add_language(shelf.root, "qfa", "Tok Faro", ["en"], []):
        write(shelf.root, [change])
        library.refresh()
        assert not library.broken
    assert library.current().languages["qfa"].name == "Tok Faro"


def test_the_order_of_fallbacks_is_the_order_of_the_register(shelf, today, add_third_language):
    add_third_language(shelf)
    shelf.replace("languages.yml", "fallback: [en]}", "fallback: [es, en]}")
    content = shelf.content()
    assert render(content, choose(content, "fever", "qfa", today)).text.startswith("(Español)\nBeba")


def test_a_language_can_be_taken_away(shelf, today):
    shelf.replace("languages.yml", "  en: {name: English, fallback: [es], called: [inglés, english]}\n", "")
    content = shelf.content()
    assert render(content, choose(content, "fever", "en", today)).text.startswith("Beba agua")
    assert {problem.code for problem in shelf.check()} == {"unknown_language"}


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "bot" / "answers").glob("*.py")), ids=lambda file: file.name
)
def test_no_language_is_named_in_the_code(file):
    if file.name.startswith(("sentences", "problems")):
        assert '"es"' in file.read_text(encoding="utf-8")  # the catalogue of problems is for staff, in their languages
    else:
        text = file.read_text(encoding="utf-8")
        assert not [code for code in ('"es"', '"en"', '"fr"', "'es'", "'en'", "'fr'") if code in text]
