"""`bot content`: what staff do with the answers. Each verb is a function; this file looks after check, show and report."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterable, Iterator

from bot.commands.content_parser import StaffParser
from bot.commands.content_words import word
from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Run a verb of `bot content`."""
    from bot.commands import content_edit

    verbs: dict[str, Callable[[list[str]], int]] = {"check": _check, "show": _show, "report": _report}
    verbs |= content_edit.VERBS
    parser = StaffParser(
        "", arguments, formatter_class=argparse.RawDescriptionHelpFormatter, usage="bot content VERB [options]"
    )
    language = parser.language
    described = (f"{word('verbs', language)}:", *_described(verbs, language), "", word("more", language))
    parser.epilog = "\n".join(described)
    parser.add_argument("verb", choices=verbs, metavar="VERB", help="verb")
    options = parser.parse_args(arguments[:1])
    return verbs[options.verb](arguments[1:])


def _described(verbs: Iterable[str], language: str) -> Iterator[str]:
    return (f"  {verb:<14}{word(verb, language)}" for verb in verbs)


def _check(arguments: list[str]) -> int:
    """1 when there are errors."""
    parser = StaffParser("check", arguments)
    parser.add_argument("--quiet", action="store_true", help="quiet")
    parser.add_folder()
    options = parser.parse_args(arguments)

    from bot.answers.check import run as check_content
    from bot.answers.speaker import panama_today
    from bot.channels.layout import all_misfits

    told = io.StringIO()
    root, register = parser.folder(options), ROOT / "data" / "topics.yml"
    code = check_content(root, panama_today(), options.lang, told, register=register, fits=all_misfits)
    if code != 0 or not options.quiet:
        sys.stdout.write(told.getvalue())
    return code


def _show(arguments: list[str]) -> int:
    from bot.commands import content_show

    return content_show.run(arguments)


def _report(arguments: list[str]) -> int:
    from bot.commands import content_report

    return content_report.run(arguments)
