"""Stock Rasa beside Faro: its classifier needs TensorFlow and Python 3.10, so it is asked in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import FaroError
from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import Question
from bot.words import FALLBACK

#: Installs, trains and asks it; beside the tests, because none of it belongs to what is installed with Faro.
MODULE = "tests.bench.understanding"


class StockError(FaroError):
    """Stock Rasa could not be measured."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What became of the questions, the version of Rasa, and the seconds that its training took."""

    outcomes: list[Outcome]
    version: str
    seconds: float


def ask(questions: Sequence[Question], *, epochs: int, root: Path) -> Stock:
    """Train it on data/nlu of the project in `root`, unless that was done before, and ask it.

    Raises:
        StockError: the project's tests are not there, or it could not be installed, trained or asked.
    """
    if not (root / Path(*MODULE.split("."))).with_suffix(".py").is_file():
        raise StockError("Stock Rasa is measured from the project's own folder: tests/bench is not here.")
    done = subprocess.run(
        [sys.executable, "-m", MODULE, "--epochs", str(epochs)],
        cwd=root,
        input=json.dumps([question.text for question in questions]),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StockError("Stock Rasa could not be measured; its own message is above.")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return Stock(outcomes(questions, found["understood"]), str(found["version"]), float(found["seconds"]))


def outcomes(questions: Sequence[Question], understood: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """What became of the questions, from what Rasa's parser says: topic and ranking, where its fallback is in both."""
    return [
        Outcome(
            question,
            one["topic"] or FALLBACK,
            tuple((topic, float(confidence)) for topic, confidence in one["ranking"] if topic != FALLBACK),
            (),
            "",
            0.0,
        )
        for question, one in zip(questions, understood, strict=True)
    ]
