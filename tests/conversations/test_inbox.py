"""What is known of a disk that takes nothing more: from what became of the last message."""

from __future__ import annotations

from bot.conversations.inbox import BELIEVED, Inbox


class Passed:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_refusal_is_believed_until_something_was_taken_or_a_minute_is_over() -> None:
    passed = Passed()
    inbox = Inbox(passed)
    assert inbox.open
    inbox.refused()
    assert not inbox.open
    inbox.took()
    assert inbox.open
    inbox.refused()
    passed.seconds = BELIEVED
    assert not inbox.open
    passed.seconds += 1
    assert inbox.open, "nobody has written since: it is unknown"
