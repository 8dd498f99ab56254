"""`bot improve` measures a change from end to end: a tiny assistant, trained by Rasa with and without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

CONFIG = """\
recipe: default.v1
assistant_id: tiny
language: en
pipeline: [{name: KeywordIntentClassifier}]
policies: [{name: RulePolicy}]
"""
DOMAIN = (
    'version: "3.1"\nintents: [fire, cost]\nresponses:\n  utter_cost: [{text: Free.}]\n  utter_fire: [{text: Run.}]\n'
)
RULES = (
    'version: "3.1"\nrules:\n- {rule: c, steps: [{intent: cost}, {action: utter_cost}]}\n'
    "- {rule: f, steps: [{intent: fire}, {action: utter_fire}]}\n"
)
TOPICS = "areas:\n  home:\n    fire: {safety: true}\n    cost: {}\n"
NLU = """\
version: "3.1"
nlu:
  - intent: fire
    metadata:
      language: en
    examples: |
      - fire
      - flames
      - smoke
      - burning
      - inferno
      - blaze
  - intent: cost
    metadata:
      language: en
    examples: |
      - price
      - cost
      - fee
      - charge
      - tariff
      - sum
"""
QUESTIONS = """\
language: en
questions:
  - {topic: fire, style: plain, text: "there is fire here"}
  - {topic: fire, style: plain, text: "kitchen ablaze help"}
  - {topic: cost, style: plain, text: "what is the price"}
"""

#: Prepares a change of one line, lets it be measured, and tells how it ended. Arguments: project, what happens meanwhile.
SCRIPT = """\
import json, sys, threading, time
from pathlib import Path
from bot.web import setup
setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from django.contrib.auth.models import User
from django.utils import timezone
from bot.commands import improve
from bot.conversations.models import Contact, Message
from console.review import changes, proposal, runs
from console.review.models import Run
from console.review.verdicts import Choice, Kind, decide

root, meanwhile = Path(sys.argv[1]), sys.argv[2]
now = timezone.now()
eva = User.objects.create_user("eva")
contact = Contact.objects.create(channel="web", pseudonym="p", created_at=now, seen_at=now)
message = Message.objects.create(contact=contact, direction="in", channel="web", provider_id="1", text="ablaze",
                                 language="en", outcome="not_understood", state="answered", created_at=now)
(made,) = decide(eva, [message.pk], Choice(Kind.TOPIC, "en", "fire"), two_people=False, now=now)
change = changes.draft(eva, [made.pk], now=now)
lines = proposal.judged(root, proposal.waiting(change))
run = runs.ask_for(change, eva, changes.digest(lines), now=now)
runs.claim_next(now=now)
if meanwhile == "erased":
    contact.delete()
if meanwhile == "cancelled":
    runs.cancel(change, now=now)
improve.ROOT, improve.BEAT = root, 0.2
code = improve.run([str(run.pk)])
run.refresh_from_db()
print(json.dumps({"code": code, "state": run.state, "error": run.error, "percent": run.percent, "result": run.result}))
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    root = tmp_path / "tiny"
    files = {
        "config.yml": CONFIG,
        "domain.yml": DOMAIN,
        "endpoints.yml": "",
        "credentials.yml": "",
        "data/rules.yml": RULES,
        "data/topics.yml": TOPICS,
        "data/nlu/en/home.yml": NLU,
        "tests/questions/en.yml": QUESTIONS,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("bot", "actions", "content"):
        (root / name).symlink_to(ROOT / name)
    return root


def improve(tiny: Path, tmp_path: Path, meanwhile: str = "") -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(tiny), meanwhile],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path / "var"), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"code"')]
    return done, json.loads(lines[-1]) if lines else {}


def untouched(tiny: Path, tmp_path: Path) -> None:
    assert (tiny / "data/nlu/en/home.yml").read_text() == NLU
    assert not (tiny / "models").exists()
    assert list((tmp_path / "var").glob("improve-*")) == []


def test_a_change_is_measured_with_the_test_questions(tiny: Path, tmp_path: Path) -> None:
    done, told = improve(tiny, tmp_path)
    assert told, done.stderr[-3000:]
    assert (told["code"], told["state"], told["error"], told["percent"]) == (0, "done", "", 100)
    result = told["result"]
    assert result["languages"]["en"]["before"]["dangers"] == [1, 2]
    assert result["languages"]["en"]["after"]["dangers"] == [2, 2]
    assert (result["won"], result["lost"], result["held_out"]) == (1, 0, False)
    untouched(tiny, tmp_path)


def test_without_test_questions_every_fifth_example_is_kept_out_and_asked(tiny: Path, tmp_path: Path) -> None:
    (tiny / "tests/questions/en.yml").unlink()
    (tiny / "tests/questions").rmdir()
    done, told = improve(tiny, tmp_path)
    assert told, done.stderr[-3000:]
    assert (told["state"], told["error"]) == ("done", "")
    assert told["result"]["held_out"] is True
    assert 0 < told["result"]["languages"]["en"]["questions"] < 12
    untouched(tiny, tmp_path)


def test_a_change_whose_sentence_was_erased_meanwhile_is_not_measured(tiny: Path, tmp_path: Path) -> None:
    done, told = improve(tiny, tmp_path, "erased")
    assert told, done.stderr[-3000:]
    assert (told["code"], told["state"], told["error"]) == (1, "failed", "changed")
    untouched(tiny, tmp_path)


def test_a_cancelled_run_ends_at_its_next_sign_of_life(tiny: Path, tmp_path: Path) -> None:
    done, told = improve(tiny, tmp_path, "cancelled")
    assert done.returncode == 1 or told["state"] == "cancelled", done.stderr[-2000:]
    untouched(tiny, tmp_path)
