"""How much of what is personal is masked, by language and kind, and what masking and rewriting cost.

Usage: python -m tests.bench.masking. Prints the tables of docs/figures/masking.md; takes about a minute.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.conversations.masking import mask
from bot.settings import ROOT

SET = ROOT / "tests" / "conversations" / "masking" / "second.yml"
LANGUAGES, KINDS = ("es", "en", "fr"), ("phone", "email", "document", "card", "position", "profile")

_SECRET = re.compile("«(.*?)»")

#: Sizes of a database, in messages.
SIZES = (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Case:
    """A text and what must not be readable in it any more."""

    language: str
    kind: str
    text: str
    secrets: tuple[str, ...]

    @property
    def left(self) -> list[str]:
        """The secrets of which something can still be read: two thirds of their signs in a row."""
        shown = mask(self.text).text
        return [one for one in self.secrets if any(part in shown for part in _parts(one))]


def _parts(secret: str) -> Iterator[str]:
    length = max(4, len(secret) * 2 // 3)
    yield from (secret[start : start + length] for start in range(max(1, len(secret) - length + 1)))


def cases() -> list[Case]:
    """The second set."""
    found = yaml.safe_load(SET.read_text(encoding="utf-8"))
    return [
        Case(language, kind, _SECRET.sub(r"\1", text), tuple(_SECRET.findall(text)))
        for language in LANGUAGES
        for kind in KINDS
        for text in found[language][kind]
    ]


def harmless() -> list[str]:
    """Texts without anything personal."""
    found = yaml.safe_load(SET.read_text(encoding="utf-8"))["keep"]
    return [text for language in LANGUAGES for text in found[language]]


def share(some: list[Case]) -> str:
    """How many of the secrets are gone."""
    number = sum(len(one.secrets) for one in some)
    return f"{number - sum(len(one.left) for one in some)} of {number}"


def quality() -> None:
    """Print what is found and what is masked in vain."""
    everything = cases()
    print("| kind | " + " | ".join(LANGUAGES) + " | all |\n|---|" + "---:|" * 4)  # noqa: T201
    for kind in (*KINDS, "all"):
        rows = [one for one in everything if kind in ("all", one.kind)]
        by_language = [share([one for one in rows if one.language == language]) for language in LANGUAGES]
        print(f"| {kind} | {' | '.join(by_language)} | {share(rows)} |")  # noqa: T201
    texts = harmless()
    wrong = [text for text in texts if mask(text).found]
    print(f"\nmasked in vain: {len(wrong)} of {len(texts)} harmless texts: {wrong}")  # noqa: T201
    print("left:", *(f"\n  {one.language} {one.kind}: {one.text}" for one in everything if one.left))  # noqa: T201


def cost(number: int) -> None:
    """Print what masking and rewriting a database of so many messages costs."""
    from django.db import connection
    from django.utils import timezone

    from bot.conversations import remains
    from bot.conversations.models import Contact, Message
    from bot.conversations.window import Window, mask_next

    chance = random.Random(3)  # noqa: S311 - invented texts
    texts, before = [one.text for one in cases()] + harmless(), timezone.now() - timedelta(days=2)
    rows = max(1, number // 10)
    Contact.objects.bulk_create(
        [Contact(channel="web", pseudonym=f"{n:064x}", created_at=before, seen_at=before) for n in range(rows)], 500
    )
    people = list(Contact.objects.all())
    Message.objects.bulk_create(
        (
            Message(
                contact=people[n % rows],
                direction="in" if n % 2 else "out",
                channel="web",
                provider_id=f"p{n}",
                text=chance.choice(texts) if n % 2 else "x" * chance.randrange(100, 900),
                state="answered" if n % 2 else "sent",
                created_at=before,
                done_at=before,
                as_written=bool(n % 2),
                ranking=[["return_cost", 0.9]] * 5,
            )
            for n in range(number)
        ),
        500,
    )
    window, times = Window(timedelta(hours=1), timedelta(days=14)), []
    while True:
        begun = time.perf_counter()
        if not mask_next(window, now=timezone.now()):
            break
        times.append((time.perf_counter() - begun) * 1000)
    begun = time.perf_counter()
    mask_next(window, now=timezone.now())
    idle = (time.perf_counter() - begun) * 1000
    remains.empty_log()
    size = Path(str(connection.settings_dict["NAME"])).stat().st_size / 1e6
    begun = time.perf_counter()
    remains.rewrite()
    rewriting = time.perf_counter() - begun
    step, longest = statistics.median(times), max(times)
    print(  # noqa: T201
        f"| {number:,} | {size:.0f} MB | {step:.0f} ms | {longest:.0f} ms | {sum(times) / 1000:.1f} s | {idle:.1f} ms "
        f"| {rewriting:.1f} s |",
        flush=True,
    )


def main() -> None:
    """Print everything."""
    quality()
    print("\n| messages | file | a step of 100 | the longest | all of it | nothing to do | rewriting |")  # noqa: T201
    print("|---:|---:|---:|---:|---:|---:|---:|")  # noqa: T201
    for number in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _database(folder)
            cost(number)


def _database(folder: str) -> None:
    from django.db import connections

    os.environ["DATA_DIR"] = os.environ.get("DATA_DIR") or folder
    from bot.web import setup

    setup()
    from django.core.management import call_command

    connections.close_all()
    settings: dict[str, Any] = connections["default"].settings_dict
    settings["NAME"] = str(Path(folder) / "faro.sqlite3")
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
