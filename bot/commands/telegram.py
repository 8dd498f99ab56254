"""`bot telegram set-webhook | delete-webhook | whoami`: what is arranged with Telegram by hand."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bot import settings
from bot.commands.content_parser import STAFF_LANGUAGES
from bot.commands.telegram_sentences import said
from bot.web import setup

if TYPE_CHECKING:
    from bot.channels.telegram.registration import Registrar

VERBS = ("set-webhook", "delete-webhook", "whoami")


def run(arguments: list[str]) -> int:
    """Arrange it; 1 when it was refused, with a sentence that says why and what to do."""
    parser = argparse.ArgumentParser(prog="bot telegram", description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--lang", default=STAFF_LANGUAGES[0], choices=STAFF_LANGUAGES)
    options = parser.parse_args(arguments)
    config = settings.read()
    if config.telegram is None:
        return _refuse("no_token", options.lang)
    setup()
    from bot.channels.telegram.line import Line
    from bot.channels.telegram.registration import Refused, Registrar

    line = Line(config.telegram)
    registrar = Registrar(config.telegram, config.public_url, line)
    try:
        match options.verb:
            case "set-webhook":
                registrar.set_webhook()
                _say("webhook_set", options.lang, url=registrar.url)
                _publish(registrar, config, options.lang)
            case "delete-webhook":
                registrar.delete_webhook()
                _say("webhook_deleted_but" if config.telegram.webhook else "webhook_deleted", options.lang)
                _publish(registrar, config, options.lang)
            case _:
                return _whoami(registrar, options.lang)
    except Refused as refused:
        return _refuse(refused.code, options.lang, url=registrar.url, base=config.telegram.api_base, why=refused.said)
    finally:
        line.close()
    return 0


def _publish(registrar: Registrar, config: settings.Settings, language: str) -> None:
    from bot.commands import migrate

    migrate.run([])  # what was told is remembered; also before the first `bot up`
    from bot.answers.library import Library

    registrar.publish(Library(config.content_dir).current())
    _say("profile_told", language)


def _whoami(registrar: Registrar, language: str) -> int:
    """1 when what Telegram knows does not fit the settings: then nobody is heard."""
    found = registrar.whoami()
    _say("is", language, name=found.name, username=found.username, number=found.number)
    _say("waiting", language, count=found.waiting)
    if found.joins_groups:
        _say("joins_groups", language)
    if found.trouble:
        _say("last_trouble", language, why=found.trouble)
    wanted = registrar.url if registrar.settings.webhook else ""
    if found.webhook == wanted:
        _say("brings" if wanted else "fetched", language, url=wanted)
        return 0
    return _refuse("webhook_missing" if wanted else "webhook_in_the_way", language, url=found.webhook, wanted=wanted)


def _say(code: str, language: str, **values: object) -> None:
    sys.stdout.write(said(code, language, **values) + "\n")


def _refuse(code: str, language: str, **values: object) -> int:
    sys.stderr.write(said(code, language, **values) + "\n")
    return 1
