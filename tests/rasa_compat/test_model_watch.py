"""A new model is taken up once, when it fits the project and the code that runs; whatever goes wrong, the old one stays."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.rasa_compat import training
from bot.rasa_compat.model_watch import ModelWatch


class House:
    """A project with a model, an application that serves it, and a watch whose models are their names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("config.yml", "domain.yml", "data/nlu/es/a.yml", "bot/nlu/a.py"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("a: 1\n", encoding="utf-8")
        self.model = self.trained()
        self.app = SimpleNamespace(ctx=SimpleNamespace(agent="first"))
        self.broken = False
        self.watch = ModelWatch(self.app, root=root, model=self.model, warm_up=("hola",), loaded=self.loaded)

    def loaded(self, agent: Any, model: Path, warm_up: tuple[str, ...]) -> str:
        assert warm_up == ("hola",)
        if self.broken:
            raise OSError("no model")
        return f"{agent}, then {model.name}"

    def taught(self, what: str, file: str = "data/nlu/es/a.yml") -> None:
        (self.root / file).write_text(what, encoding="utf-8")

    def trained(self) -> Path:
        model = training.model_path(self.root)
        model.parent.mkdir(exist_ok=True)
        model.write_bytes(b"a model")
        # Two changes within one tick of the file system's clock look like one.
        after = (model.parent.stat().st_mtime_ns + 10_000_000,) * 2
        os.utime(model.parent, ns=after)
        return model

    def look(self) -> bool:
        return asyncio.run(self.watch.look())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_model_that_fits_what_is_taught_now_is_taken_up_once(house: House) -> None:
    assert not house.look()
    house.taught("a: 2\n")
    assert not house.look(), "not trained yet"
    (house.model.parent / "unfinished-1-faro.tar.gz").write_bytes(b"")
    assert not house.look()
    new = house.trained()
    assert house.look()
    assert house.app.ctx.agent == f"first, then {new.name}"
    assert not house.look()


def test_a_model_of_something_else_is_left_alone(house: House) -> None:
    (house.model.parent / "faro-0123456789ab.tar.gz").write_bytes(b"")
    house.trained()
    assert not house.look()
    assert house.app.ctx.agent == "first"


def test_a_model_of_other_code_waits_for_a_restart(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.taught("a: 2\n", "bot/nlu/a.py")
    house.trained()
    with caplog.at_level(logging.WARNING, "faro.rasa"):
        assert not house.look()
    assert "model waits for a restart" in caplog.text
    assert house.app.ctx.agent == "first"


def test_what_cannot_be_loaded_is_said_and_the_old_model_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.broken = True
    house.taught("a: 2\n")
    house.trained()

    async def a_while() -> None:
        task = asyncio.create_task(house.watch.run(every=0.01))
        await asyncio.sleep(0.3)
        assert not task.done()
        task.cancel()

    with caplog.at_level(logging.ERROR, "faro.rasa"):
        asyncio.run(a_while())
    assert [one.getMessage() for one in caplog.records].count("model refused") == 1, "tried once, not for ever"
    assert house.app.ctx.agent == "first"

    house.broken = False
    house.taught("a: 3\n")
    new = house.trained()
    assert house.look() and house.app.ctx.agent == f"first, then {new.name}"
