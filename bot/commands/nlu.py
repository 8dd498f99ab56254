"""`bot nlu [--explain]`: understand one message a line; one JSON a line, and nothing else, on stdout."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from bot import log
from bot.commands.nlu_plain import LANGUAGES, plain, said
from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Read messages from stdin until it ends."""
    options = _parser().parse_args(arguments)
    log.configure("WARNING")

    from bot.rasa_compat.understanding import Understanding

    with claimed_stdout() as out:
        understanding = Understanding.of_project(ROOT, only_understanding=True)
        if options.explain and understanding.is_slow_to_explain:
            sys.stderr.write(f"{said('slow', options.lang)}\n")
        for line in lines():
            if options.explain:
                found, explanation = understanding.explain(line)
                told = {**found.as_json(), "explanation": explanation.as_json()}
            else:
                told = understanding.understand(line).as_json()
            shown = plain(told, options.lang) if options.plain else json.dumps(told, ensure_ascii=False)
            out.write(f"{shown}\n")
            out.flush()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot nlu", description=__doc__)
    parser.add_argument(
        "--explain",
        action="store_true",
        help="add why: nearest training examples, what each part of the score brings, which rule decided",
    )
    parser.add_argument("--plain", action="store_true", help="for people: sentences instead of JSON")
    parser.add_argument("--lang", default=LANGUAGES[0], choices=LANGUAGES, help="language of the sentences")
    return parser


def lines() -> Iterator[str]:
    """The lines of stdin until it ends. Bytes that are no UTF-8 become U+FFFD: one bad line must not end the others."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        yield line.rstrip("\r\n")


@contextmanager
def claimed_stdout() -> Iterator[TextIO]:
    """Our own way to stdout; whatever else is printed in this process, by any library, goes to stderr meanwhile."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(kept, "w", encoding="utf-8", closefd=False) as out:
            yield out
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
