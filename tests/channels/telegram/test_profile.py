"""What Telegram shows about Faro: made from content, in every language, told once and again when it changed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.answers.library import Library
from bot.channels.limits import utf16_units
from bot.channels.telegram.line import Line as Wire
from bot.channels.telegram.profile import LISTED, MAX_DESCRIPTION, MAX_SHORT_DESCRIPTION, digest, faces, keep_profile
from bot.conversations.models import Line
from bot.words import COMMANDS
from tests.channels.telegram.stand_in import Fault, StandIn

LANGUAGES = ("", "es", "en", "fr")


def test_every_listed_command_is_one_that_may_be_typed_and_lists_every_topic_once() -> None:
    for names in LISTED.values():
        assert sorted(COMMANDS[name] for name in names) == sorted(set(COMMANDS.values()))
        assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in names)
    assert {name for names in LISTED.values() for name in names} == set(COMMANDS)


def test_every_language_has_its_own_words_within_telegrams_limits(library: Library) -> None:
    shown = {one.language: one for one in faces(library.current())}
    assert tuple(shown) == LANGUAGES
    assert dict(shown["es"].commands)["borrar"] == "Borrar mis datos"
    assert dict(shown["fr"].commands)["effacer"] == "Effacer mes données"
    assert shown[""] == replace(shown["es"], language="")
    for one in shown.values():
        assert 0 < utf16_units(one.short_description) <= MAX_SHORT_DESCRIPTION
        assert 0 < utf16_units(one.description) <= MAX_DESCRIPTION
        assert "911" in one.description
        assert len(one.commands) == len(set(COMMANDS.values()))


@pytest.mark.django_db
def test_telegram_is_told_once_and_again_when_something_changed(
    line: Wire, telegram: StandIn, library: Library
) -> None:
    keep_profile(line, "1", library.current())
    told = len(telegram.calls)
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        assert [one.parameters.get("language_code", "") for one in telegram.of(method)] == list(LANGUAGES)
    assert telegram.of("setChatMenuButton")[0].parameters["menu_button"] == {"type": "commands"}
    keep_profile(line, "1", library.current())
    assert len(telegram.calls) == told
    keep_profile(line, "2", library.current())  # another bot knows nothing yet
    assert len(telegram.calls) == 2 * told
    assert Line.objects.get(pk="telegram").profile == digest("2", library.current())


@pytest.mark.django_db
def test_a_refusal_is_tried_again_at_the_next_start_and_stops_nobody(
    line: Wire, telegram: StandIn, library: Library
) -> None:
    telegram.fail("setMyDescription", Fault(429, "Too Many Requests: retry after 9", {"retry_after": 9}))
    keep_profile(line, "1", library.current())
    assert not Line.objects.filter(profile__gt="").exists()
    keep_profile(line, "1", library.current())
    assert Line.objects.get(pk="telegram").profile == digest("1", library.current())
