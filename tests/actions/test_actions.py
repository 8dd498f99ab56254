"""Every action, called as Rasa calls it: through rasa_sdk's executor, with the tracker that Rasa sends."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions import dialogue, language
from actions.careful import LAST_RESORT, CarefulAction
from actions.language import language_asked_for
from bot.answers.nlg import AREA, FOLLOW_UP, NATIONALITY, NEAREST, SENTENCE_PREFIX, SUGGESTIONS
from bot.answers.required import SENTENCES
from bot.settings import ROOT
from tests.actions.executing import BEGUN, LISTEN, Event, call, did, effects, responses, topics, user
from tests.logs import written

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
PRIVATE = "my passport is RX-4471"

# The roll


def test_the_actions_are_those_of_the_domain(executor: ActionExecutor) -> None:
    assert sorted(executor.actions) == sorted(DOMAIN["actions"])


def test_every_action_of_the_domain_is_reached_by_a_rule() -> None:
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert set(DOMAIN["actions"]) <= used


def _our_actions() -> list[type]:
    found, waiting = [], [Action]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.partition(".")[0] == "actions":
                found.append(one)
    return found


def test_every_action_is_careful_and_leaves_run_alone(executor: ActionExecutor) -> None:
    ours = [one for one in _our_actions() if one is not CarefulAction]
    assert len(ours) == len(executor.actions)
    for action in ours:
        assert issubclass(action, CarefulAction)
        assert action.run is CarefulAction.run, action
    assert inspect.isabstract(CarefulAction)


def test_every_class_is_called_as_its_action() -> None:
    for action in _our_actions():
        if action is not CarefulAction:
            words = re.findall(r"[A-Z][a-z]*", action.__name__)
            assert action().name() == "_".join(words).lower()


def test_whatever_an_action_utters_exists() -> None:
    """Names of utterances in the code of actions/: topics of the domain, sentences of the interface, or guesses."""
    uttered = {
        node.value
        for path in sorted((ROOT / "actions").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"utter_\w+[a-z]", node.value)
    }
    assert uttered
    for name in uttered - {SUGGESTIONS, AREA, FOLLOW_UP, NATIONALITY, NEAREST}:
        if name.startswith(SENTENCE_PREFIX):
            assert name.removeprefix(SENTENCE_PREFIX) in SENTENCES
        else:
            assert name in DOMAIN["responses"]


# What an action does when it fails


@pytest.mark.parametrize("name", DOMAIN["actions"])
def test_an_action_that_raises_still_answers_and_logs_no_text(
    executor: ActionExecutor, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = next(one for one in _our_actions() if one is not CarefulAction and one().name() == name)

    def act(_self: object, say: Any, tracker: Any) -> None:
        say.utter_message(json_message={"effect": {"kind": "erase", "value": ""}})
        say.utter_message(response="utter_sentence_erase_done")
        raise ValueError(f"{tracker.latest_message['text']} is too much")

    monkeypatch.setattr(action, "act", act)
    with written() as lines:
        result = call(executor, name, [*BEGUN, user("greet", text=PRIVATE)])
    assert responses(result) == [LAST_RESORT]
    assert effects(result) == []
    assert "action failed  trace= error=ValueError" in lines.getvalue()
    assert f"action={name}" in lines.getvalue()
    assert "RX-4471" not in lines.getvalue()


@pytest.mark.parametrize("name", DOMAIN["actions"])
def test_an_action_says_something_even_of_an_empty_dialogue(executor: ActionExecutor, name: str) -> None:
    assert responses(call(executor, name, []))


_EVENTS = st.lists(
    st.builds(user, st.sampled_from(DOMAIN["intents"] + ["nlu_fallback", ""]), text=st.text(max_size=20))
    | st.builds(did, st.sampled_from([*DOMAIN["actions"], *DOMAIN["responses"], "action_listen"])),
    max_size=8,
)


@given(name=st.sampled_from(DOMAIN["actions"]), events=_EVENTS)
def test_no_dialogue_silences_an_action(name: str, events: list[Event]) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert responses(call(executor, name, events))
    assert LAST_RESORT not in responses(call(executor, name, events))


# Not understood


NOT_UNDERSTOOD = user(
    "nlu_fallback", "return_cost", "greet", "health_cost", "out_of_scope", "health_where", "asylum_apply"
)


def test_what_is_not_understood_brings_the_likeliest_topics(executor: ActionExecutor) -> None:
    result = call(executor, "action_suggest", [*BEGUN, NOT_UNDERSTOOD])
    assert responses(result) == [SUGGESTIONS]
    assert topics(result) == ["return_cost", "health_cost", "health_where"]


def test_the_second_failure_in_a_row_brings_the_menu_and_a_person(executor: ActionExecutor) -> None:
    again = [*BEGUN, NOT_UNDERSTOOD, did("action_suggest"), LISTEN, NOT_UNDERSTOOD]
    assert responses(call(executor, "action_suggest", again)) == ["utter_sentence_not_understood_again"]


def test_a_failure_after_something_understood_is_a_first_one(executor: ActionExecutor) -> None:
    events = [*BEGUN, NOT_UNDERSTOOD, did("action_suggest"), LISTEN, user("return_cost"), did("utter_return_cost")]
    assert responses(call(executor, "action_suggest", [*events, LISTEN, NOT_UNDERSTOOD])) == [SUGGESTIONS]


def test_a_refused_guess_is_no_second_failure_but_the_failure_after_it_is(executor: ActionExecutor) -> None:
    refused = [*BEGUN, NOT_UNDERSTOOD, did("action_suggest"), LISTEN, user("none_of_these")]
    assert dialogue.failures_in_a_row(refused) == 1
    again = [*refused, did("utter_sentence_none_of_these"), LISTEN, NOT_UNDERSTOOD]
    assert responses(call(executor, "action_suggest", again)) == ["utter_sentence_not_understood_again"]


def test_without_a_single_guess_nothing_is_guessed(executor: ActionExecutor) -> None:
    result = call(executor, "action_suggest", [*BEGUN, user("nlu_fallback", "greet", "insult")])
    assert responses(result) == ["utter_sentence_not_understood_again"]


# Yes and no


AFTER_GUESSES = [*BEGUN, NOT_UNDERSTOOD, did("action_suggest"), LISTEN]
AFTER_ERASE = [*BEGUN, user("erase_data"), did("utter_erase_data"), LISTEN]


def test_yes_after_the_question_of_erasure_erases(executor: ActionExecutor) -> None:
    result = call(executor, "action_affirm", [*AFTER_ERASE, user("affirm")])
    assert effects(result) == [("erase", "")]
    assert responses(result) == ["utter_sentence_erase_done"]


def test_yes_later_than_the_question_of_erasure_erases_nothing(executor: ActionExecutor) -> None:
    events = [*AFTER_ERASE, user("return_cost"), did("utter_return_cost"), LISTEN, user("affirm")]
    result = call(executor, "action_affirm", events)
    assert effects(result) == []
    assert responses(result) == ["utter_affirm"]


def test_no_after_the_question_of_erasure_keeps_everything(executor: ActionExecutor) -> None:
    result = call(executor, "action_deny", [*AFTER_ERASE, user("deny")])
    assert (responses(result), effects(result)) == (["utter_sentence_erase_cancelled"], [])


def test_yes_to_one_guess_answers_it(executor: ActionExecutor) -> None:
    events = [*BEGUN, user("nlu_fallback", "return_cost"), did("action_suggest"), LISTEN, user("affirm")]
    assert responses(call(executor, "action_affirm", events)) == ["utter_return_cost"]


def test_yes_to_several_guesses_asks_which(executor: ActionExecutor) -> None:
    result = call(executor, "action_affirm", [*AFTER_GUESSES, user("affirm")])
    assert topics(result) == ["return_cost", "health_cost", "health_where"]
    assert [one["key"] for one in result["responses"]] == ["choose_one"]


def test_yes_the_second_time_is_about_nothing_because_nothing_was_offered(executor: ActionExecutor) -> None:
    events = [*AFTER_GUESSES, NOT_UNDERSTOOD, did("action_suggest"), LISTEN, user("affirm")]
    assert responses(call(executor, "action_affirm", events)) == ["utter_affirm"]
    dangerous = {**NOT_UNDERSTOOD, "parse_data": {**NOT_UNDERSTOOD["parse_data"], "safety": True}}
    events = [*AFTER_GUESSES, dangerous, did("action_suggest"), LISTEN, user("affirm")]
    assert topics(call(executor, "action_affirm", events)) == ["return_cost", "health_cost", "health_where"]


def test_no_to_guesses_asks_for_other_words(executor: ActionExecutor) -> None:
    assert responses(call(executor, "action_deny", [*AFTER_GUESSES, user("deny")])) == ["utter_sentence_none_of_these"]


@pytest.mark.parametrize(("name", "said"), [("action_affirm", "utter_affirm"), ("action_deny", "utter_deny")])
def test_yes_and_no_to_nothing_ask_for_the_question(executor: ActionExecutor, name: str, said: str) -> None:
    assert responses(call(executor, name, [*BEGUN, user(name.removeprefix("action_"))])) == [said]


# The rest


@pytest.mark.parametrize(
    ("name", "effect", "said"),
    [
        ("action_erase", ("erase", ""), "utter_sentence_erase_done"),
        ("action_request_human", ("handover", "asked"), "utter_ask_human"),
        ("action_note_unhelpful", ("feedback", "unhelpful"), "utter_report_not_helpful"),
    ],
)
def test_an_effect_comes_with_its_words(
    executor: ActionExecutor, name: str, effect: tuple[str, str], said: str
) -> None:
    result = call(executor, name, [*BEGUN, user("greet")])
    assert (effects(result), responses(result)) == ([effect], [said])


# Languages


def _language(result: dict[str, Any]) -> str:
    changed = [value for kind, value in effects(result) if kind == "language"]
    if not changed:
        assert responses(result) == ["utter_choose_language"]
        return ""
    assert responses(result) == ["utter_sentence_language_changed"]
    assert [one["language"] for one in result["responses"] if one["response"]] == changed
    return changed[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("speak English please", "en"),
        ("English", "en"),
        ("can you write in english?", "en"),
        ("hábleme en inglés por favor", "en"),
        ("puede ser en ingles", "en"),
        ("en anglais s'il vous plaît", "en"),
        ("en español por favor", "es"),
        ("ESPAÑOL", "es"),
        ("i want spanish", "es"),
        ("en espagnol", "es"),
        ("castellano", "es"),
        ("parlez français svp", "fr"),
        ("francais", "fr"),
        ("do you speak French", "fr"),
        ("en francés", "fr"),
        ("pale franse", "fr"),
        ("no entiendo español", ""),
        ("no hablo inglés", ""),
        ("I don't speak Spanish", ""),
        ("I don’t understand french", ""),
        ("je ne parle pas espagnol", ""),
        ("je comprends pas l'anglais", ""),
        ("not English, French", "fr"),
        ("I don't understand, in English please", "en"),
        ("no hablo español, inglés por favor", "en"),
        ("sorry no spanish english please", "en"),
        ("English not Spanish", "en"),
        ("español no", ""),
        ("je ne comprends pas l'espagnol mais le français oui", "fr"),
        ("no hablo ni inglés ni español", ""),
        ("no hablo ni inglés ni español, en francés", "fr"),
        ("I speak no Spanish or English", ""),
        ("in French instead of Spanish", "fr"),
        ("en español en vez de inglés", "es"),
        ("english o español", ""),
        ("speak slowly please", ""),
        ("otro idioma", ""),
        ("Inglesia", ""),
        ("", ""),
    ],
)
def test_a_language_asked_for_in_words(executor: ActionExecutor, text: str, code: str) -> None:
    said = user("choose_language", text=text)
    said["parse_data"]["text"] = text
    assert _language(call(executor, "action_choose_language", [*BEGUN, said])) == code


@pytest.mark.parametrize(("value", "code"), [("fr", "fr"), ("en", "en"), ("xx", ""), (None, "")])
def test_the_button_of_a_language(executor: ActionExecutor, value: str | None, code: str) -> None:
    entities = [{"entity": "language", "value": value}] if value else []
    events = [*BEGUN, user("set_language", entities=entities)]
    assert _language(call(executor, "action_set_language", events)) == code


@pytest.mark.parametrize("broken", [None, "", "languages: [", "languages:\n  es: 7\n", "\x00"])
def test_languages_change_while_the_register_is_being_edited(
    executor: ActionExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str | None
) -> None:
    register = tmp_path / "languages.yml"
    register.write_bytes(language.REGISTER.read_bytes())
    monkeypatch.setattr(language, "REGISTER", register)
    events = [*BEGUN, user("set_language", entities=[{"entity": "language", "value": "fr"}])]
    assert _language(call(executor, "action_set_language", events)) == "fr"
    if broken is None:
        register.unlink()
    else:
        register.write_text(broken, encoding="utf-8")
    assert _language(call(executor, "action_set_language", events)) == "fr"


@given(st.text())
def test_any_text_asks_for_one_of_the_languages_or_none(text: str) -> None:
    called = {"es": ["español"], "en": ["english"]}
    assert language_asked_for(text, called) in ("", "es", "en")
