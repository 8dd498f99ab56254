"""Invented people and what they ask: words from data/nlu, answers from content/. No database in here."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.answers.check import read_topics
from bot.answers.schema import Content
from bot.answers.speaker import Speaker
from bot.channels.layout import Words, lay_out, pack
from bot.channels.limits import CHANNELS
from bot.conversations.outbox import to_form
from bot.words import FALLBACK, SAFEGUARDING_TOPIC, Outgoing

#: How the invented people spread, roughly as an office in Panama expects it. Weights, not percentages.
LANGUAGES = {"es": 78, "en": 9, "fr": 13}
CHANNEL_WEIGHTS = {"web": 30, "whatsapp": 55, "telegram": 15}
OUTCOMES = {
    "answered": 820,
    "suggested": 80,
    "not_understood": 45,
    "unreadable": 30,
    "stale": 10,
    "late": 8,
    "trouble": 7,
}

#: What Faro says to what it did not understand.
SENTENCES = {
    "not_understood": "not_understood_again",
    "unreadable": "no_words",
    "stale": "stale_button",
    "late": "late",
    "trouble": "trouble",
}

#: Weight of each hour of the day: people write in the evening.
HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 7, 7, 7, 7, 8, 9, 9, 10, 11, 11, 9, 6, 4)

BEFORE = {"es": ("", "", "Hola, ", "Buenas, "), "en": ("", "", "Hello, "), "fr": ("", "", "Bonjour, ")}
AFTER = {
    "es": (
        "",
        "",
        "",
        "",
        " Gracias.",
        " Por favor.",
        " Mi número es 6123-45{:02}",
        " Me llamo Rosa, cédula 8-123-4{:02}",
    ),
    "en": ("", "", "", "", " Thank you.", " please", " My number is +507 6123 45{:02}"),
    "fr": ("", "", "", "", " Merci.", " svp", " Mon numéro : 6123 45{:02}", " Mon mail : marie{}@example.org"),
}

#: A topic gets this much less weight than the one before it: few topics are most of what is asked.
DECLINE = 0.955

_EXAMPLE = re.compile(r"^ {6}- (.+)$")
_INTENT = re.compile(r"^ {2}- intent: (\w+)$")
_ENTITY = re.compile(r"\[([^\]]+)\]\([^)]*\)")

#: Text, buttons and form of one message of Faro.
Laid = tuple[str, list[list[str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One invented message of a person and what Faro made of it; `contact` counts from 0."""

    at: datetime
    contact: int
    channel: str
    language: str
    text: str
    topic: str
    outcome: str
    confidence: float
    safety: bool
    ranking: list[list[Any]] = field(default_factory=list)
    replies: tuple[Laid, ...] = ()
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What can be asked and said: examples by (language, topic), and who says the answers."""

    examples: Mapping[tuple[str, str], Sequence[str]]
    topics: Sequence[str]
    safety: frozenset[str]
    speaker: Speaker
    version: str

    @classmethod
    def read(cls, root: Path, content: Content, speaker: Speaker) -> Script:
        """The script from the training examples under `root` and from the content."""
        examples: dict[tuple[str, str], list[str]] = {}
        for language in LANGUAGES:
            for path in sorted((root / "data" / "nlu" / language).glob("*.yml")):
                topic = ""
                for line in path.read_text(encoding="utf-8").splitlines():
                    if found := _INTENT.match(line):
                        topic = found[1]
                    elif topic and (found := _EXAMPLE.match(line)):
                        examples.setdefault((language, topic), []).append(_ENTITY.sub(r"\1", found[1]))
        register, _ = read_topics(root / "data" / "topics.yml")
        safety = frozenset(topic.name for topic in register.values() if topic.safety)
        topics = [name for name in sorted(content.answers) if all((code, name) in examples for code in LANGUAGES)]
        return cls(examples, topics, safety, speaker, content.version)


class Invention:
    """Invents conversations between two moments. The same `chance` invents the same."""

    def __init__(self, script: Script, chance: random.Random, *, start: datetime, end: datetime) -> None:
        self.script = script
        self.start, self.end = start, end
        self._chance = chance
        self._topics = chance.sample(script.topics, len(script.topics))
        self._topics.remove(SAFEGUARDING_TOPIC)
        self._topics.append(SAFEGUARDING_TOPIC)  # the rarest
        self._weights = _summed([DECLINE**place for place in range(len(self._topics))])
        self.laid = cache(self._laid)

    def messages(self, number: int, contacts: int) -> Iterator[Asked]:
        """About `number` messages of people, by time."""
        moments = [(at, who) for who in range(contacts) for at in self._moments(number / contacts)]
        if len(moments) > number:
            moments = self._chance.sample(moments, number)
        moments.sort()
        people: dict[int, tuple[str, str]] = {}
        for at, who in moments:
            if who not in people:
                people[who] = (self._one(CHANNEL_WEIGHTS), self._one(LANGUAGES))
            yield self._asked(at, who, *people[who])

    def _moments(self, average: float) -> Iterator[datetime]:
        """When a person writes: one or a few evenings, some minutes each."""
        left = max(1, round(self._chance.expovariate(1 / (average * 1.15))))
        days = (self.end - self.start) / timedelta(days=1)
        while left > 0:
            day = self.start + timedelta(days=self._chance.random() * days)
            hour = self._chance.choices(range(24), HOURS)[0]
            at = min(day.replace(hour=hour), self.end - timedelta(hours=1))
            for _ in range(min(left, self._chance.randint(1, 8))):
                at += timedelta(seconds=self._chance.uniform(15, 140))
                yield at
                left -= 1

    def _asked(self, at: datetime, who: int, channel: str, language: str) -> Asked:
        chance = self._chance
        topic = chance.choices(self._topics, cum_weights=self._weights)[0]
        text = chance.choice(self.script.examples[language, topic])
        text = f"{chance.choice(BEFORE[language])}{text}{chance.choice(AFTER[language])}".format(chance.randrange(100))
        outcome = self._one(OUTCOMES)
        understood = outcome == "answered"
        first = chance.uniform(0.45, 1.0) if understood else chance.uniform(0.1, 0.45)
        others = [first * share for share in (0.3, 0.2, 0.1, 0.05)]
        read = outcome in ("answered", "suggested", "not_understood")
        names = [topic, *chance.sample(self._topics, 4)]
        return Asked(
            at=at,
            contact=who,
            channel=channel,
            language=language,
            text="" if outcome == "unreadable" else text,
            topic=topic if understood else FALLBACK if read else "",
            outcome=outcome,
            confidence=round(first, 3) if read else 0.0,
            safety=understood and topic in self.script.safety,
            ranking=[[a, round(b, 3)] for a, b in zip(names, (first, *others), strict=True)] if read else [],
            replies=self.laid(
                outcome, topic if understood else tuple(names[: 3 if outcome == "suggested" else 0]), language, channel
            ),
            verdict=self._one({"": 960, "helpful": 30, "unhelpful": 10}),
        )

    def _one(self, weights: Mapping[str, int]) -> str:
        return self._chance.choices(list(weights), list(weights.values()))[0]

    def _laid(self, outcome: str, about: str | tuple[str, ...], language: str, channel: str) -> tuple[Laid, ...]:
        speaker = self.script.speaker
        if isinstance(about, str):
            said: Outgoing = speaker.answer(about, language)
        elif outcome == "suggested":
            said = speaker.suggestions(about, language)
        else:
            said = speaker.sentence(SENTENCES[outcome], language)
        limits, words = CHANNELS[channel], Words(*speaker.layout_words(language))
        if not limits.text:
            return ((said.text, [[one.title, one.id] for one in said.buttons], {}),)
        return tuple(
            (laid.text, [[one.title, one.id] for one in laid.options], to_form(laid))
            for answer in pack((said,), limits)
            for laid in lay_out(answer, limits, words)
        )


def _summed(weights: Sequence[float]) -> list[float]:
    whole, found = 0.0, []
    for weight in weights:
        whole += weight
        found.append(whole)
    return found
