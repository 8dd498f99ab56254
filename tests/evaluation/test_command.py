"""`bot evaluate` as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.evaluate import run
from bot.conversations.triage import triage
from bot.evaluation.outcome import OUT_OF_SCOPE
from bot.rasa_compat import training, understanding
from bot.settings import ROOT
from bot.words import FALLBACK, Kind

TINY = """\
language: es
questions:
  - {topic: return_cost, style: plain, text: "¿Cuánto cuesta volver a mi país?"}
  - {topic: snakebite, style: plain, text: "me mordió una culebra en la selva"}
  - {topic: out_of_scope, style: keyword, text: "👍"}
"""

FOREIGN = """\
language: pt
answered_in: [es]
questions:
  - {topic: return_overview, style: plain, text: "Eu quero voltar para casa, para o meu país."}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "es.yml"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_the_names_of_rejections_are_those_of_the_pipeline() -> None:
    assert understanding.FALLBACK == FALLBACK
    assert f"{OUT_OF_SCOPE}:" in (ROOT / "data" / "topics.yml").read_text(encoding="utf-8")


def test_a_tiny_file_is_measured_with_the_real_pipeline(tiny: Path) -> None:
    if not training.model_path(ROOT).is_file():
        pytest.skip("there is no model of the present state; `bot train` makes one")
    written, foreign, preface = (tiny.parent / name for name in ("figures.json", "pt.yml", "preface.md"))
    foreign.write_text(FOREIGN, encoding="utf-8")
    preface.write_text("Read this first.\n", encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bot", "evaluate", tiny, "--json", written.name),
            *("--untaught", foreign.name, "--preface", preface.name),
        ],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tiny.parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Nothing but the report on stdout: Rasa would print every message there.
    assert done.stdout.startswith("# How well messages are understood\n\nRead this first.\n\n- Date")
    assert "\n## Never taught\n" in done.stdout
    assert "\n## What was aimed at\n" in done.stdout
    assert "parse" not in done.stdout
    figures = json.loads(written.read_text(encoding="utf-8"))
    assert figures["model"].startswith("faro-")
    assert figures["versions"]["rasa"] == "3.6.21"
    assert figures["measures"]["es"]["questions"] == 3
    assert [one["line"] for one in figures["questions"]] == [3, 4, 5]
    assert figures["measures"]["es"]["safety_recall"] == {"hits": 1, "total": 1, "value": 1.0}
    # What is never taught has figures of its own, apart from those of the languages.
    assert list(figures["measures"]) == ["es"]
    assert figures["untaught"]["pt"]["questions"] == 1
    assert figures["untaught"]["pt"]["language"]["hits"] == 1
    # An emoji alone is not read: not understood is what a question out of scope deserves.
    assert triage(Kind.TEXT, "👍") is not None
    assert figures["measures"]["es"]["rejection_recall"]["hits"] == 1


def test_wrong_questions_are_refused_with_2_before_anything_is_loaded(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_text(TINY.replace("snakebite", "snake_bite"), encoding="utf-8")
    assert run([str(tiny)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"{tiny}:4: error: The topic “snake_bite” is not in the list of topics.\n"


def test_a_missing_file_is_refused_with_2(tmp_path: Path) -> None:
    assert run([str(tmp_path / "nothing.yml")]) == 2


@pytest.mark.parametrize("language", ["fr", "xx"])
def test_a_language_without_questions_is_refused_with_2(tiny: Path, language: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run([str(tiny), "--language", language])
    assert ended.value.code == 2


def test_without_questions_and_public_data_there_is_nothing_to_measure() -> None:
    with pytest.raises(SystemExit) as ended:
        run([])
    assert ended.value.code == 2


def test_a_preface_that_cannot_be_read_is_refused_with_2(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tiny), "--preface", str(tiny.parent / "no.md")]) == 2
    assert "no.md cannot be read" in capsys.readouterr().err


def test_wrong_questions_that_are_never_taught_are_refused_too(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = tiny.parent / "pt.yml"
    foreign.write_text(FOREIGN.replace("answered_in: [es]\n", ""), encoding="utf-8")
    assert run([str(tiny), "--untaught", str(foreign)]) == 2
    assert "“language” must be one of" in capsys.readouterr().err
