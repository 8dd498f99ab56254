"""What an action server answers is still checked, only not the schema each time."""

from __future__ import annotations

import inspect

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.rasa_compat import action_results

STOCK = inspect.getsource(RemoteAction._validate_action_result)


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    action_results.install()
    return RemoteAction("action_suggest", None)


def test_an_answer_in_the_right_form_passes(action: RemoteAction) -> None:
    assert action._validate_action_result({"events": [], "responses": [{"response": "utter_greet"}]})


@pytest.mark.parametrize("wrong", [{"responses": "none"}, {"responses": [1]}, {"events": [{"event": 7}]}, []])
def test_anything_else_is_refused_as_before(action: RemoteAction, wrong: object) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(wrong)


def test_rasa_still_proves_the_schema_on_every_call() -> None:
    """When this fails, Rasa builds its validator once and this workaround can go."""
    assert "validate(result, self.action_response_format_spec())" in STOCK
