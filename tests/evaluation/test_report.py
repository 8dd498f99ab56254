"""The report: valid Markdown whose columns line up, and JSON with every number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.outcome import OUT_OF_SCOPE, Outcome, ask
from bot.evaluation.questions import Question
from bot.evaluation.report import ALL, Circumstances, Evaluation, as_json, as_markdown, evaluate, table
from bot.words import FALLBACK

SAFETY = frozenset({"snakebite"})
ABOUT = Circumstances(datetime(2031, 5, 20, 8, 0, tzinfo=UTC), "faro-0123456789ab", {"rasa": "3.6.21"}, ("es.yml",), 1)


@dataclass(frozen=True)
class Heard:
    topic: str
    language: str
    ranking: tuple[tuple[str, float], ...]


def understand(text: str) -> Heard:
    """A stand-in that understands the one thing it knows."""
    if "serpiente" in text:
        return Heard("snakebite", "es", (("snakebite", 0.9), ("greet", 0.1)))
    return Heard(FALLBACK, "en", (("greet", 0.3), ("snakebite", 0.2)))


def ticking() -> float:
    ticking.now += 0.005  # type: ignore[attr-defined]
    return ticking.now  # type: ignore[attr-defined,no-any-return]


ticking.now = 0.0  # type: ignore[attr-defined]

QUESTIONS = (
    Question("es", "snakebite", "plain", "me mordió una serpiente", "es.yml", 3),
    Question("es", "greet", "sms", "ola | *q* tal\n`serpiente`", "es.yml", 4),
    Question("en", "greet", "plain", "good day", "en.yml", 3),
    Question("en", OUT_OF_SCOPE, "plain", "weather tomorrow", "en.yml", 4),
)


def evaluation(questions: Sequence[Question] = QUESTIONS) -> Evaluation:
    return evaluate(ask(questions, understand, lambda ranking: ranking[:3], ticking), SAFETY, ABOUT)


def rows(markdown: str, first: str) -> list[str]:
    return [line for line in markdown.splitlines() if line.startswith(f"| {first} ")]


def test_asking_times_every_question_and_offers_topics_for_what_was_not_understood() -> None:
    calls: list[str] = []

    def noting(text: str) -> Heard:
        calls.append(text)
        return understand(text)

    found = ask(QUESTIONS, noting, lambda ranking: ranking[:1], ticking)
    assert calls == [QUESTIONS[0].text, *(one.text for one in QUESTIONS)]  # the first once more, to warm up
    assert [round(one.milliseconds) for one in found] == [5, 5, 5, 5]
    assert [one.offered for one in found] == [(), (), ("greet",), ("greet",)]
    assert ask([], noting, lambda ranking: ranking, ticking) == []


def test_the_report_says_when_what_and_with_what() -> None:
    told = as_markdown(evaluation())
    assert told.startswith("# How well messages are understood\n\n- Date: 2031-05-20 08:00 UTC\n")
    assert "- Model: faro-0123456789ab\n" in told
    assert "rasa 3.6.21" in told


def test_every_language_has_a_column_and_so_have_all_together() -> None:
    told = as_markdown(evaluation())
    assert rows(told, "measure")[0].split() == ["|", "measure", "|", "es", "|", "en", "|", "all", "|"]
    cells = [cell.strip() for cell in rows(told, "top-1 accuracy")[0].split("|")[1:-1]]
    assert cells == ["top-1 accuracy", "50.0 %", "50.0 %", "50.0 %"]
    cells = [cell.strip() for cell in rows(told, "false rejections")[0].split("|")[1:-1]]
    assert cells == ["false rejections", "0/2 0.0 %", "1/1 100.0 %", "1/3 33.3 %"]


def test_one_language_alone_has_no_column_for_all() -> None:
    found = evaluation(QUESTIONS[:2])
    assert list(found.measures) == ["es"]
    assert rows(as_markdown(found), "measure")[0].split() == ["|", "measure", "|", "es", "|"]


def test_a_perfect_run_has_no_confusions() -> None:
    assert "\n\nNone.\n\n" in as_markdown(evaluation(QUESTIONS[:1]))


def test_the_text_of_an_example_stays_on_its_line_and_is_no_markup() -> None:
    assert "  - es, sms: ola \\| \\*q\\* tal \\`serpiente\\`\n" in as_markdown(evaluation())


def test_json_holds_every_number_and_no_text_of_a_question() -> None:
    found = evaluation()
    written = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert written["measures"][ALL]["top_1"] == {"hits": 2, "total": 4, "value": 0.5}
    assert set(written["measures"][ALL]["top_1_interval"]) == {"low", "high"}
    assert written["measures"]["en"]["safety_recall"] == {"hits": 0, "total": 0, "value": None}
    assert written["measures"]["en"]["safety_recall_interval"] is None
    assert written["measures"]["es"]["language_by_length"]["4-6"]["hits"] == 2
    assert written["confusions"][0] == {
        "topic": "greet",
        "predicted": FALLBACK,
        "count": 1,
        "languages": {"en": 1},
    }
    assert [(one["path"], one["line"]) for one in written["questions"]] == [
        ("es.yml", 3),
        ("es.yml", 4),
        ("en.yml", 3),
        ("en.yml", 4),
    ]
    assert "serpiente" not in json.dumps(written)


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=5), st.integers(1, 3))
def test_whatever_stands_in_a_table_it_keeps_its_columns(cells: list[list[str]], names: int) -> None:
    lines = table(["a", "b", "c"], cells, names=names).split("\n")
    assert len(lines) == len(cells) + 2
    assert len({len(line) for line in lines}) == 1
    for line in lines:
        bare = line.replace("\\\\", "").replace("\\|", "")
        assert bare.count("|") == 4


def test_an_outcome_without_ranking_is_reported_too() -> None:
    unread = Outcome(QUESTIONS[0], FALLBACK, (), (), "", 1.0)
    found = evaluate([unread], SAFETY, ABOUT)
    assert as_json(found)["questions"][0]["confidence"] == 0.0
    cells = [cell.strip() for cell in rows(as_markdown(found), "calibration error")[0].split("|")[1:-1]]
    assert cells == ["calibration error", "-"]
