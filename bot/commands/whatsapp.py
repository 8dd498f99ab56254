"""`bot whatsapp check | profile`: whether the number works, and what people see of it before they write."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bot import settings
from bot.answers.library import Library
from bot.channels.whatsapp.check import Finding, examine, refusal
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.profile import TooLong, automation, profile
from bot.commands.content_parser import STAFF_LANGUAGES
from bot.commands.whatsapp_sentences import said
from bot.errors import DeliveryError

#: What is shown of a profile.
_SHOWN = ("about", "description", "websites")


def run(arguments: list[str]) -> int:
    """Check or show; 1 when something is wrong. Prints neither token nor secret."""
    parser = argparse.ArgumentParser(prog="bot whatsapp", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="ask Meta about the number, the token and the webhook, and say what to do")
    check.add_argument("--subscribe", action="store_true", help="let the app receive the messages of the account")
    show = verbs.add_parser("profile", help="compare what Meta shows of the number with our content")
    show.add_argument("--set", action="store_true", help="put profile, commands and first messages there")
    for verb in (check, show):
        verb.add_argument("--lang", default=STAFF_LANGUAGES[0], choices=STAFF_LANGUAGES, help="es, en or fr")
    options = parser.parse_args(arguments)
    config = settings.read()
    if config.whatsapp is None:
        _say(said("off", options.lang))
        return 1
    graph = Graph(config.whatsapp)
    try:
        if options.verb == "check":
            return _check(graph, config.public_url, options.lang, subscribe=options.subscribe)
        return _profile(graph, config, options.lang, put=options.set)
    except DeliveryError as error:
        return _tell(refusal(error), options.lang)
    finally:
        graph.close()


def _check(graph: Graph, public_url: str, language: str, *, subscribe: bool) -> int:
    return max([_tell(finding, language) for finding in examine(graph, public_url, subscribe=subscribe)])


def _tell(finding: Finding, language: str) -> int:
    _say(f"{'+' if finding.good else '-'} {said(finding.name, language, **finding.values)}")
    return 0 if finding.good else 1


def _profile(graph: Graph, config: settings.Settings, language: str, *, put: bool) -> int:
    content = Library(config.content_dir).current()
    try:
        ours, automatic = profile(content, language, config.public_url), automation(content, language)
    except TooLong as error:
        _say(said("too_long", language, key=str(error)))
        return 1
    if put:
        graph.post(f"{graph.number}/whatsapp_business_profile", ours)
        graph.post(f"{graph.number}/conversational_automation", automatic)
        _say(said("set", language))
        return 0
    answer = graph.get(f"{graph.number}/whatsapp_business_profile", ",".join(_SHOWN)).get("data")
    now = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    _say(said("now", language))
    _show(now)
    _say(said("ours", language))
    _show(ours)
    for one in automatic["commands"]:
        _say(f"  /{one['command_name']}: {one['command_description']}")
    _say(f"  {' | '.join(automatic['prompts'])}")
    _say(said("how_to_set", language))
    return 0


def _show(values: dict[str, Any]) -> None:
    for name in _SHOWN:
        value = values.get(name) or ""
        _say(f"  {name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
