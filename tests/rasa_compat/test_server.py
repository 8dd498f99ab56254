"""Rasa's process when it cannot serve: it ends, says why in our own words, and leaves the text of no exception."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rasa_compat import training
from tests.rasa_compat.conftest import Run


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


@pytest.fixture
def archive(project: Path) -> Path:
    """In the model's place a whole archive that is no model."""
    model = training.model_path(project)
    model.parent.mkdir()
    model.write_bytes(gzip.compress(b"no model"))
    return model


def test_without_a_loaded_model_the_process_ends_and_says_so(project: Path, archive: Path, python: Run) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    ended = python("-m", "bot", "serve", "rasa", root=project, RASA_URL=f"http://127.0.0.1:{free}")
    assert ended.returncode == 1
    assert "rasa: no model is loaded" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_port_in_use_ends_the_process_and_quotes_no_exception(
    project: Path, archive: Path, python: Run, port: int
) -> None:
    ended = python("-m", "bot", "serve", "rasa", root=project, RASA_URL=f"http://127.0.0.1:{port}")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "address already in use" not in ended.stdout + ended.stderr
    assert "OSError" in ended.stderr
