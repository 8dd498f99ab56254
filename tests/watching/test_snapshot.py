"""A look costs the same however many ask, and one that hangs keeps nobody for long."""

from __future__ import annotations

import threading

from bot.web.snapshot import GOOD_FOR, Snapshot
from tests.logs import written


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_asks_soon_after_gets_the_same_look() -> None:
    looks: list[int] = []

    def look() -> int:
        looks.append(1)
        return len(looks)

    seconds = Seconds()
    snapshot = Snapshot(look, seconds=seconds)
    assert [snapshot.get() for _ in range(3)] == [1, 1, 1]
    seconds.now += GOOD_FOR - 0.1
    assert snapshot.get() == 1
    seconds.now += 0.1
    assert snapshot.get() == 2


def test_a_look_that_hangs_gives_nothing_and_is_not_begun_again() -> None:
    go_on, begun = threading.Event(), []

    def look() -> str:
        begun.append(1)
        go_on.wait(20)
        return "late"

    seconds = Seconds()
    snapshot = Snapshot(look, seconds=seconds)
    assert snapshot.get(patience=0.05) is None
    seconds.now += 10 * GOOD_FOR
    assert snapshot.get(patience=0.05) is None
    assert len(begun) == 1
    go_on.set()
    assert snapshot.get(patience=10) == "late"
    assert len(begun) == 1


def test_a_look_that_fails_gives_nothing_and_the_next_one_looks_again() -> None:
    answers: list[str | Exception] = [ValueError("+507 6123-4567"), "well"]

    def look() -> str:
        match answers.pop(0):
            case Exception() as error:
                raise error
            case found:
                return found

    seconds = Seconds()
    snapshot = Snapshot(look, seconds=seconds)
    with written() as lines:
        assert snapshot.get() is None
    assert "look failed  error=ValueError at test_snapshot.py:look:" in lines.getvalue()
    assert "6123" not in lines.getvalue()
    seconds.now += GOOD_FOR
    assert snapshot.get() == "well"
