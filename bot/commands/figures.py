"""`bot figures`: the figures of a period as a table (CSV) on stdout, exactly as the console shows them."""

from __future__ import annotations

import argparse
import sys

from bot.web import setup


def run(arguments: list[str]) -> int:
    """Write the table; 2 when something asked for cannot be right.

    Raises:
        DatabaseUnusable: there is no database to be had.
    """
    parser = argparse.ArgumentParser(prog="bot figures", description=__doc__)
    parser.add_argument(
        "--from", dest="first", default="", metavar="DAY", help="first day, YYYY-MM-DD; without: a week ago"
    )
    parser.add_argument("--to", dest="last", default="", metavar="DAY", help="last day; without: today")
    parser.add_argument("--channel", default="", help="web, telegram or whatsapp; without: all")
    parser.add_argument("--language", default="", help="of the people; without: all")
    parser.add_argument("--in", dest="words", default="es", choices=("es", "en", "fr"), help="language of the table")
    options = parser.parse_args(arguments)
    setup()
    from django.utils import timezone, translation

    from bot.channels.webchat.languages import languages
    from bot.web import database
    from console.figures import choice, export, report, words
    from console.figures.names import names

    given = {"from": options.first, "to": options.last, "channel": options.channel, "language": options.language}
    with translation.override(options.words), database.usable():
        chosen = choice.read(
            given,
            today=timezone.localdate(),
            channels=words.CHANNELS,
            languages=[code for code, _ in languages()],
        )
        if chosen.problems:
            print(f"bot figures: {chosen.problems[0].partition(':')[0]}", file=sys.stderr)  # noqa: T201
            return 2
        table = export.to_csv(report.make(chosen.scope, names()))
    sys.stdout.write(table)
    return 0
