"""Further parts of the report: each shows the figure that was worked out by hand, better or not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.evaluation import aims, sections
from bot.evaluation.measures import Interval, Share, measure
from bot.evaluation.outcome import OUT_OF_SCOPE, Outcome
from bot.evaluation.public import LINEAR, PUBLISHED, WHOLE, Public
from bot.evaluation.questions import Question
from bot.words import FALLBACK

SAFETY = frozenset({"snakebite"})


def outcome(
    topic: str,
    predicted: str,
    *,
    language: str = "pt",
    understood: Sequence[str] = ("es",),
    found: str = "es",
    ranking: Sequence[tuple[str, float]] | None = None,
) -> Outcome:
    question = Question(language, topic, "plain", "one two three", "pt.yml", 3, tuple(understood))
    ranked = ((predicted, 0.9),) if ranking is None else tuple(ranking)
    return Outcome(question, predicted, ranked, (), found, 1.0)


def cells(markdown: str, first: str) -> list[list[str]]:
    """Every row of any table whose first cell is this."""
    lines = [line for line in markdown.splitlines() if line.startswith(f"| {first} ")]
    return [[cell.strip() for cell in line.split("|")[2:-1]] for line in lines]


def test_an_answer_in_any_language_that_would_be_understood_counts() -> None:
    asked = [
        outcome("greet", "greet", language="mixed", understood=("es", "en"), found="en"),
        outcome("greet", "greet", language="mixed", understood=("es", "en"), found="fr"),
        outcome("greet", "deny", language="mixed", understood=("fr", "es"), found="fr"),
        outcome("greet", "greet", found="es"),
    ]
    told = sections.never_taught(asked, SAFETY, seed=1)
    assert cells(told, "measure")[0] == ["mixed", "pt"]
    assert cells(told, "language")[0] == ["66.7 %", "100.0 %"]
    assert cells(told, "top-1 accuracy")[0] == ["66.7 %", "100.0 %"]
    # What was answered in, whether it would be understood or not.
    assert [cells(told, name)[0] for name in ("en", "es", "fr")] == [
        ["1/3 33.3 %", "0/1 0.0 %"],
        ["0/3 0.0 %", "1/1 100.0 %"],
        ["2/3 66.7 %", "0/1 0.0 %"],
    ]
    assert cells(told, "mixed: es + en") == [["2", "100.0 %", "50.0 %"]]
    assert cells(told, "mixed: fr + es") == [["1", "0.0 %", "100.0 %"]]


def test_one_language_alone_has_no_table_of_mixtures() -> None:
    assert "By the languages" not in sections.never_taught([outcome("greet", "greet")], SAFETY, seed=1)


def test_faro_without_its_thresholds_answers_the_first_topic_of_its_ranking() -> None:
    asked = [
        outcome("greet", FALLBACK, ranking=[("greet", 0.3), ("deny", 0.2)]),
        outcome(OUT_OF_SCOPE, FALLBACK, ranking=[("greet", 0.3)]),
        outcome("greet", FALLBACK, ranking=[]),  # not read at all
    ]
    assert [one.predicted for one in sections.unguarded(asked)] == ["greet", "greet", FALLBACK]


def test_every_system_has_its_row_in_every_table_of_the_comparison() -> None:
    asked = [
        outcome("snakebite", "snakebite"),
        outcome("greet", FALLBACK, ranking=[("greet", 0.3)]),
        outcome(OUT_OF_SCOPE, OUT_OF_SCOPE, language="es", understood=()),
    ]
    worse = [outcome("snakebite", "greet"), outcome("greet", "greet"), outcome(OUT_OF_SCOPE, "greet", language="es")]
    told = sections.beside_others({sections.FARO: asked, "another": worse}, ["trained so"], SAFETY, seed=1)
    assert cells(told, "system") == [["pt", "es"]] * 6
    top_1, top_3, recall, rejected, danger, alarms = zip(cells(told, "Faro"), cells(told, "another"), strict=True)
    assert top_1 == (["50.0 %", "100.0 %"], ["50.0 %", "0.0 %"])
    assert top_3 == (["100.0 %", "100.0 %"], ["50.0 %", "0.0 %"])
    assert recall == (["-", "100.0 %"], ["-", "0.0 %"])
    assert rejected == (["50.0 %", "-"], ["0.0 %", "-"])
    assert danger == (["100.0 %", "-"], ["0.0 %", "-"])
    assert alarms == (["0.0 %", "0.0 %"], ["0.0 %", "0.0 %"])
    assert "- trained so\n" in told


def test_what_is_aimed_at_is_said_to_be_reached_or_by_how_much_it_is_missed() -> None:
    right = [outcome("greet", "greet", language="es", understood=()) for _ in range(9)]
    nine_of_ten = measure([*right, outcome("greet", "snakebite", language="es", understood=())], SAFETY, seed=1)
    rows = {name: (bound, cell) for name, bound, cell in aims.rows({"es": nine_of_ten})}
    assert rows["top-1 accuracy"] == ("at least 92 %", "missed by 2.0")
    assert rows["top-3 accuracy"] == ("at least 97 %", "missed by 7.0")
    assert rows["safety: false alarms"] == ("at most 2 %", "missed by 8.0")
    assert rows["false rejections"] == ("at most 5 %", "reached")
    assert rows["language, from three words"] == ("at least 99 %", "reached")
    assert rows["safety: recall"] == ("at least 98 %", "-")  # none was about danger
    assert aims.rows_untaught({"pt": nine_of_ten, "another": nine_of_ten}) == [
        ["top-1 accuracy, Portuguese", "at least 80 %", "reached"]
    ]


@pytest.mark.parametrize(
    ("value", "at_most", "missed"), [(0.92, False, 0), (0.919, False, 0.001), (0.95, False, 0), (0.93, True, 0.01)]
)
def test_a_bound_is_reached_by_itself(value: float, at_most: bool, missed: float) -> None:
    assert aims.Aim("x", lambda one: None, 0.92, at_most).missed_by(value) == pytest.approx(missed)


def test_public_data_is_shown_beside_what_is_published_better_or_not() -> None:
    languages = ("en", "es", "fr", "pt")
    better = Public(100, {one: Share(80, 100) for one in languages}, {one: Interval(0.7, 0.9) for one in languages})
    worse = Public(100, {one: Share(50, 100) for one in languages}, dict.fromkeys(languages))
    told = sections.on_public_data({WHOLE: better, LINEAR: worse})
    assert cells(told, "model")[0] == list(languages)
    assert cells(told, WHOLE)[0] == ["80.0"] * 4
    assert cells(told, LINEAR)[0] == ["50.0"] * 4
    assert cells(told, "95 % interval") == [["70.0-90.0"] * 4, ["-"] * 4]
    published, ahead = cells(told, "USE + TF-IDF")
    assert published == [f"{PUBLISHED['USE + TF-IDF'][one]:.1f}" for one in languages]
    assert ahead == ["+1.6", "+6.1", "+4.7", "+6.0"]
    assert cells(sections.on_public_data({WHOLE: worse}), "USE + TF-IDF")[1] == ["-28.4", "-23.9", "-25.3", "-24.0"]
