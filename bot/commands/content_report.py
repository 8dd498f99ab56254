"""`bot content report`: what of the content waits for somebody, as a text that can be printed."""

from __future__ import annotations

import argparse
import sys

from bot.answers.brochure import REGISTER, read
from bot.answers.report import gather
from bot.answers.report_text import lines
from bot.answers.speaker import panama_today
from bot.commands.content import STAFF_LANGUAGES, add_folder, day, folder
from bot.commands.content_show import read_content
from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Print the report; 1 when the content is too broken for one."""
    parser = argparse.ArgumentParser(
        prog="bot content report",
        description="Reviews, contacts to confirm, readability, translations, what nobody uses, the brochure.",
    )
    parser.add_argument("--lang", default=STAFF_LANGUAGES[0], choices=STAFF_LANGUAGES, help="language of the report")
    parser.add_argument("--on", type=day, metavar="DATE", help="the day (YYYY-MM-DD); today in Panama without it")
    add_folder(parser)
    options = parser.parse_args(arguments)
    content = read_content(folder(parser, options), options.lang)
    if content is None:
        return 1
    brochure, problems = read(ROOT / REGISTER)
    on = options.on or panama_today()
    told = [
        *lines(gather(content, brochure, on), content, on, options.lang),
        *(problem.render(options.lang) for problem in problems),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 0
