"""Measurements: one at a time, by a process of their own, whose death is noticed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from bot.evaluation.comparison import compare
from bot.evaluation.outcome import Outcome
from bot.evaluation.questions import Question
from console.audit.models import AuditEntry
from console.permissions import Role
from console.review import changes, measured, proposal, runs, starter
from console.review.models import Change, Run
from console.review.starter import Starter
from console.review.verdicts import Choice, Kind, decide
from tests.console.page import CheckingClient
from tests.console.review.conftest import NOW, ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva(db: None) -> User:
    return User.objects.create_user("eva")


@pytest.fixture
def change(eva: User) -> Change:
    return Change.objects.create(by=eva, at=NOW)


def queued(change: Change, eva: User, digest: str = "d") -> Run:
    return runs.ask_for(change, eva, digest, now=NOW)


def state(run: Run) -> tuple[str, str]:
    run.refresh_from_db()
    return run.state, run.error


def test_asking_twice_for_the_same_makes_one_run_and_for_other_lines_another(change: Change, eva: User) -> None:
    first = queued(change, eva)
    assert queued(change, eva) == first
    second = queued(change, eva, "other")
    assert second != first
    assert state(first)[0] == "cancelled"


def test_one_runs_at_a_time(change: Change, eva: User) -> None:
    first = queued(change, eva)
    other = queued(Change.objects.create(by=eva, at=NOW), eva)
    assert runs.claim_next(now=NOW) == first
    assert runs.claim_next(now=NOW) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=other.pk).update(state="running")
    runs.finish(first.pk, {"won": 1}, now=NOW)
    assert state(first)[0] == "done"
    assert runs.claim_next(now=NOW) == other


def test_a_run_that_says_nothing_any_more_is_marked_failed_and_the_next_begins(change: Change, eva: User) -> None:
    first = queued(change, eva)
    runs.claim_next(now=NOW)
    assert runs.beat(first.pk, Run.Step.TRAIN_AFTER, 40, now=NOW + timedelta(seconds=60))
    other = queued(Change.objects.create(by=eva, at=NOW), eva)
    assert runs.claim_next(now=NOW + timedelta(seconds=120)) is None
    assert runs.claim_next(now=NOW + timedelta(seconds=60) + runs.DEAD_AFTER + timedelta(seconds=1)) == other
    assert state(first) == ("failed", "died")
    assert not runs.beat(first.pk, Run.Step.TRAIN_AFTER, 50, now=NOW), "it is told to end when it was only slow"


def test_what_was_cancelled_hears_of_it_and_keeps_nothing(change: Change, eva: User) -> None:
    run = queued(change, eva)
    runs.claim_next(now=NOW)
    assert runs.cancel(change, now=NOW) == 1
    assert not runs.beat(run.pk, Run.Step.ASK_AFTER, 90, now=NOW)
    runs.finish(run.pk, {"won": 1}, now=NOW)
    runs.fail(run.pk, "x", now=NOW)
    run.refresh_from_db()
    assert (run.state, run.result, run.error) == ("cancelled", {}, "")


# The process that starts the process


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "LOOK_EVERY", 0.02)


def look(one: Starter, stop: threading.Event, until: Callable[[], bool]) -> None:
    for _ in range(500):
        one.look(stop)
        if until():
            return
    raise AssertionError("it never came")


def test_a_process_that_dies_is_noticed(change: Change, eva: User, impatient: None, tmp_path: Path) -> None:
    run = queued(change, eva)
    one = Starter(tmp_path, (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    look(one, threading.Event(), lambda: state(run)[0] == "failed")
    assert state(run) == ("failed", "died")


def test_a_process_gets_the_number_of_the_run_and_what_it_says_stands(
    change: Change, eva: User, impatient: None, tmp_path: Path
) -> None:
    run = queued(change, eva)
    one = Starter(tmp_path, (sys.executable, "-c", "import sys; open('told', 'w').write(sys.argv[1])"))
    stop = threading.Event()
    look(one, stop, (tmp_path / "told").exists)
    runs.finish(run.pk, {}, now=NOW)
    for _ in range(50):
        one.look(stop)
    assert (tmp_path / "told").read_text() == str(run.pk)
    assert state(run) == ("done", "")


def test_a_worker_that_stops_leaves_the_run_to_the_next(
    change: Change, eva: User, impatient: None, tmp_path: Path
) -> None:
    run = queued(change, eva)
    one = Starter(tmp_path, (sys.executable, "-c", "import time; time.sleep(60)"))
    one.look(threading.Event())
    assert state(run)[0] == "running"
    process = one._process
    stopped = threading.Event()
    stopped.set()
    one.look(stopped)
    assert state(run)[0] == "queued"
    assert process is not None and process.poll() is not None


# What is compared


def outcome(topic: str, predicted: str, language: str = "es") -> Outcome:
    return Outcome(Question(language, topic, "plain", f"{topic}?", "x", 1), predicted, (), (), language, 1.0)


def test_figures_before_and_after_by_language() -> None:
    before = [
        outcome("fire", "fire"),
        outcome("fire", "cost"),
        outcome("cost", "cost"),
        outcome("out_of_scope", "cost"),
        outcome("cost", "cost", "fr"),
    ]
    after = [
        outcome("fire", "cost"),
        outcome("fire", "cost"),
        outcome("cost", "fire"),
        outcome("out_of_scope", "nlu_fallback"),
        outcome("cost", "cost", "fr"),
    ]
    found = compare(before, after, {"fire"})
    spanish = found["languages"]["es"]
    assert spanish["questions"] == 4
    assert spanish["before"] == {
        "right": [2, 4],
        "dangers": [1, 2],
        "false_alarms": [0, 2],
        "out_of_scope": [0, 1],
    }
    assert spanish["after"] == {"right": [1, 4], "dangers": [0, 2], "false_alarms": [1, 2], "out_of_scope": [1, 1]}
    assert found["languages"]["fr"]["after"]["out_of_scope"] == [0, 0]
    assert (found["won"], found["lost"]) == (1, 2)
    assert [(one["topic"], one["predicted"], one["safety"]) for one in found["worst"]] == [
        ("fire", "cost", True),
        ("cost", "fire", False),
    ]


def test_what_the_page_makes_of_it() -> None:
    stored = compare([outcome("fire", "fire")] * 2, [outcome("fire", "fire"), outcome("fire", "x")], {"fire"})
    shown = measured.result(stored)
    (language, questions, figures) = shown["languages_measured"][0]
    assert (language, questions) == ("es", 2)
    dangers = figures[1]
    assert (dangers.before, dangers.after, dangers.change, dangers.verdict) == ("100.0 %", "50.0 %", "−50.0", "worse")
    assert (figures[3].before, figures[3].verdict) == ("–", "")
    assert shown["dangers_fell"] == ["es"]


# The page


@pytest.fixture
def editor(somebody: Any, eva: User) -> CheckingClient:
    client: CheckingClient = somebody(Role.EDITOR, name="eva")
    return client


def test_a_measurement_from_the_page(editor: CheckingClient, eva: User) -> None:
    message = ask("me piden plata por el cupo del avión de vuelta")
    (made,) = decide(eva, [message.pk], Choice(Kind.TOPIC, "es", "return_cost"), two_people=False, now=NOW)
    change = changes.draft(eva, [made.pk], now=NOW)
    address = f"/console/review/changes/{change.pk}/"
    assert editor.post(f"{address}measure")["Location"] == f"{address}#measured"
    run = change.runs.get()
    assert AuditEntry.objects.filter(action="evaluated", name="eva").count() == 1
    assert "espera su turno" in editor.get(address).content.decode()
    runs.claim_next(now=NOW)
    runs.beat(run.pk, Run.Step.TRAIN_AFTER, 37, now=NOW)
    part = editor.get(f"{address}run", headers={"HX-Request": "true"}).content.decode()
    assert "entrena con el cambio · 37 %" in part and "<html" not in part
    stored = compare(
        [outcome("medical_emergency", "medical_emergency")],
        [outcome("medical_emergency", "greet")],
        {"medical_emergency"},
    )
    runs.finish(run.pk, stored | {"seconds": 400, "held_out": False}, now=NOW)
    shown = editor.get(address).content.decode()
    assert "100.0 % → <strong>0.0 %</strong>" in shown and "Tardó 7 minutos." in shown
    assert "Con este cambio Faro ve menos peligros." in shown
    assert 'hx-trigger="every 3s"' not in shown

    changes.reword(change, {made.pk: "cobran el cupo del vuelo de regreso"}, ())
    shown = editor.get(address).content.decode()
    assert "Las líneas cambiaron desde entonces." in shown

    editor.post(f"{address}measure")
    assert "se canceló" in editor.post(f"{address}cancel", follow=True).content.decode()
    assert change.runs.order_by("pk").last().state == "cancelled"


@pytest.mark.parametrize("error", ["died", "too_long", "ValueError at x.py:3"])
def test_a_failure_is_a_sentence(editor: CheckingClient, eva: User, error: str) -> None:
    change = Change.objects.create(by=eva, at=NOW)
    run = queued(change, eva)
    runs.claim_next(now=NOW)
    runs.fail(run.pk, error, now=NOW)
    shown = editor.get(f"/console/review/changes/{change.pk}/").content.decode()
    assert 'class="trouble"' in shown
    assert "ValueError" not in shown


def test_there_must_be_something_to_measure(editor: CheckingClient, eva: User) -> None:
    change = Change.objects.create(by=eva, at=NOW)
    shown = editor.post(f"/console/review/changes/{change.pk}/measure", follow=True).content.decode()
    assert "No hay ninguna línea para medir." in shown
    assert proposal.waiting(change) == []
