"""Telegram as a stand-in, and Faro's channel on its line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answers.library import Library
from bot.channels.telegram.line import Line
from bot.settings import ROOT, TelegramSettings
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import TOKEN, StandIn
from tests.conversations.conftest import Clock


@pytest.fixture(scope="session")
def library() -> Library:
    return Library(ROOT / "content")


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    assert stand_in.wrong == [], "calls that the Bot API's specification does not know"


@pytest.fixture
def settings(telegram: StandIn) -> TelegramSettings:
    return TelegramSettings(TOKEN, api_base=telegram.url)


@pytest.fixture
def line(settings: TelegramSettings) -> Iterator[Line]:
    line = Line(settings)
    yield line
    line.close()


@pytest.fixture
def ana(telegram: StandIn) -> Person:
    return Person(telegram)


@pytest.fixture
def clock() -> Clock:
    return Clock()
