"""Rasa's generator: called as Rasa 3.6.21 calls it, it always answers, in the right language."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module", autouse=True)
def _rasa_without_tensorflow():
    from bot.rasa_compat import model_names, no_tensorflow

    model_names.install()
    no_tensorflow.install()


@pytest.fixture
def nlg(shelf, today):
    from rasa.utils.endpoints import EndpointConfig

    from bot.answers.nlg import AnswerLibraryNLG

    endpoint = EndpointConfig(type="bot.answers.nlg.AnswerLibraryNLG", content=str(shelf.root))
    return AnswerLibraryNLG(endpoint_config=endpoint, domain=None, today=lambda: today)


def tracker(language="en"):
    return SimpleNamespace(latest_message=SimpleNamespace(parse_data={"language": language}))


def generate(nlg, action, talk=None, **kwargs):
    return asyncio.run(nlg.generate(action, talk or tracker(), "faro", **kwargs))


def test_rasa_itself_builds_it_from_endpoints(shelf):
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.utils.endpoints import EndpointConfig

    from bot.answers.nlg import AnswerLibraryNLG

    endpoint = EndpointConfig.from_dict({"type": "bot.answers.nlg.AnswerLibraryNLG", "content": str(shelf.root)})
    assert isinstance(NaturalLanguageGenerator.create(endpoint, None), AnswerLibraryNLG)


def test_an_utter_action_of_rasa_becomes_a_bot_utterance(nlg):
    from rasa.core.actions.action import ActionBotResponse
    from rasa.core.channels import CollectingOutputChannel
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    talk = DialogueStateTracker("x", [])
    talk.update(UserUttered("hello", parse_data={"language": "en", "intent": {"name": "attack"}}))
    run = ActionBotResponse("utter_attack").run(CollectingOutputChannel(), nlg, talk, Domain.empty())
    (event,) = asyncio.run(run)
    assert event.text == "In danger? Call 911 or 104."
    assert event.data["buttons"] == [
        {"title": "Fever", "payload": "topic:fever"},
        {"title": "Menu", "payload": "topic:show_menu"},
        {"title": "en back", "payload": "area:danger"},
    ]
    # So that a short question right after it is known to be about it.
    assert event.metadata["topic"] == "attack"


def test_the_responses_of_a_custom_action_are_filled_in_by_rasa(nlg):
    from rasa.core.actions.action import RemoteAction
    from rasa.core.channels import CollectingOutputChannel
    from rasa_sdk.executor import CollectingDispatcher

    say = CollectingDispatcher()
    say.utter_message(response="utter_suggestions", topics=["fever", "attack"], language="es")
    say.utter_message(response="utter_sentence_language_changed", language="es")
    say.utter_message(response="utter_suggestions", topics=["fever"], key="choose_one")
    say.utter_message(response="utter_attack", buttons=[{"title": "More", "payload": "more"}])
    channel = CollectingOutputChannel()
    events = asyncio.run(RemoteAction._utter_responses(say.messages, channel, nlg, tracker("en")))
    assert [event.text for event in events] == [
        "es not_understood",
        "es language_changed",
        "en choose_one",
        "In danger? Call 911 or 104.",
    ]
    assert [one["payload"] for one in events[0].data["buttons"]] == ["topic:fever", "topic:attack", "none_of_these"]
    assert events[3].data["buttons"][-1] == {"title": "More", "payload": "more"}
    # Rasa appends to the list it gets: the next answer must not carry what was appended.
    assert len(generate(nlg, "utter_attack")["buttons"]) == 3


@pytest.mark.parametrize(
    ("understood", "override", "text"),
    [
        ("en", None, "In danger? Call 911 or 104."),
        ("es", None, "Llame al 911 o al 104."),
        ("en", "es", "Llame al 911 o al 104."),
        (None, None, "Llame al 911 o al 104."),
        ("", None, "Llame al 911 o al 104."),
        ({"code": "en"}, None, "Llame al 911 o al 104."),
        ("pt", None, "Llame al 911 o al 104."),
    ],
)
def test_the_language_is_the_overriding_one_then_that_of_the_message_then_the_default(nlg, understood, override, text):
    kwargs = {"language": override} if override else {}
    assert generate(nlg, "utter_attack", tracker(understood), **kwargs)["text"] == text


@pytest.mark.parametrize(
    "talk",
    [
        SimpleNamespace(),
        SimpleNamespace(latest_message=None),
        SimpleNamespace(latest_message=SimpleNamespace(parse_data=None)),
    ],
)
def test_a_dialogue_without_a_message_gets_the_default_language(nlg, talk):
    assert generate(nlg, "utter_attack", talk)["text"] == "Llame al 911 o al 104."


def test_sentences_come_with_their_buttons(nlg):
    assert generate(nlg, "utter_sentence_erase_confirm") == {
        "text": "en erase_confirm",
        "buttons": [
            {"title": "en erase_yes", "payload": "erase:yes"},
            {"title": "en erase_no", "payload": "erase:no"},
        ],
        "topic": "",
        "content_version": nlg.library.version,
        "also": [],
    }
    assert generate(nlg, "utter_default")["text"] == "en not_understood_ag"


def test_an_unknown_answer_is_admitted_and_an_unknown_sentence_is_trouble(nlg):
    assert generate(nlg, "utter_moon")["text"].startswith("en no_answer_yet\n\nOffice")
    assert generate(nlg, "utter_sentence_moon")["text"] == "en trouble"


def test_the_menu_short_questions_and_the_nearest_services_come_from_the_library(nlg):
    assert generate(nlg, "utter_area", area="health")["buttons"] == [
        {"title": "Fever", "payload": "topic:fever"},
        {"title": "en menu", "payload": "topic:show_menu"},
    ]
    assert generate(nlg, "utter_area", area="moon")["text"] == "Choose."
    followed = generate(nlg, "utter_follow_up", question="ask_cost", after="fever")
    assert (followed["text"], followed["topic"]) == ("In danger? Call 911 or 104.", "attack")
    near = generate(nlg, "utter_nearest", kind="roof", town="bahia", near="")
    assert "Lighthouse House: A roof for a night\n≈ 2 km" in near["text"]


def asked_two(topic, *also):
    parse_data = {"language": "en", "intent": {"name": topic}, "also": list(also)}
    return SimpleNamespace(latest_message=SimpleNamespace(parse_data=parse_data))


def test_two_questions_in_one_breath_get_both_answers_in_one_message_where_it_fits(nlg):
    response = generate(nlg, "utter_attack", asked_two("attack", "show_menu"))
    assert response["text"] == "In danger? Call 911 or 104.\n\nChoose."
    assert (response["topic"], response["also"]) == ("attack", [])
    assert len(response["buttons"]) == 4


def test_two_long_answers_are_two_messages(nlg, shelf):
    shelf.replace("answers/health/fever.yml", "Drink water", "Drink water " * 75)
    nlg.library.refresh()
    response = generate(nlg, "utter_attack", asked_two("attack", "fever"))
    assert response["text"] == "In danger? Call 911 or 104."
    (other,) = response["also"]
    assert other["text"].startswith("Drink water Drink water")
    assert other["buttons"]


@pytest.mark.parametrize(
    "uttered", ["utter_suggestions", "utter_follow_up", "utter_sentence_trouble", "utter_show_menu"]
)
def test_what_is_not_the_answer_to_the_first_question_brings_no_second(nlg, uttered):
    assert generate(nlg, uttered, asked_two("attack", "fever"), topics=["fever"])["also"] == []


def test_the_same_question_twice_is_answered_once(nlg):
    assert generate(nlg, "utter_attack", asked_two("attack", "attack"))["also"] == []


def test_an_edit_is_heard_without_a_restart(nlg, shelf):
    shelf.replace("answers/danger/attack.yml", "In danger?", "Afraid?")
    nlg.library.refresh()
    assert generate(nlg, "utter_attack")["text"] == "Afraid? Call 911 or 104."


JUNK = st.none() | st.text(max_size=10) | st.integers() | st.lists(st.text(max_size=5) | st.integers(), max_size=3)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    action=st.text(max_size=20)
    | st.sampled_from(
        [
            "utter_suggestions",
            "utter_sentence_",
            "utter_",
            "utter_fever",
            "utter_area",
            "utter_follow_up",
            "utter_nearest",
        ]
    ),
    understood=JUNK,
    kwargs=st.dictionaries(
        st.sampled_from(["language", "topics", "key", "area", "question", "after", "kind", "town", "near", "text"]),
        JUNK,
    ),
)
def test_whatever_rasa_asks_the_answer_is_never_empty(nlg, action, understood, kwargs):
    response = generate(nlg, action, tracker(understood), **kwargs)
    assert response["text"].strip()
    assert all(one["title"] and one["payload"] for one in response["buttons"])


def creole(*earlier):
    """A dialogue whose newest message is Haitian Creole, after messages in these languages."""
    said = [*earlier, "ht"]
    events = [SimpleNamespace(type_name="user", parse_data={"written_in": one} if one else {}) for one in said]
    parsed = {"language": "en", "written_in": "ht"}
    return SimpleNamespace(latest_message=SimpleNamespace(parse_data=parsed), events=events)


def test_a_language_that_faro_does_not_speak_is_greeted_in_itself(nlg):
    note = nlg.speaker.sentence("written_in_ht", "en").text
    assert generate(nlg, "utter_attack", creole())["text"] == f"{note}\n\nIn danger? Call 911 or 104."
    assert generate(nlg, "utter_attack", creole(None, ""))["text"].startswith(note)


def test_it_is_said_once_and_not_above_every_answer(nlg):
    assert generate(nlg, "utter_attack", creole("ht", None))["text"] == "In danger? Call 911 or 104."
