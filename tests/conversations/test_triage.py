"""What can be said of a message before understanding it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.triage import MAX_READ, Finding, readable, triage
from bot.words import Kind


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("hola", None),
        ("911", None),
        ("¿?", Finding.NOTHING_TO_READ),
        ("👍🏽👍🏽", Finding.NOTHING_TO_READ),
        (" \n\t ", Finding.NOTHING_TO_READ),
        ("помогите мне", Finding.OTHER_SCRIPT),
        ("帮助我回家", Finding.OTHER_SCRIPT),
        ("نحتاج إلى مساعدة", Finding.OTHER_SCRIPT),
        ("मुझे मदद चाहिए", Finding.OTHER_SCRIPT),
        ("necesito ayuda, soy Иван", None),
        ("ayuda 🙏🙏🙏🙏🙏🙏🙏", None),
    ],
)
def test_findings(text: str, finding: Finding | None) -> None:
    assert triage(Kind.TEXT, text) is finding


def test_a_choice_is_always_tried_and_other_kinds_never() -> None:
    assert triage(Kind.CHOICE, "") is None
    assert triage(Kind.OTHER, "una foto") is Finding.NOT_SUPPORTED


@given(st.text())
def test_nothing_makes_triage_fail(text: str) -> None:
    assert triage(Kind.TEXT, text) in {None, Finding.NOTHING_TO_READ, Finding.OTHER_SCRIPT}


@given(st.text(min_size=MAX_READ + 1, max_size=MAX_READ + 300))
def test_what_is_read_is_the_beginning_and_not_empty(text: str) -> None:
    read = readable(text)
    assert text.startswith(read)
    assert len(read) <= MAX_READ
    assert read or not text[:MAX_READ].strip()


def test_a_text_is_cut_between_words() -> None:
    assert readable("palabra " * 400).endswith("palabra")
