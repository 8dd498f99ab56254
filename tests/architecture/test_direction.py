"""One direction: the imports of every module are those that its room allows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.architecture.imports import ROOMS, Import, imports, modules, room_of, violations

MODULES = list(modules(ROOT))


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[module for module, _ in MODULES])
def test_a_module_imports_what_its_room_may(module: str, path: Path) -> None:
    found = violations(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    assert not found, "\n".join(map(str, found))


def test_rasa_is_named_by_the_rooms_that_extend_it_and_by_nobody_else() -> None:
    naming = {
        room_of(module)
        for module, path in MODULES
        for one in imports(module, path.read_text(encoding="utf-8"))
        if one.target.partition(".")[0] in ("rasa", "rasa_sdk", "sanic")
    }
    assert naming == {
        "actions",
        "bot.answers.nlg",
        "bot.commands.rasa",
        "bot.nlu",
        "bot.nlu.names",
        "bot.nlu.places",
        "bot.rasa_compat",
        "bot.rasa_compat.action_results",
        "bot.rasa_compat.no_tensorflow",
        "bot.rasa_compat.server",
        "bot.rasa_compat.training",
        "bot.rasa_compat.understanding",
    }


def test_every_room_exists() -> None:
    known = {module for module, _ in MODULES}
    missing = {room for room in ROOMS if room not in known and not any(one.startswith(room) for one in known)}
    assert not missing


@pytest.mark.parametrize(
    ("module", "source", "target"),
    [
        ("bot.words", "import yaml", "yaml"),
        ("bot.words", "from bot.errors import FaroError", "bot.errors.FaroError"),
        ("bot.settings", "from bot import words", "bot.words"),
        ("bot.answers.render", "import rasa.shared", "rasa.shared"),
        ("bot.answers.render", "from bot.nlu.text import fold", "bot.nlu.text.fold"),
        ("bot.answers.nlg", "from bot.conversations import turn", "bot.conversations.turn"),
        ("bot.nlu.topics", "from django.db import models", "django.db"),
        ("bot.nlu.topics", "from bot.channels.contract import Channel", "bot.channels.contract.Channel"),
        ("bot.nlu.topics", "from bot.conversations.triage import triage", "bot.conversations.triage.triage"),
        ("bot.rasa_compat.turn_channel", "from bot.conversations.triage import a", "bot.conversations.triage.a"),
        ("bot.rasa_compat.understanding", "from bot.conversations.models import A", "bot.conversations.models.A"),
        ("bot.rasa_compat.server", "def f():\n    import django", "django"),
        ("bot.conversations.turn", "from rasa_sdk import Tracker", "rasa_sdk"),
        ("bot.conversations.turn", "import sanic", "sanic"),
        ("bot.conversations.turn", "from bot.rasa_compat import choices", "bot.rasa_compat.choices"),
        ("bot.conversations.turn", "from bot.channels import webchat", "bot.channels.webchat"),
        ("bot.conversations.turn", "from bot.channels.webchat import bell", "bot.channels.webchat.bell"),
        ("bot.conversations.turn", "from bot.answers.library import Library", "bot.answers.library.Library"),
        ("bot.channels.webchat.views", "from bot.channels.terminal import A", "bot.channels.terminal.A"),
        ("bot.channels.telegram", "import rasa", "rasa"),
        ("bot.commands.talk", "import rasa", "rasa"),
        ("bot.web.health", "from bot.rasa_compat import guards", "bot.rasa_compat.guards"),
        ("actions.human", "from bot.words import Effect", "bot.words.Effect"),
        ("actions.human", "import django", "django"),
        ("console.views", "import rasa", "rasa"),
        ("bot.words", "import importlib\nimportlib.import_module('rasa.core')", "rasa.core"),
        ("bot.words", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import yaml", "yaml"),
        ("bot.conversations.turn", "from ..rasa_compat import choices", "bot.rasa_compat.choices"),
    ],
)
def test_the_checker_finds_the_wrong_direction(module: str, source: str, target: str) -> None:
    assert [one.target for one in violations(module, source)] == [target]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.words", "from __future__ import annotations\nimport dataclasses, enum"),
        ("bot.answers.nlg", "from rasa.core.nlg.generator import NaturalLanguageGenerator"),
        ("bot.rasa_compat.understanding", "from bot.conversations.triage import triage"),
        ("bot.conversations.deliver", "from bot.channels.contract import Channel"),
        ("bot.conversations.turn", "from .claim import Claim\nfrom . import effects"),
        ("bot.commands.rasa", "from rasa.__main__ import main"),
        ("bot.commands.talk", "from bot import log"),
    ],
)
def test_the_checker_lets_the_right_direction_pass(module: str, source: str) -> None:
    assert violations(module, source) == []


def test_a_module_without_a_room_is_named() -> None:
    with pytest.raises(LookupError, match=r"bot\.cellar"):
        violations("bot.cellar", "")


def test_an_import_says_where_it_stands() -> None:
    (found,) = violations("bot.words", "import re\n\nimport yaml\n")
    assert found == Import("bot.words", 3, "yaml")
    assert str(found) == "bot.words:3 imports yaml"


def test_the_side_of_rasa_runs_without_django() -> None:
    """Imports of imports count too: no module of Rasa's process brings Django with it."""
    script = (
        "from bot.rasa_compat import placeholders\n"
        "placeholders.install()\n"
        "import sys\n"
        "import bot.rasa_compat.server, bot.rasa_compat.turn_channel, bot.rasa_compat.understanding\n"
        "import bot.nlu.language, bot.nlu.tokens, bot.nlu.encoder, bot.nlu.topics, bot.answers.nlg\n"
        "import rasa_sdk.executor\n"
        "rasa_sdk.executor.ActionExecutor().register_package('actions')\n"
        "print(sorted(n for n in sys.modules if n == 'django' or n == 'bot.conversations.models'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
