"""The arithmetic of the figures, beside numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.measures import (
    LENGTHS,
    RESAMPLES,
    Interval,
    Share,
    calibration_error,
    confidences,
    confusions,
    interval,
    length,
    macro_f1,
    measure,
    percentile,
    share,
)
from bot.evaluation.outcome import OUT_OF_SCOPE, Outcome
from bot.evaluation.questions import STYLES, Question
from bot.words import FALLBACK

SAFETY = frozenset({"snakebite", "trafficking"})
TOPICS = ("greet", "return_cost", "snakebite", "trafficking", OUT_OF_SCOPE)


def outcome(
    topic: str,
    predicted: str,
    *,
    ranking: Sequence[tuple[str, float]] | None = None,
    offered: Sequence[str] = (),
    text: str = "one two three",
    style: str = "plain",
    spoken: str = "es",
    found: str = "es",
    milliseconds: float = 10.0,
) -> Outcome:
    ranked = ((predicted, 0.9),) if ranking is None else tuple(ranking)
    question = Question(spoken, topic, style, text, "es.yml", 1)
    return Outcome(question, predicted, ranked, tuple(offered), found, milliseconds)


#: Ten questions, as small as every figure allows.
TEN = (
    outcome("greet", "greet", style="keyword", text="hola", milliseconds=1),
    outcome("greet", FALLBACK, ranking=[("return_cost", 0.3), ("greet", 0.2)], offered=["greet"], milliseconds=2),
    outcome("return_cost", OUT_OF_SCOPE, milliseconds=3),
    outcome("return_cost", "snakebite", ranking=[("snakebite", 0.5), ("greet", 0.2), ("x", 0.1), ("return_cost", 0.1)]),
    outcome("snakebite", "snakebite"),
    outcome("snakebite", "trafficking", ranking=[("trafficking", 0.6), ("snakebite", 0.3)]),
    outcome("trafficking", FALLBACK, ranking=[("greet", 0.3)], offered=["snakebite"]),
    outcome(OUT_OF_SCOPE, OUT_OF_SCOPE, found="en", text="a b"),
    outcome(OUT_OF_SCOPE, FALLBACK, ranking=[("greet", 0.3)], style="story"),
    outcome(OUT_OF_SCOPE, "greet", style="story", text="one two three four five six seven eight"),
)


def test_the_figures_of_ten_questions_are_those_worked_out_by_hand() -> None:
    found = measure(TEN, SAFETY, seed=1)
    assert found.questions == 10
    assert found.top_1 == Share(4, 10)  # greet, snakebite, two of the three out of scope
    assert found.top_1_in_scope == Share(2, 7)
    assert found.top_3 == Share(
        6, 10
    )  # and the second greet, and the snakebite taken for trafficking; fourth is not third
    assert found.rejection_recall == Share(2, 3)
    assert found.rejection_precision == Share(2, 5)
    assert found.false_rejections == Share(3, 7)
    assert found.false_rejections_offered == Share(1, 3)
    assert found.safety_recall == Share(2, 3)
    assert found.safety_exact == Share(1, 3)
    assert found.safety_missed_offered == Share(1, 1)
    assert found.safety_false_alarms == Share(1, 7)
    assert found.language == Share(9, 10)
    assert found.language_by_length == {
        "1": Share(1, 1),
        "2": Share(0, 1),
        "3": Share(7, 7),
        "4-6": Share(0, 0),
        "7+": Share(1, 1),
    }
    assert found.top_1_by_style == {
        "plain": Share(2, 7),
        "keyword": Share(1, 1),
        "story": Share(1, 2),
        "sms": Share(0, 0),
        "dialect": Share(0, 0),
    }
    assert found.milliseconds_median == 10


def test_macro_f1_is_the_mean_over_the_topics_asked_about() -> None:
    truth = ["a", "a", "a", "b", "c"]
    answered = ["a", "a", "b", "b", "d"]
    # a: P 2/2, R 2/3, F1 0.8; b: P 1/2, R 1/1, F1 2/3; c: 0; d was never asked about
    assert macro_f1(truth, answered) == pytest.approx((0.8 + 2 / 3 + 0) / 3)
    assert macro_f1([], []) is None


def test_a_rejection_counts_as_out_of_scope_in_macro_f1() -> None:
    asked = [outcome(OUT_OF_SCOPE, FALLBACK), outcome("greet", FALLBACK), outcome("greet", "greet")]
    # out_of_scope: one hit of one asked and two given: 2/3; greet: one hit of two asked and one given: 2/3
    assert measure(asked, SAFETY, seed=1).macro_f1 == pytest.approx(2 / 3)


def test_calibration_error_is_the_mean_distance_in_each_bin() -> None:
    # [0.9, 1]: mean 0.95, half right -> 0.45 of 2; [0.3, 0.4): 0.35, right -> 0.65 of 1; [0.5, 0.6): 0.5, wrong -> 0.5 of 1
    confidence, right = [1.0, 0.9, 0.35, 0.5], [True, False, True, False]
    assert calibration_error(confidence, right) == pytest.approx((2 * 0.45 + 0.65 + 0.5) / 4)
    assert calibration_error([], []) is None


def test_over_and_under_confidence_cancel_inside_a_bin_and_not_between_bins() -> None:
    assert calibration_error([0.55, 0.55], [True, False]) == pytest.approx(0.05)
    assert calibration_error([0.45, 0.55], [True, False]) == pytest.approx(0.55)


def test_calibration_looks_at_the_likeliest_topic_below_the_threshold_too() -> None:
    asked = [
        outcome("greet", FALLBACK, ranking=[("greet", 0.3)]),
        outcome("greet", FALLBACK, ranking=[]),  # not read at all
        outcome(OUT_OF_SCOPE, FALLBACK, ranking=[("greet", 0.2)]),
    ]
    assert confidences(asked) == ([0.3, 0.2], [True, False])


def test_the_interval_is_as_wide_as_the_binomial_says() -> None:
    # 80 of 100: standard error sqrt(0.8 * 0.2 / 100) = 0.04, so 0.8 +- 1.96 * 0.04
    found = interval([True] * 80 + [False] * 20, seed=1)
    assert found is not None
    assert found.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert found.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)
    assert RESAMPLES == 1_000


def test_the_interval_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    flags = [n % 3 == 0 for n in range(1_000)]
    assert interval(flags, seed=7) == interval(flags, seed=7)
    assert interval(flags, seed=7) != interval(flags, seed=8)


def test_nothing_has_no_figures() -> None:
    found = measure([], SAFETY, seed=1)
    assert found.top_1 == Share(0, 0)
    assert found.top_1.value is None
    assert found.top_1_interval is None
    assert found.macro_f1 is None
    assert found.calibration_error is None
    assert found.milliseconds_median is None


def test_without_danger_and_foreign_questions_their_figures_are_of_nothing() -> None:
    found = measure([outcome("greet", "greet")], SAFETY, seed=1)
    assert found.safety_recall.value is None
    assert found.safety_recall_interval is None
    assert found.rejection_recall_interval is None
    assert found.rejection_precision.value is None


@pytest.mark.parametrize(
    ("words", "name"), [(1, "1"), (2, "2"), (3, "3"), (4, "4-6"), (6, "4-6"), (7, "7+"), (60, "7+")]
)
def test_length_counts_words(words: int, name: str) -> None:
    assert length(outcome("greet", "greet", text="  ".join(["ya"] * words))) == name


def test_percentiles_are_interpolated() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
    assert percentile([0.0, 100.0], 95) == pytest.approx(95.0)
    assert percentile([], 95) is None


def test_confusions_are_counted_by_direction_worst_first_and_the_surest_examples_lead() -> None:
    asked = [
        outcome("greet", "snakebite", ranking=[("snakebite", 0.5)], text="unsure"),
        outcome("snakebite", "greet"),
        outcome("greet", "snakebite", ranking=[("snakebite", 0.8)], text="sure"),
        outcome("greet", FALLBACK, ranking=[]),
        outcome("greet", "greet"),
        outcome(OUT_OF_SCOPE, FALLBACK),  # rejected: right
    ]
    pairs = confusions(asked, 10)
    assert [(pair.topic, pair.predicted, len(pair.outcomes)) for pair in pairs] == [
        ("greet", "snakebite", 2),
        ("greet", FALLBACK, 1),
        ("snakebite", "greet", 1),
    ]
    assert [one.question.text for one in pairs[0].outcomes] == ["sure", "unsure"]
    assert len(confusions(asked, 1)) == 1


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    ranked = draw(st.lists(st.sampled_from(TOPICS), unique=True, max_size=len(TOPICS)))
    scores = sorted(draw(st.lists(st.floats(0, 1), min_size=len(ranked), max_size=len(ranked))), reverse=True)
    predicted = ranked[0] if ranked and draw(st.booleans()) else FALLBACK
    return outcome(
        draw(st.sampled_from(TOPICS)),
        predicted,
        ranking=list(zip(ranked, scores, strict=True)),
        offered=ranked[:3] if predicted == FALLBACK else (),
        text=" ".join(["a"] * draw(st.integers(1, 9))),
        style=draw(st.sampled_from(STYLES)),
        found=draw(st.sampled_from(["es", "en", ""])),
        milliseconds=draw(st.floats(0, 1e6)),
    )


@given(st.lists(outcomes(), max_size=25))
def test_the_figures_agree_with_each_other_whatever_was_answered(asked: list[Outcome]) -> None:
    found = measure(asked, SAFETY, seed=1)
    assert found.top_1.hits <= found.top_3.hits <= found.top_1.total == len(asked)
    assert found.top_1_in_scope.hits + found.rejection_recall.hits == found.top_1.hits
    assert found.rejection_recall.hits == found.rejection_precision.hits
    assert found.false_rejections.hits == found.false_rejections_offered.total
    assert found.false_rejections.hits + found.rejection_recall.hits == found.rejection_precision.total
    assert found.safety_exact.hits <= found.safety_recall.hits
    assert found.safety_missed_offered.total == found.safety_recall.total - found.safety_recall.hits
    assert found.safety_recall.total + found.safety_false_alarms.total == len(asked)
    for parts in (found.language_by_length, found.top_1_by_style):
        assert sum(part.total for part in parts.values()) == len(asked)
    assert sum(part.hits for part in found.language_by_length.values()) == found.language.hits
    assert sum(part.hits for part in found.top_1_by_style.values()) == found.top_1.hits
    assert tuple(found.language_by_length) == tuple(name for name, *_ in LENGTHS)
    assert sum(len(pair.outcomes) for pair in confusions(asked, 1_000)) == len(asked) - found.top_1.hits
    for value in (found.macro_f1, found.calibration_error):
        assert value is None or 0 <= value <= 1 + 1e-9


@given(st.lists(outcomes(), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_changes_no_share(asked: list[Outcome], chance: object) -> None:
    mixed = list(asked)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = measure(asked, SAFETY, seed=1), measure(mixed, SAFETY, seed=1)
    assert first.top_1 == second.top_1
    assert first.macro_f1 == pytest.approx(second.macro_f1)
    assert first.calibration_error == pytest.approx(second.calibration_error)
    assert first.milliseconds_p95 == second.milliseconds_p95


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 2**32 - 1))
def test_the_interval_holds_the_share(flags: list[bool], seed: int) -> None:
    found, value = interval(flags, seed=seed), share(flags).value
    assert found is not None
    assert value is not None
    assert 0 <= found.low <= value + 1e-9
    assert value - 1e-9 <= found.high <= 1


@given(st.booleans(), st.integers(1, 40))
def test_the_interval_of_all_or_none_has_no_width(flag: bool, number: int) -> None:
    assert interval([flag] * number, seed=1) == Interval(float(flag), float(flag))


@given(st.lists(st.sampled_from(TOPICS), min_size=1, max_size=30))
def test_macro_f1_of_a_perfect_answer_is_one(truth: list[str]) -> None:
    assert macro_f1(truth, truth) == 1
    assert macro_f1(truth, ["never asked about"] * len(truth)) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_calibration_error_is_at_least_the_distance_of_the_means(pairs: list[tuple[float, bool]]) -> None:
    confidence, right = [one for one, _ in pairs], [flag for _, flag in pairs]
    found = calibration_error(confidence, right)
    assert found is not None
    assert abs(sum(right) - sum(confidence)) / len(pairs) - 1e-9 <= found <= 1 + 1e-9
