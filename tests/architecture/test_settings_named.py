"""One file reads the environment, one file lists the variables, and both list the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from bot.settings import ROOT
from bot.variables import VARIABLES
from tests.architecture.imports import modules

#: Who touches the environment besides bot/settings.py, and why.
ALLOWED = {
    "bot.settings": "reads every setting",
    "bot.commands.up_plan": "hands the environment on to its children, with OMP_NUM_THREADS kept if it is set",
    "bot.commands.talk": "sets the settings of the throw-away conversation for itself and its children",
    "bot.commands.rasa": "sets what Rasa's YAML files name",
    "bot.rasa_compat.server": "sets what Rasa's YAML files name",
    "bot.rasa_compat.placeholders": "switches Rasa's telemetry and SQLAlchemy's announcement off",
    "bot.rasa_compat.guards": "judges the environment that Rasa is about to read",
    "bot.rasa_compat.training": "switches Rasa's cache and bars off",
    "bot.supervisor": "hands the environment on to its children",
    "bot.backup.postgres": "hands the environment on to the programs of PostgreSQL, with the password",
    "bot.web": "names Django's settings module",
}


def test_the_example_lists_every_variable_and_no_other() -> None:
    listed = re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(VARIABLES)


def test_the_example_holds_no_value() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#") and not line.endswith("=")] == []


def test_the_list_is_what_the_file_reads() -> None:
    source = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    read = {
        node.value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        for node in call.args[:1]
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch("[A-Z][A-Z0-9_]+", node.value)
    }
    assert read == set(VARIABLES)


def environment_readers(module: str, source: str) -> Iterator[str]:
    """Every place of a source where the environment is touched."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv"):
            yield f"{module}:{node.lineno}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for one in node.names:
                if one.name in ("environ", "environb", "getenv", "putenv"):
                    yield f"{module}:{node.lineno}"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A']",
        "import os\nos.getenv('A')",
        "from os import environ",
        "from os import getenv as g",
        "import os as system\nsystem.environ.get('A')",
    ],
)
def test_the_checker_sees_whoever_reads_the_environment(source: str) -> None:
    assert list(environment_readers("somewhere", source))


def test_nobody_else_reads_the_environment() -> None:
    found = {
        module: list(environment_readers(module, path.read_text(encoding="utf-8"))) for module, path in modules(ROOT)
    }
    assert {module for module, places in found.items() if places} == set(ALLOWED)
