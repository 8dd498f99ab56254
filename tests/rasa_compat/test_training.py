"""A model belongs to one state of the project, and every change that is learnt from makes another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import GuardError
from bot.rasa_compat import training

CHANGES_THE_MODEL = (
    "config.yml",
    "domain.yml",
    "data/topics.yml",
    "data/rules.yml",
    "data/nlu/es/return.yml",
    "bot/nlu/topics.py",
    "bot/nlu/data/one_word.yml",
)
CHANGES_NOTHING = (
    "README.md",
    "tests/test_anything.py",
    "bot/settings.py",
    "bot/answers/nlg.py",
    "actions/human.py",
    "content/answers/return/return_cost.yml",
    "endpoints.yml",
    "data/notes.txt",
    "data/brochure.yml",
    "bot/nlu/explain.py",
    "bot/nlu/data/place_words.yml",
    "bot/nlu/__pycache__/topics.cpython-311.pyc",
)


def _touch(root: Path, name: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")


@pytest.mark.parametrize("name", CHANGES_THE_MODEL)
def test_a_change_to_what_is_learnt_asks_for_another_model(project: Path, name: str) -> None:
    assert (project / name).is_file()
    before = training.fingerprint(project)
    _touch(project, name)
    assert training.fingerprint(project) != before


@pytest.mark.parametrize("name", CHANGES_NOTHING)
def test_a_change_to_anything_else_keeps_the_model(project: Path, name: str) -> None:
    before = training.fingerprint(project)
    _touch(project, name)
    assert training.fingerprint(project) == before


def test_a_new_file_and_a_new_name_ask_for_another_model(project: Path) -> None:
    seen = {training.fingerprint(project)}
    (project / "data" / "nlu" / "ht").mkdir()
    _touch(project, "data/nlu/ht/return.yml")
    seen.add(training.fingerprint(project))
    (project / "data/nlu/ht/return.yml").rename(project / "data/nlu/ht/rights.yml")
    seen.add(training.fingerprint(project))
    assert len(seen) == 3


def test_another_version_of_a_library_asks_for_another_model(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = training.fingerprint(project)
    monkeypatch.setattr("importlib.metadata.version", lambda _name: "99")
    assert training.fingerprint(project) != before


def test_the_model_is_named_after_the_state(project: Path) -> None:
    path = training.model_path(project)
    assert path.parent == project / "models"
    assert path.name == f"faro-{training.fingerprint(project)}.tar.gz"
    assert len(training.fingerprint(project)) == 12


def test_where_and_when_the_files_were_written_does_not_matter(project: Path) -> None:
    before = training.fingerprint(project)
    elsewhere = project.rename(project.with_name("elsewhere"))
    for path in training.sources(elsewhere):
        os.utime(path, (0, 0))
    assert training.fingerprint(elsewhere) == before


def test_old_models_are_swept_and_the_new_one_stays(tmp_path: Path) -> None:
    models = [tmp_path / f"faro-{number}.tar.gz" for number in range(6)]
    for age, model in enumerate(models):
        model.write_bytes(b"model")
        os.utime(model, (1_000 - age, 1_000 - age))
    newest = models[-1]  # the oldest by its clock: the clock of a copied file says nothing
    training._sweep(newest)
    left = set(tmp_path.iterdir())
    assert newest in left
    assert left == {newest, *models[: training.KEPT - 1]}


def test_a_project_that_cannot_be_trained_is_refused_before_anything_is_written(project: Path) -> None:
    (project / "config.yml").write_text("pipeline: [{name: DIETClassifier}]\n", encoding="utf-8")
    with pytest.raises(GuardError, match="DIETClassifier"):
        training.train(project)
    assert not (project / "models").exists()
