"""Nobody makes Faro think for long with what they write: every pattern and every step that reads a message is timed.

Texts are as long as any that is kept (4,000 signs); for patterns half of it tells enough. The bound is far above what a slow
machine needs when the time grows with the square of the length, and far below what a worse pattern takes:
`\\S+@\\S+\\.\\S+` took 47 seconds.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import regex

import actions
import bot
import console
from bot.channels.telegram.parse import _START
from bot.channels.webchat import links
from bot.channels.whatsapp.markup import plain
from bot.conversations import masking
from bot.conversations.accept import MAX_TEXT, clean, command
from bot.guide.blocks import blocks

#: Seconds of processor time for one text.
BOUND = 1.5

#: Parts whose repetition is hard for one kind of pattern or another.
PARTS = (
    *(
        "a",
        "0",
        "1 ",
        " ",
        "\n",
        "\r\n",
        ".",
        ",",
        "-",
        "_",
        "*",
        "@",
        "/",
        "`",
        '"',
        "(",
        "[",
        "{{",
        "\\",
        "+1",
        "é",
        "e\u0301",
    ),
    *(
        "a.",
        "a@a.",
        "*a ",
        "_a ",
        "https://",
        "www.",
        "6000-1234 ",
        "+507 ",
        "A1",
        "- a\n",
        "1. a\n",
        "?!",
        "a-b-",
        "cédula 8-1-1 ",
    ),
    *("\u200d", "👨‍👩‍👧", "\U0001f1e6", "/start ", "a\n\n", "x,\u00a0", "1.234,"),
)
TEXTS = tuple(
    text for part in PARTS for text in ((part * MAX_TEXT)[:MAX_TEXT], ("x" + part * MAX_TEXT)[: MAX_TEXT - 1] + "\x01")
)

#: Patterns for one line of a file that staff edit, tried where the line begins and nowhere else.
OF_LINES = ("bot.answers.mistakes._NAME", "bot.answers.mistakes._NO_BLANK")


def patterns() -> Iterator[tuple[str, Any]]:
    """Every compiled pattern that a module of ours has, also inside tuples, lists and tables."""
    seen: set[int] = set()
    for package in (bot, console, actions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in module.name or module.name.endswith(("__main__", ".asgi")):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for found in _within(value, 3):
                    if id(found) not in seen and isinstance(found.pattern, str):
                        seen.add(id(found))
                        yield f"{module.name}.{name}", found


def _within(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, re.Pattern | regex.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _within(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _within(one, depth - 1)


def seconds(do: Callable[[], object]) -> float:
    begun = time.process_time()
    do()
    return time.process_time() - begun


def test_no_pattern_takes_long_over_any_text() -> None:
    all_ = list(patterns())
    assert len(all_) > 90, "the search for patterns finds them"
    slow = []
    for name, pattern in all_:
        ask = pattern.match if name in OF_LINES else pattern.search
        for text in TEXTS:
            taken = seconds(lambda ask=ask, text=text: ask(text[: MAX_TEXT // 2]))  # type: ignore[misc]
            if taken > BOUND:
                slow.append(f"{name}: {taken:.1f} s for {text[:12]!r} ...")
                break
    assert not slow, "\n".join(slow)


#: Numbers of telephones, each another one: the most work that masking can be given.
NUMBERS = " ".join(f"+{number * 7_919_317 % 10**11}," for number in range(1, 500))[:MAX_TEXT]


@pytest.mark.parametrize(
    "step",
    [clean, command, masking.mask, plain, blocks, _START.fullmatch, lambda text: list(links.find(text, {"911"}))],
    ids=["clean", "command", "mask", "markup", "blocks", "start", "links"],
)
def test_no_step_that_reads_a_message_takes_long(step: Callable[[str], object]) -> None:
    for text in (*TEXTS, NUMBERS):
        taken = seconds(lambda text=text: step(text))  # type: ignore[misc]
        assert taken < BOUND, f"{taken:.1f} s for {text[:12]!r} ..."


def test_a_page_of_numbers_is_masked_before_anybody_gives_up() -> None:
    """A hundred of them is what a page of the console shows; one took 0.6 s when each number was tried in 27 countries."""
    masking._is_phone.cache_clear()
    assert seconds(lambda: masking.mask(NUMBERS)) < 0.3
    assert not re.search(r"\d{7}", masking.mask(NUMBERS).text), "and all are hidden all the same"


def test_the_clock_finds_a_pattern_that_takes_long() -> None:
    assert seconds(lambda: re.compile(r"\S+@\S+\.\S+").search("@" * 2_000)) > BOUND
