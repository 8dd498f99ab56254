"""`bot train` trains when it has to, and only then."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.commands import train
from bot.rasa_compat import training

WHOLE = gzip.compress(bytes(range(256)) * 20)


@pytest.mark.parametrize(
    ("found", "options", "trains"),
    [
        (WHOLE, [], False),
        (WHOLE, ["--force"], True),
        (None, [], True),
        (WHOLE[:-10], [], True),
        (b"", [], True),
    ],
    ids=["fits", "forced", "none", "cut off", "empty"],
)
def test_a_model_is_trained_when_none_that_is_whole_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: bytes | None, options: list[str], trains: bool
) -> None:
    model = tmp_path / "models" / "faro-1.tar.gz"
    model.parent.mkdir()
    if found is not None:
        model.write_bytes(found)
    trained = []

    def train_now(root: Path) -> Path:
        trained.append(root)
        return model

    monkeypatch.setattr(train, "ROOT", tmp_path)
    monkeypatch.setattr(training, "model_path", lambda _root: model)
    monkeypatch.setattr(training, "train", train_now)
    assert train.run(options) == 0
    assert bool(trained) is trains
