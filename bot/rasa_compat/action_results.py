"""Checks an action's answer against Rasa's schema without checking the schema itself every time.

`RemoteAction._validate_action_result` calls `jsonschema.validate`, which first proves that the schema is a schema: 16 ms
of a turn's time on each action call, a fifth of what Rasa spends under load (docs/figures/benchmark.md). The schema
never changes, so it is proved once.
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for


def install() -> None:
    """Let Rasa validate what an action server answers with a validator that was built once."""
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate_action_result(_self: Any, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate_action_result
