"""The command line of `bot content` in the language of whoever types: argparse itself speaks English."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from bot.commands.content_words import WORDS, word

#: Languages in which the verbs speak to staff (the first is the default).
STAFF_LANGUAGES = ("es", "en", "fr")

#: What argparse (Python 3.11) says -> our words; its groups fill them.
_SAID = (
    (re.compile(r"the following arguments are required: (?P<given>.*)"), "missing"),
    (re.compile(r"unrecognized arguments: (?P<given>.*)"), "too_much"),
    (re.compile(r"argument (?P<option>.*?): expected (?:one|at least one) argument"), "no_value"),
    (re.compile(r"argument (?P<option>.*?): invalid choice: (?P<given>.*) \(choose from (?P<known>.*)\)"), "no_choice"),
)


class StaffParser(argparse.ArgumentParser):
    """Takes the words behind `bot content VERB`.

    Args:
        verb: the verb, or "" for `bot content` itself.
        arguments: what was typed behind it; the language is needed before they are read.
        option: the one that names the language of the staff.
    """

    def __init__(self, verb: str, arguments: Iterable[str], option: str = "--lang", **settings: Any) -> None:
        self.language = _language(list(arguments), option)
        text = WORDS[verb or "content"][self.language]
        super().__init__(prog=f"bot content {verb}".rstrip(), description=text, add_help=False, **settings)
        self._positionals.title = word("positionals", self.language)
        self._optionals.title = word("options", self.language)
        self.add_argument("-h", "--help", action="help", help="help")
        if verb:
            self.add_argument(option, default=STAFF_LANGUAGES[0], choices=STAFF_LANGUAGES, help="lang")

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        """As argparse's, with the name of a text (content_words) as `help`; `values` fill it."""
        values = settings.pop("values", {})
        if "help" in settings:
            settings["help"] = word(settings["help"], self.language, **values)
        return super().add_argument(*names, **settings)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, in the language of the staff, and end the process with exit code 2."""
        for pattern, name in _SAID:
            if match := pattern.fullmatch(message):
                message = word(name, self.language, **match.groupdict())
        help_ = word("ask_help", self.language, command=self.prog.replace("bot", program(), 1))
        self.print_usage(sys.stderr)
        self.exit(2, f"{message}\n{help_}\n")

    def refuse(self, option: str, name: str, given: object) -> NoReturn:
        """End the process because of the value of an option."""
        self.error(f"{option}: {word(name, self.language, given=f'«{given}»')}")

    def add_folder(self) -> None:
        """The option --dir, which `folder` reads."""
        self.add_argument("--dir", default=None, metavar="FOLDER", help="dir")

    def folder(self, options: argparse.Namespace) -> Path:
        """The content folder that is meant; ends the process with exit code 2 when it is not there."""
        from bot import settings

        root = Path(options.dir) if options.dir is not None else settings.read().content_dir
        if not root.is_dir():
            self.refuse("--dir", "no_folder", root)
        return root

    def day(self, option: str, text: str | None) -> date | None:
        """The date that an option gives; ends the process with exit code 2 when it is none."""
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(option, "no_day", text)


def program() -> str:
    """How `bot` is called where the person is, so that a command that is printed can be typed: `.venv/bin/bot`."""
    file = Path(sys.argv[0])
    if file.name != "bot" or shutil.which("bot") == str(file):
        return "bot"
    near = os.path.relpath(file)
    return shlex.quote(near if os.sep in near and not near.startswith(os.pardir) else str(file))


def _language(arguments: list[str], option: str) -> str:
    for number, one in enumerate(arguments):
        name, equals, value = one.partition("=")
        if name == option:
            given = value if equals else "".join(arguments[number + 1 : number + 2])
            if given in STAFF_LANGUAGES:
                return given
    return STAFF_LANGUAGES[0]
