"""`bot content show`: exactly what a person sees, on a channel, in a language, on a day."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.answers.choices import LIST_LABEL, MORE_LABEL
from bot.answers.choose import Unanswered
from bot.answers.folder import Folder
from bot.answers.messages import Shown, names, on_day
from bot.answers.schema import Content
from bot.answers.speaker import panama_today
from bot.channels.layout import Words
from bot.channels.limits import CHANNELS
from bot.commands.content_parser import StaffParser
from bot.commands.preview import preview
from bot.commands.staff_sentences import said

#: Suggestions after a name that is not known.
_NEAR = 3


def run(arguments: list[str]) -> int:
    """Print the messages; 1 when the content is too broken to be shown."""
    parser = _parser(arguments)
    options = parser.parse_args(arguments)
    on = parser.day("--on", options.on) or panama_today()
    content = read_content(parser.folder(options), options.staff_lang)
    if content is None:
        return 1
    _known(parser, options, "--topic", options.topic, names(content))
    _known(parser, options, "--lang", options.lang, content.languages)
    _known(parser, options, "--channel", options.channel, CHANNELS)
    for language in [options.lang] if options.lang else content.languages:
        for shown in on_day(content, language, on):
            if not options.topic or shown.name == options.topic:
                _print(content, shown, options, on)
    return 0


def read_content(root: Path, language: str) -> Content | None:
    """The content of a folder, or None after telling what is broken."""
    shelf = Folder(root.resolve())
    reading = shelf.read(shelf.stamps())
    if not reading.breaking:
        return reading.content
    told = [said("broken", language), *(problem.render(language) for problem in reading.breaking)]
    sys.stderr.write("".join(f"{line}\n" for line in told))
    return None


def _parser(arguments: list[str]) -> StaffParser:
    parser = StaffParser("show", arguments, "--staff-lang")
    parser.add_argument("--on", metavar="DATE", help="on")
    parser.add_argument("--topic", metavar="NAME", help="shown")
    parser.add_argument("--lang", metavar="CODE", help="person_lang")
    parser.add_argument("--channel", default="web", help="channel", values={"channels": ", ".join(CHANNELS)})
    parser.add_folder()
    return parser


def _known(
    parser: argparse.ArgumentParser, options: argparse.Namespace, option: str, given: str | None, known: Iterable[str]
) -> None:
    listed = list(known)
    if given is None or given in listed:
        return
    near = difflib.get_close_matches(given, listed, n=_NEAR, cutoff=0.5)
    hint = (
        said("did_you_mean", options.staff_lang, near=", ".join(near))
        if near
        else said("choose_from", options.staff_lang, known=", ".join(listed))
    )
    parser.error(said("unknown", options.staff_lang, option=option, given=given, hint=hint))


def _print(content: Content, shown: Shown, options: argparse.Namespace, on: date) -> None:
    if shown.instead:
        print(_remark(content, shown, options.staff_lang, on))  # noqa: T201
    if shown.name.startswith("nearest."):
        print(said("sample", options.staff_lang))  # noqa: T201
    words = Words(*(_label(content, key, shown.language) for key in (LIST_LABEL, MORE_LABEL)))
    for line in preview(shown.label, shown.language, shown.outgoing, CHANNELS[options.channel], words):
        print(line)  # noqa: T201


def _label(content: Content, key: str, language: str) -> str:
    wording = content.interface.buttons.get(key)
    return (wording.get(content.chain(language)) if wording else "") or "-"


def _remark(content: Content, shown: Shown, language: str, on: date) -> str:
    answer = content.answers[shown.name]
    match shown.instead:
        case Unanswered.EXPIRED:
            return said("expired", language, name=shown.name, date=answer.valid_to, day=on)
        case Unanswered.NOT_YET_VALID:
            return said("not_yet_valid", language, name=shown.name, date=answer.valid_from, day=on)
        case _:
            return said("no_text", language, name=shown.name, day=on)
