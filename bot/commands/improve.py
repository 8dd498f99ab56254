"""`bot improve RUN`: measure a change of training data that the console asked for. What the worker starts.

Nothing of the project is touched: both models are trained, where they have to be, in a folder of their own below DATA_DIR
that is gone afterwards. How far it is stands in the run's row.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import log, settings
from bot.log import place_of
from bot.settings import ROOT
from bot.web import setup

if TYPE_CHECKING:
    from bot.evaluation.outcome import Outcome
    from bot.evaluation.questions import Question
    from console.review.models import Run

#: How much it gives way to everything else (nice(2)): people who write come first.
MODEST = 19

#: Seconds between two signs of life.
BEAT = 3.0

#: Seconds that a training takes on two quiet cores; how far it is is not known, only how long it has run.
TRAINING = 240.0

#: Of an installation without test questions, every so many-th example is kept out of both trainings and asked instead.
HELD_OUT = 5

#: Begins the name of a working folder.
FOLDER = "improve-"

#: What a working copy of the project has beside its own data and models.
_LINKED = ("actions", "bot", "config.yml", "content", "credentials.yml", "domain.yml", "endpoints.yml")


def run(arguments: list[str]) -> int:
    """Measure one run; 0 when its result is kept, 1 when it failed or was cancelled."""
    parser = argparse.ArgumentParser(prog="bot improve", description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=int, help="the number of the run, already marked as running")
    options = parser.parse_args(arguments)
    config = settings.read()
    log.configure(config.log_level, as_json=config.log_format == "json")
    os.nice(MODEST)
    setup()
    return _Measurement(options.run, config.data_dir).run()


class _Measurement:
    """One run, from its change to its result."""

    def __init__(self, pk: int, data_dir: Path) -> None:
        from console.review.models import Run

        self._pk = pk
        self._begun = time.monotonic()
        self._step, self._step_begun, self._fraction = Run.Step.WAIT, self._begun, 0.0
        self._plan: Sequence[Run.Step] = ()
        self._over = threading.Event()
        data_dir.mkdir(parents=True, exist_ok=True)
        for left in data_dir.glob(f"{FOLDER}*"):  # of a process that was killed; there is one at a time
            shutil.rmtree(left, ignore_errors=True)
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=data_dir))

    def run(self) -> int:
        from django.utils import timezone

        from console.review import runs
        from console.review.models import Run

        signal.signal(signal.SIGTERM, lambda *_: self._leave(1))
        threading.Thread(target=self._beat, name="beat", daemon=True).start()
        row = Run.objects.filter(pk=self._pk, state=Run.State.RUNNING).first()
        try:
            if row is None:
                return 1
            error, result = self._measured(row)
        except OSError as trouble:
            error = "space" if trouble.errno in (errno.ENOSPC, errno.EROFS, errno.EACCES) else place_of(trouble)
        except Exception as trouble:
            error = place_of(trouble)
        else:
            if not error:
                self._over.set()
                runs.finish(self._pk, result, now=timezone.now())
                return 0
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._over.set()
        runs.fail(self._pk, error, now=timezone.now())
        _say(f"bot improve: {error}")
        return 1

    def _measured(self, row: Run) -> tuple[str, dict[str, Any]]:
        """An error's code or "", and what was found."""
        from bot.answers.check import read_topics
        from bot.evaluation.comparison import compare
        from bot.evaluation.questions import read
        from bot.rasa_compat import guards, training
        from console.review import changes, proposal
        from console.review.models import Run

        lines = proposal.judged(ROOT, proposal.waiting(row.change))
        if changes.digest(lines) != row.digest:
            return "changed", {}
        changed = proposal.files(ROOT, lines)
        topics, _ = read_topics(ROOT / "data" / "topics.yml")
        safety = frozenset(topic.name for topic in topics.values() if topic.safety)
        languages = sorted(path.name for path in (ROOT / "data" / "nlu").iterdir() if path.is_dir())
        place = ROOT / "tests" / "questions"
        held_out = not place.is_dir()
        after = _copy(ROOT, self._folder / "after")
        for one in changed:
            (after / one.name).write_bytes(one.after.encode())
        before = _copy(ROOT, self._folder / "before")
        if held_out:
            questions = hold_out(before, ())
            hold_out(after, {(line.language, line.topic, line.text) for line in lines})
        else:
            questions = read([place], topics, languages)
        model, trained = training.model_path(ROOT), training.model_path(before)
        if model.name == trained.name and not guards.model_problems(model):
            trained.parent.mkdir()
            trained.symlink_to(model)
        self._plan = [step for step in Run.Step if step != Run.Step.TRAIN_BEFORE or not trained.exists()]
        if not trained.exists():
            self._at(Run.Step.TRAIN_BEFORE)
            training.train(before)
        self._at(Run.Step.TRAIN_AFTER)
        training.train(after)
        self._at(Run.Step.ASK_BEFORE)
        old = self._asked(before, questions)
        self._at(Run.Step.ASK_AFTER)
        new = self._asked(after, questions)
        found = compare(old, new, safety)
        return "", found | {"held_out": held_out, "seconds": round(time.monotonic() - self._begun)}

    def _asked(self, root: Path, questions: Sequence[Question]) -> list[Outcome]:
        from actions.dialogue import likeliest
        from actions.suggest import OFFERED
        from bot.evaluation.outcome import ask
        from bot.rasa_compat.understanding import Understanding

        understanding = Understanding.of_project(root)
        done = 0

        def understand(text: str) -> Any:
            nonlocal done
            done += 1
            self._fraction = done / max(len(questions), 1)
            return understanding.understand(text)

        def offer(ranking: Sequence[str]) -> list[str]:
            return likeliest([{"name": topic} for topic in ranking], OFFERED)

        return ask(questions, understand, offer, time.perf_counter)

    def _at(self, step: Run.Step) -> None:
        self._step, self._step_begun, self._fraction = step, time.monotonic(), 0.0

    def _percent(self) -> int:
        """How far the whole is, in hundredths: trainings weigh three times as much as asking."""
        weights = {step: 3.0 if step.value.startswith("train") else 1.0 for step in self._plan if step != "wait"}
        done = 0.0
        for step, weight in weights.items():
            if step == self._step:
                ran = (time.monotonic() - self._step_begun) / TRAINING
                done += weight * min(self._fraction or (ran if weight > 1 else 0.0), 0.97)
                break
            done += weight
        return int(100 * done / sum(weights.values())) if weights and self._step in weights else 0

    def _beat(self) -> None:
        """Say that it is alive until it is no longer wanted, or takes too long; then end at once, wherever it is."""
        from django.db import DatabaseError, connections
        from django.utils import timezone

        from console.review import runs

        while True:
            try:
                if time.monotonic() - self._begun > runs.LONGEST.total_seconds():
                    runs.fail(self._pk, "too_long", now=timezone.now())
                wanted = runs.beat(self._pk, self._step, self._percent(), now=timezone.now())
                if not wanted and not self._over.is_set():
                    self._leave(1)
            except DatabaseError:
                connections.close_all()  # it is tried again; who stays away too long is taken for dead
            if self._over.wait(BEAT):
                return

    def _leave(self, code: int) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(code)  # a training heeds no exception for minutes


def hold_out(root: Path, kept: Collection[tuple[str, str, str]]) -> list[Question]:
    """Take every HELD_OUT-th example out of a copy's training data, chosen by its words, and return them as questions.

    Args:
        root: the copy.
        kept: (language, topic, text) of what must stay: the lines of the change.
    """
    from bot.evaluation.questions import Question
    from console.review import training_file

    questions = []
    for path in sorted((root / "data" / "nlu").rglob("*.yml")):
        source = path.read_bytes().decode("utf-8")
        language = path.parent.name
        out = [
            one
            for one in training_file.read(source)
            if (language, one.intent, one.text) not in kept and _digit(one.text) % HELD_OUT == 0
        ]
        path.write_bytes(training_file.without(source, {one.line for one in out}).encode())
        questions += [Question(language, one.intent, "plain", one.text, path.name, one.line + 1) for one in out]
    return questions


def _digit(text: str) -> int:
    return hashlib.sha256(text.casefold().encode()).digest()[0]


def _copy(root: Path, target: Path) -> Path:
    """A project that can be trained without touching the real one: data copied, everything else linked."""
    target.mkdir()
    for name in _LINKED:
        if (root / name).exists():
            (target / name).symlink_to(root / name)
    shutil.copytree(root / "data", target / "data")
    return target


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
