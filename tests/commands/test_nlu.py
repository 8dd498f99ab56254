"""What `bot nlu` and `bot talk` read."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.nlu import lines


def _lines(data: bytes, errors: str = "strict") -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors))
        return list(lines())


def test_a_line_that_is_no_text_does_not_end_those_after_it() -> None:
    assert _lines(b"hola\n\xff\xfe\x00\n\nadi\xc3\xb3s") == ["hola", "\ufffd\ufffd\x00", "", "adiós"]


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@given(data=st.binary(max_size=200))
def test_whatever_is_read_can_be_written_again(data: bytes, errors: str) -> None:
    for line in _lines(data, errors):
        line.encode("utf-8")
