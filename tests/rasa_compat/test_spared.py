"""A process that only understands messages loads nothing that only channels, stores and drawings of Rasa need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.rasa_compat.spared import SPARED
from bot.settings import ROOT

_SCRIPT = """\
import json, sys
from bot.rasa_compat import placeholders
placeholders.install(only_understanding=True)
import rasa.core.agent, rasa.core.run, rasa.core.channels
from bot.rasa_compat import spared
real = [name for name in spared.SPARED if getattr(sys.modules.get(name), "__file__", None)]
refused = []
for name in spared.SPARED:
    try:
        __import__(name).anything
    except spared.LibraryIsSpared as error:
        refused.append(name)
print(json.dumps({"real": real, "refused": refused}))
"""

_TRAINING = """\
from bot.rasa_compat import placeholders
placeholders.install()
import sklearn.linear_model, matplotlib, questionary
print(sklearn.linear_model.LogisticRegression)
"""


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


def test_none_of_them_is_loaded_and_each_refuses_to_be_used() -> None:
    found = json.loads(run(_SCRIPT))
    assert found["real"] == []
    assert sorted(found["refused"]) == sorted(SPARED)


def test_training_and_stock_commands_have_the_real_ones() -> None:
    assert "LogisticRegression" in run(_TRAINING)


@pytest.mark.parametrize("name", SPARED)
def test_rasa_still_has_what_is_spared(name: str) -> None:
    """When a library is not installed any more, because Rasa no longer needs it, its line here is left over."""
    done = subprocess.run(
        [sys.executable, "-c", f"import importlib.util as u; assert u.find_spec({name!r})"], check=False
    )
    assert done.returncode == 0, f"{name} is not installed: take it out of SPARED"
