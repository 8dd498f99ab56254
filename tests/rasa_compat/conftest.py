"""A tiny assistant, trained once by Rasa itself, and a copy of the project in which files can be spoilt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

DOMAIN = """\
version: "3.1"
intents: [greet, secret_door, nothing_said, broken, none_of_these, confirm_erasure, keep_data, set_language]
entities: [language]
actions: [action_that_nobody_serves]
responses:
  utter_greet:
  - text: Good day.
    buttons: [{title: Door, payload: "topic:secret_door"}, {title: Menu, payload: "command:greet"}]
  utter_secret_door: [{text: The door is open.}]
  utter_erased:
  - custom: {effect: {kind: erase}}
  utter_effect_only: [{custom: {effect: {kind: feedback, value: unhelpful}}}]
  utter_lost: [{text: Say it in other words.}]
  utter_receipt: [{text: All gone.}]
session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: false}
"""

CONFIG = """\
recipe: default.v1
assistant_id: tiny
language: en
pipeline: [{name: KeywordIntentClassifier}]
policies: [{name: RulePolicy, core_fallback_threshold: 0.3, core_fallback_action_name: utter_lost}]
"""

NLU = """\
version: "3.1"
nlu:
- {intent: greet, examples: "- good morning\\n- hello"}
- {intent: secret_door, examples: "- open sesame\\n- let me in"}
- {intent: nothing_said, examples: "- mumble\\n- hum"}
- {intent: broken, examples: "- crash\\n- boom"}
"""

RULES = """\
version: "3.1"
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: door, steps: [{intent: secret_door}, {action: utter_secret_door}]}
- {rule: effect only, steps: [{intent: nothing_said}, {action: utter_effect_only}]}
- {rule: erase, steps: [{intent: confirm_erasure}, {action: utter_erased}, {action: utter_receipt}]}
- {rule: broken, steps: [{intent: broken}, {action: action_that_nobody_serves}]}
"""


@dataclass
class Tiny:
    """The trained model of the tiny assistant, and what Rasa tried to send while it trained."""

    model: Path
    agent: Any
    sent: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """An agent with two answers; it keeps dialogues in our store, as in production."""
    folder = tmp_path_factory.mktemp("tiny")
    for name, text in (("domain.yml", DOMAIN), ("config.yml", CONFIG), ("nlu.yml", NLU), ("rules.yml", RULES)):
        (folder / name).write_text(text, encoding="utf-8")
    sent: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("RASA_MAX_CACHE_SIZE", "0")
        patch.setenv("TQDM_DISABLE", "1")
        patch.setattr("requests.post", lambda address, *_args, **_kwargs: sent.append(str(address)))
        patch.setattr("rasa.telemetry._send_event", lambda _id, name, *_args: sent.append(name))
        from rasa.model_training import train

        result = train(
            domain="domain.yml",
            config="config.yml",
            training_files=["nlu.yml", "rules.yml"],
            output=str(folder),
            fixed_model_name="tiny",
            force_training=True,
        )
    assert result.model is not None

    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain

    from bot.rasa_compat.session_store import SessionTrackerStore

    agent = Agent(tracker_store=SessionTrackerStore(Domain.empty()))
    agent.load_model(result.model)
    return Tiny(Path(result.model), agent, sent)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's own files, to be spoilt."""
    root = tmp_path / "project"
    root.mkdir()
    for folder in ("bot", "actions", "data", "content"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, root / name)
    return root


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Run]:
    """Runs Python in a process of its own, where nothing has been imported yet."""

    def run(*arguments: str, root: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        clean = {"HOME": str(tmp_path), "DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(root), **environ}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=root,
            env={**inherited, **clean},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    yield run
