"""`bot content check`: every problem of what staff edit, at once, each with its path and line."""

from __future__ import annotations

import argparse
import io
import sys

from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Check the content; 1 when there are errors."""
    parser = argparse.ArgumentParser(prog="bot content")
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="every problem, each starting with path:line")
    check.add_argument("--lang", default="es", help="language of the sentences (es, en, fr)")
    check.add_argument("--quiet", action="store_true", help="say nothing when there is no error")
    check.add_argument("--dir", default=None, help="another folder than CONTENT_DIR")
    options = parser.parse_args(arguments)

    from pathlib import Path

    from bot import settings
    from bot.answers.check import run as check_content
    from bot.answers.speaker import panama_today

    root = Path(options.dir) if options.dir else settings.read().content_dir
    told = io.StringIO()
    code = check_content(root, panama_today(), options.lang, told, ROOT / "data" / "topics.yml")
    if code != 0 or not options.quiet:
        sys.stdout.write(told.getvalue())
    return code
