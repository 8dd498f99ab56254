"""The id of what arrived."""

from __future__ import annotations

import re

import pytest

from bot import trace


def test_an_id_is_new_each_time_and_can_be_read_back() -> None:
    ids = {trace.new() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch("[0-9a-f]{16}", one) and trace.read(one) == one for one in ids)


@pytest.mark.parametrize(
    "given", [None, 7, "", "g" * 16, "0" * 15, "0" * 17, "0" * 16 + "\n", "ABCDEF0123456789", ["0" * 16]]
)
def test_anything_else_is_none(given: object) -> None:
    assert trace.read(given) == ""
