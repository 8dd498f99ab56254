from __future__ import annotations

import pytest
from rasa_sdk.executor import ActionExecutor


@pytest.fixture(scope="module")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor
