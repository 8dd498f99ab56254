"""What `bot evaluate` measures beside Faro's own model on Faro's own questions: other systems, and public data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.evaluation.outcome import Outcome
    from bot.evaluation.public import Public
    from bot.evaluation.questions import Question


def say(sentence: str) -> None:
    """Tell whoever waits; stdout belongs to the report."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def on_public_data(path: Path, *, seed: int) -> dict[str, Public]:
    """Accuracy of the topic model with the recipe of config.yml on a file of public data.

    Raises:
        FaroError: the file cannot be used.
    """
    from bot.evaluation import public
    from bot.rasa_compat import placeholders

    rows = public.read(path)
    placeholders.install()
    say(f"Learning and asking {len(rows):,} rows of {path.name} ...")
    return public.measure(rows, public.recipes(public.recipe_of(ROOT / "config.yml")), seed=seed)


def trained(
    questions: list[Question], *, baselines: bool, stock_epochs: int | None
) -> tuple[dict[str, list[Outcome]], list[str]]:
    """What other systems, trained on the same examples, make of the questions, and a sentence about each training.

    Args:
        questions: what to ask.
        baselines: whether to train and ask the models of bot.evaluation.baselines.
        stock_epochs: epochs of stock Rasa, or None to leave it out.

    Raises:
        FaroError: stock Rasa could not be measured.
    """
    found: dict[str, list[Outcome]] = {}
    notes: list[str] = []
    if baselines:
        from bot.evaluation.baselines import ask, examples, train

        texts, topics = examples(ROOT)
        say(f"Training baselines on {len(texts):,} examples ...")
        found |= ask(train(texts, topics), topics, questions)
        notes.append(
            f"{', '.join(found)}: trained in this run on the same {len(texts):,} examples of data/nlu; none has a "
            "threshold: what it does not take for out_of_scope it answers"
        )
    if stock_epochs is not None:
        from bot.evaluation import stock

        done = stock.ask(questions, epochs=stock_epochs, root=ROOT)
        name = f"stock Rasa, {stock_epochs} epochs"
        found[name] = done.outcomes
        notes.append(
            f"{name}: Rasa {done.version} as it is published (DIET and FallbackClassifier of its default pipeline), the "
            f"same examples, trained in {done.seconds / 60:,.0f} min in an environment of its own"
        )
    else:
        notes.append("stock Rasa (DIET) is not in this run: `--stock-epochs N` adds it; 100 epochs take hours")
    return found, notes
