"""One running Faro for all tests that do not harm it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from bot.settings import ROOT
from tests.processes.running import Faro, Person, running


@pytest.fixture(scope="session")
def model() -> None:
    """A model of the project's present state; trained when there is none."""
    subprocess.run([sys.executable, "-m", "bot", "train"], cwd=ROOT, check=True, capture_output=True, timeout=280)


@pytest.fixture(scope="session")
def faro(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faro]:
    """The shared Faro."""
    with running(tmp_path_factory.mktemp("faro")) as started:
        yield started


@pytest.fixture
def someone(faro: Faro) -> Iterator[Callable[..., Person]]:
    """Makes people at the page of the shared Faro."""
    people: list[Person] = []

    def make(language: str = "es") -> Person:
        people.append(Person(faro.url, language))
        return people[-1]

    yield make
    for person in people:
        person.close()
