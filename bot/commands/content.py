"""`bot content`: what staff do with the answers. Each verb is a function; this file looks after check, show and report."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bot.settings import ROOT

#: Languages in which the verbs speak to staff (the first is the default).
STAFF_LANGUAGES = ("es", "en", "fr")

_HELP = {
    "check": "every problem of the content, each starting with path:line",
    "show": "exactly what a person sees on a channel, in a language, on a day",
    "report": "what waits for somebody: reviews, calls to contacts, translations, hard texts",
}


def run(arguments: list[str]) -> int:
    """Run a verb of `bot content`."""
    from bot.commands import content_edit

    verbs: dict[str, Callable[[list[str]], int]] = {"check": _check, "show": _show, "report": _report}
    verbs |= content_edit.VERBS
    parser = argparse.ArgumentParser(
        prog="bot content",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Look at the answers, check them and change them.",
        epilog="\n".join(
            ["verbs:", *_described({**_HELP, **content_edit.HELP}), "", "bot content VERB --help says more"]
        ),
        usage="bot content VERB [options]",
    )
    parser.add_argument("verb", choices=verbs, metavar="VERB", help="one of those below")
    options = parser.parse_args(arguments[:1])
    return verbs[options.verb](arguments[1:])


def _described(verbs: dict[str, str]) -> Iterator[str]:
    return (f"  {verb:<14}{purpose}" for verb, purpose in verbs.items())


def _check(arguments: list[str]) -> int:
    """1 when there are errors."""
    parser = argparse.ArgumentParser(prog="bot content check", description=_HELP["check"])
    parser.add_argument("--lang", default=STAFF_LANGUAGES[0], choices=STAFF_LANGUAGES, help="language of the sentences")
    parser.add_argument("--quiet", action="store_true", help="say nothing when there is no error")
    add_folder(parser)
    options = parser.parse_args(arguments)

    from bot.answers.check import run as check_content
    from bot.answers.speaker import panama_today
    from bot.channels.layout import all_misfits

    told = io.StringIO()
    root, register = folder(parser, options), ROOT / "data" / "topics.yml"
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


def add_folder(parser: argparse.ArgumentParser) -> None:
    """The option --dir, which `folder` reads."""
    parser.add_argument("--dir", default=None, metavar="FOLDER", help="another folder than CONTENT_DIR")


def folder(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Path:
    """The content folder that is meant; ends the process with exit code 2 when it is not there."""
    from bot import settings

    root = Path(options.dir) if options.dir is not None else settings.read().content_dir
    if not root.is_dir():
        parser.error(f"argument --dir: there is no folder {str(root)!r}")
    return root


def day(text: str) -> date:
    """The type of an option that is a date.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-30") from None
