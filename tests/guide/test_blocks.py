"""An answer's text as paragraphs and lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.guide.blocks import BlockKind, blocks


def kinds(text: str) -> list[tuple[str, list[str]]]:
    return [(block.kind.value, [line.text for line in block.lines]) for block in blocks(text)]


def test_paragraphs_steps_and_bullets_are_told_apart() -> None:
    assert kinds("Sí.\n\n1. Llame.\n2. Vaya.\n\n- agua\n- ropa\n\nFin.") == [
        ("paragraph", ["Sí."]),
        ("steps", ["Llame.", "Vaya."]),
        ("bullets", ["agua", "ropa"]),
        ("paragraph", ["Fin."]),
    ]


def test_a_step_keeps_the_number_that_staff_wrote() -> None:
    assert [line.number for line in blocks("3. tercero\n7. séptimo")[0].lines] == [3, 7]


def test_a_list_right_under_a_sentence_is_a_list_of_its_own() -> None:
    assert kinds("Lleve:\n- agua\nY calma.") == [
        ("paragraph", ["Lleve:"]),
        ("bullets", ["agua"]),
        ("paragraph", ["Y calma."]),
    ]


def test_an_empty_line_ends_a_paragraph_and_a_single_break_does_not() -> None:
    assert kinds("a\nb\n\nc") == [("paragraph", ["a", "b"]), ("paragraph", ["c"])]


def test_a_number_to_call_at_the_start_of_a_line_is_no_step() -> None:
    assert kinds("911. Llame ya.") == [("paragraph", ["911. Llame ya."])]


@given(st.text(st.sampled_from("ab -1.9\n\r\t\u2028🙂"), max_size=80) | st.text(max_size=80))
def test_no_word_is_lost_and_none_appears(text: str) -> None:
    kept = []
    for block in blocks(text):
        assert block.lines
        for line in block.lines:
            sign = {BlockKind.BULLETS: "-", BlockKind.STEPS: f"{line.number}."}.get(block.kind, "")
            kept += [*sign.split(), *line.text.split()]

    def as_written(word: str) -> str:  # "01." is step 1
        return word.lstrip("0") or "0" if word[:-1].isdigit() and word.endswith(".") else word

    assert [as_written(word) for word in kept] == [as_written(word) for word in text.split()]
