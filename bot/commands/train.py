"""`bot train [--force]`: a model for the present configuration, domain, data and code."""

from __future__ import annotations

import argparse
import sys
import time

from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Train when there is no model of the present state, or when forced."""
    parser = argparse.ArgumentParser(prog="bot train")
    parser.add_argument("--force", action="store_true", help="train even when the model fits")
    options = parser.parse_args(arguments)

    from bot.rasa_compat import guards, training

    model = training.model_path(ROOT)
    if not options.force and not guards.model_problems(model):
        _say(f"The model fits the project: {model.relative_to(ROOT)}")
        return 0
    _say("Training a model (about three minutes on two cores) ...")
    begun = time.monotonic()
    model = training.train(ROOT)
    _say(f"Trained in {time.monotonic() - begun:.0f} s: {model.relative_to(ROOT)}")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
