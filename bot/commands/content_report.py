"""`bot content report`: what of the content waits for somebody, as a text that can be printed."""

from __future__ import annotations

import sys

from bot.answers.brochure import REGISTER, read
from bot.answers.report import gather
from bot.answers.report_text import lines
from bot.answers.speaker import panama_today
from bot.commands.content_parser import StaffParser, program
from bot.commands.content_show import read_content
from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Print the report; 1 when the content is too broken for one."""
    parser = StaffParser("report", arguments)
    parser.add_argument("--on", metavar="DATE", help="on")
    parser.add_folder()
    options = parser.parse_args(arguments)
    on = parser.day("--on", options.on) or panama_today()
    content = read_content(parser.folder(options), options.lang)
    if content is None:
        return 1
    brochure, problems = read(ROOT / REGISTER)
    told = [
        *lines(gather(content, brochure, on), content, on, options.lang),
        *(problem.render(options.lang) for problem in problems),
    ]
    # The commands in it can be typed as they stand there.
    sys.stdout.write("".join(f"{line}\n" for line in told).replace("bot content ", f"{program()} content "))
    return 0
