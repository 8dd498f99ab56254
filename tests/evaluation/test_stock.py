"""What stock Rasa says of the questions, and what happens where it cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation import stock
from bot.evaluation.questions import Question
from bot.words import FALLBACK
from tests.bench import stock as bench
from tests.bench import stock_project, understanding

QUESTIONS = [
    Question("es", "greet", "plain", "hola", "es.yml", 3),
    Question("es", "snakebite", "plain", "me mordió una culebra", "es.yml", 4),
]


def test_its_fallback_is_a_rejection_and_no_topic_of_the_ranking() -> None:
    found = stock.outcomes(
        QUESTIONS,
        [
            {"topic": "greet", "ranking": [["greet", 0.9], ["deny", 0.05]]},
            {"topic": FALLBACK, "ranking": [[FALLBACK, 0.3], ["greet", 0.2], ["snakebite", 0.1]]},
        ],
    )
    assert [one.right for one in found] == [True, False]
    assert found[1].rejected
    assert found[1].ranking == (("greet", 0.2), ("snakebite", 0.1))
    assert found[1].right_among_three


def test_an_answer_for_every_question_or_none_at_all() -> None:
    with pytest.raises(ValueError, match="zip"):
        stock.outcomes(QUESTIONS, [{"topic": "greet", "ranking": []}])


def test_without_the_projects_tests_it_is_said_that_it_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(stock.StockError, match="tests/bench"):
        stock.ask(QUESTIONS, epochs=1, root=tmp_path)


def test_the_module_that_is_run_exists() -> None:
    assert understanding.__name__ == stock.MODULE


def test_it_is_not_trained_again_on_the_same_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[Path] = []

    def noting(folder: Path, *, epochs: int) -> None:
        trained.append(folder)
        raise FileNotFoundError("no stock environment in this test")

    monkeypatch.setattr(stock_project, "write_project", noting)
    bench.model(tmp_path).parent.mkdir()
    bench.model(tmp_path).touch()
    record = {"examples": stock_project.digest(), "seconds": 12.5}
    (tmp_path / bench.RECORD).write_text(json.dumps(record), encoding="utf-8")
    assert understanding.train(tmp_path, epochs=3) == 12.5
    assert not trained
    (tmp_path / bench.RECORD).write_text(json.dumps({**record, "examples": "others"}), encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        understanding.train(tmp_path, epochs=3)
    assert trained == [tmp_path]
