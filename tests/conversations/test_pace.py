"""The provider's pace: a burst at once, then one at a time, whoever sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import Pace
from bot.conversations.pace import use, wait

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
PACE = Pace(6.0, 3, "a test", "2026-11")


def test_a_burst_goes_at_once_and_then_one_at_a_time() -> None:
    used = None
    for _ in range(3):
        assert wait(used, PACE, NOON) is None
        used = use(used, PACE, NOON)
    assert wait(used, PACE, NOON) == NOON + timedelta(seconds=6)
    later = NOON + timedelta(seconds=6)
    assert wait(used, PACE, later) is None
    assert wait(use(used, PACE, later), PACE, later) == later + timedelta(seconds=6)


def test_after_a_rest_the_whole_burst_is_there_again() -> None:
    used = use(use(use(None, PACE, NOON), PACE, NOON), PACE, NOON)
    rested = NOON + timedelta(minutes=5)
    for _ in range(3):
        assert wait(used, PACE, rested) is None
        used = use(used, PACE, rested)
    assert wait(used, PACE, rested) is not None


def test_a_clock_that_was_put_back_stops_nobody_for_long() -> None:
    used = use(None, PACE, NOON + timedelta(days=1))
    assert wait(used, PACE, NOON) is None


@given(gaps=st.lists(st.floats(0, 20), max_size=60))
def test_in_any_stretch_of_time_no_more_goes_than_the_limit(gaps: list[float]) -> None:
    now, used, went = NOON, None, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if wait(used, PACE, now) is None:
            used = use(used, PACE, now)
            went.append(now)
    for begin in range(len(went)):
        for end in range(begin, len(went)):
            seconds = (went[end] - went[begin]).total_seconds()
            assert end - begin + 1 <= PACE.burst + seconds / PACE.seconds + 1e-6
