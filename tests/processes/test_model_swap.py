"""A new model and new answers while people write: everybody is answered, and nobody hears of trouble."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from bot.rasa_compat import training
from bot.settings import ROOT
from tests.processes import running as started
from tests.processes.running import Faro, Person, eventually, running

pytestmark = pytest.mark.processes

#: What Faro needs to run: a copy of it may be taught something while it does.
PARTS = ("bot", "actions", "console", "content", "data", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml")

PEOPLE, MESSAGES = 6, 22


@pytest.fixture
def project(model: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one's own with a model that fits it."""
    root = tmp_path / "project"
    root.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, root / part)
    (root / "models").mkdir()
    shutil.copy(training.model_path(ROOT), root / "models")
    assert training.model_path(root).exists()
    monkeypatch.setattr(started, "ROOT", root)
    monkeypatch.setenv("PYTHONPATH", str(root))
    return root


def _model(faro: Faro) -> str:
    return str(httpx.get(f"{faro.url}/readyz", trust_env=False).json()["model"])


def _version(faro: Faro) -> str:
    return str(httpx.get(f"{faro.url}/readyz", trust_env=False).json()["content_version"])


def test_a_new_model_and_new_answers_under_a_stream_cost_nobody_an_answer(project: Path, tmp_path: Path) -> None:
    with running(tmp_path / "house", PYTHONPATH=str(project)) as faro:
        first, answers = _model(faro), _version(faro)
        people = [Person(faro.url) for _ in range(PEOPLE)]
        heard: list[str] = []

        def stream(person: Person) -> None:
            for _ in range(MESSAGES):
                heard.append(person.ask("¿dónde hay un hospital?")["text"])
                time.sleep(0.6)

        threads = [threading.Thread(target=stream, args=(person,)) for person in people]
        for thread in threads:
            thread.start()

        # Something is taught; what is learnt from it is the same, so that no test has to train.
        rules = project / "data" / "rules.yml"
        rules.write_text(rules.read_text(encoding="utf-8") + "\n# One line more.\n", encoding="utf-8")
        new = training.model_path(project)
        assert new.name.partition(".")[0] != first
        unfinished = new.with_name("unfinished-1.tar.gz")
        shutil.copy(training.model_path(ROOT), unfinished)
        unfinished.replace(new)
        answer = faro.content / "answers" / "health" / "health_where.yml"
        text = answer.read_text(encoding="utf-8")
        answer.write_text(text + "\n# One line more.\n", encoding="utf-8")

        eventually(lambda: _model(faro) == new.name.partition(".")[0] or None, seconds=60, what="the new model")
        assert _version(faro) != answers
        assert all(thread.is_alive() for thread in threads), "people still write"
        for thread in threads:
            thread.join(90)
            assert not thread.is_alive(), "somebody waits"
        assert len(heard) == PEOPLE * MESSAGES
        assert all("hospital" in one.lower() for one in heard), "nobody heard of trouble"
        assert "model taken up" in faro.output and "died" not in faro.output
        for person in people:
            person.close()
    assert "Task was destroyed" not in faro.output


def test_the_copy_of_the_project_is_what_ran(project: Path) -> None:
    """Without this the test above would try the wrong files."""
    told = subprocess.run(
        [sys.executable, "-c", "from bot.settings import ROOT; print(ROOT)"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(told.stdout.strip()) == project
