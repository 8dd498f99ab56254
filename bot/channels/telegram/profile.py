"""What Telegram shows about us outside of the conversation: commands, what we are, the menu button. Made from content."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import Bot, BotCommand, MenuButtonCommands

from bot.answers import render
from bot.answers.schema import Content
from bot.channels.limits import utf16_units
from bot.channels.telegram.line import Line
from bot.channels.telegram.parse import NAME
from bot.conversations import models
from bot.log import place_of
from bot.words import COMMANDS

log = logging.getLogger("faro.telegram")

#: Longest texts that Telegram takes (core.telegram.org/bots/api#setmydescription and #botcommand, 2026-11).
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120
MAX_COMMAND_DESCRIPTION = 256

#: Codes that Telegram takes for a language: two letters of ISO 639-1.
_CODE_LENGTH = 2

#: Seconds for all of it: about a dozen calls.
_WHOLE = 60.0

#: The commands in the order in which they are listed, in the words of a language. A language that has none of its own gets
#: those of the next one that people are answered in (content/languages.yml); everybody may type every one of COMMANDS.
LISTED = {
    "en": ("start", "menu", "language", "human", "privacy", "delete"),
    "es": ("start", "menu", "idioma", "persona", "privacidad", "borrar"),
    "fr": ("start", "menu", "langue", "personne", "confidentialite", "effacer"),
}
_ELSE = "en"

#: What stands in an empty chat, above the button that begins it; the last of it goes first when there is no room.
_DESCRIPTION = ("tagline", "emergency_bar", "privacy_note")


@dataclass(frozen=True, slots=True)
class Face:
    """What people of one language see. `language` is "" for those of all others."""

    language: str
    commands: tuple[tuple[str, str], ...]
    description: str
    short_description: str


def faces(content: Content) -> tuple[Face, ...]:
    """What is to be shown, the default first."""
    codes = [code for code in content.languages if len(code) == _CODE_LENGTH]
    return (_face(content, content.default, ""), *(_face(content, code, code) for code in codes))


def digest(bot: str, content: Content) -> str:
    """By it we know what was told to Telegram last: 64 hexadecimal digits."""
    shown = [[one.language, one.commands, one.description, one.short_description] for one in faces(content)]
    return hashlib.sha256(json.dumps([bot, shown], ensure_ascii=False).encode()).hexdigest()


async def tell(bot: Bot, content: Content) -> None:
    """Tell Telegram.

    Raises:
        telegram.error.TelegramError: it refused, or was not reached.
    """
    for face in faces(content):
        code = face.language or None
        commands = [BotCommand(name, text) for name, text in face.commands]
        await bot.set_my_commands(commands, language_code=code)
        await bot.set_my_description(face.description, language_code=code)
        await bot.set_my_short_description(face.short_description, language_code=code)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


def publish(line: Line, bot: str, content: Content) -> None:
    """Tell Telegram now, and remember what it was told.

    Raises:
        telegram.error.TelegramError, TimeoutError: see `Line.call`.
    """
    line.call(lambda client: tell(client, content), within=_WHOLE)
    models.Line.objects.update_or_create(pk=NAME, defaults={"profile": digest(bot, content)})


def keep_profile(line: Line, bot: str, content: Content) -> None:
    """Tell Telegram if something changed since it was told last. A failure is logged: people are answered all the same."""
    if models.Line.objects.filter(pk=NAME, profile=digest(bot, content)).exists():
        return
    try:
        publish(line, bot, content)
    except Exception as error:
        log.warning("profile not told", extra={"channel": NAME, "error": place_of(error)})


def _face(content: Content, language: str, code: str) -> Face:
    chain = content.chain(language)
    names = LISTED[next((one for one in chain if one in LISTED), _ELSE)]
    titles = ((name, content.answers[COMMANDS[name]].title.get(chain)) for name in names)
    words = render.web(content, language)
    return Face(
        language=code,
        commands=tuple((name, title) for name, title in titles if 0 < utf16_units(title) <= MAX_COMMAND_DESCRIPTION),
        description="\n\n".join(_fitting([words[key] for key in _DESCRIPTION], MAX_DESCRIPTION)),
        short_description="".join(_fitting([words[_DESCRIPTION[0]]], MAX_SHORT_DESCRIPTION)),
    )


def _fitting(paragraphs: list[str], most: int) -> Iterator[str]:
    """As many whole paragraphs as fit."""
    room = most
    for paragraph in paragraphs:
        room -= utf16_units(paragraph)
        if room < 0:
            return
        yield paragraph
        room -= 2
