"""Who says nothing but where they are from gets the answer before it once more; the library knows which countries it has."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from bot.answers.nlg import NATIONALITY
from tests.actions.executing import BEGUN, LISTEN, call, did, responses, user


def test_the_answer_before_is_named(executor: ActionExecutor) -> None:
    told = {"event": "bot", "timestamp": 1.0, "text": "", "data": {}, "metadata": {"topic": "consular_help"}}
    events = [*BEGUN, user("consular_help"), told, LISTEN, user("say_nationality")]
    result = call(executor, "action_nationality", events)
    assert responses(result) == [NATIONALITY]
    assert result["responses"][0]["after"] == "consular_help"


def test_out_of_nowhere_nothing_is_named(executor: ActionExecutor) -> None:
    greeted = [user("greet"), did("utter_greet"), LISTEN]
    for events in ([*BEGUN, user("say_nationality")], [*BEGUN, *greeted, user("say_nationality")]):
        assert call(executor, "action_nationality", events)["responses"][0]["after"] == ""
