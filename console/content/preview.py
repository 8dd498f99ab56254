"""A topic as people see it: each language on each channel, by the code that lays out what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from bot.answers.choose import Unanswered
from bot.answers.messages import answer_on_day
from bot.answers.readability import SCALES, score
from bot.answers.schema import Answer, Content, Language
from bot.channels.layout import Laid, Words, lay_out
from bot.channels.limits import CHANNELS, Limits, utf16_units
from bot.words import Outgoing
from console.content.words import CHANNEL_NAMES

#: The channels in the order in which they are shown.
ORDER = ("web", "whatsapp", "telegram")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a channel shows it: `used` of the `room` characters that it may have (0: no limit)."""

    laid: Laid
    used: int
    room: int


@dataclass(frozen=True, slots=True)
class OnChannel:
    """What one channel shows, in its order."""

    channel: str
    bubbles: tuple[Bubble, ...]

    @property
    def words(self) -> str | Promise:
        """Its name."""
        return CHANNEL_NAMES[self.channel]


@dataclass(frozen=True, slots=True)
class InLanguage:
    """What is shown in one language.

    characters: of the answer's own text. readability: 0 (hard) to 100 (easy), None where there is no figure; below
    `least` the check warns. instead: why something else is said than the answer. borrowed: whether its text is missing
    in this language. channels: empty when words are missing, which the problems of the content name.
    """

    language: Language
    characters: int
    readability: int | None
    least: int
    instead: Unanswered | None
    borrowed: bool
    channels: tuple[OnChannel, ...]

    @property
    def hard(self) -> bool:
        """Whether the check warns of its readability."""
        return self.readability is not None and self.readability < self.least


def shown(
    content: Content, answer: Answer, on: date, layout_words: Callable[[str], tuple[str, str]]
) -> Iterator[InLanguage]:
    """The answer in every language, as it is on a day.

    Args:
        content: what is served.
        answer: the topic's.
        on: the day.
        layout_words: the words that a layout adds, by language (bot/answers/speaker.py).
    """
    for code, language in content.languages.items():
        said = next(iter(answer_on_day(content, answer, code, on)), None)
        text = answer.text.texts.get(code, "")
        figure = score(text, code)
        channels: tuple[OnChannel, ...] = ()
        if said is not None:
            words = Words(*layout_words(code))
            channels = tuple(_on_channel(said.outgoing, CHANNELS[name], words) for name in ORDER)
        yield InLanguage(
            language=language,
            characters=len(text),
            readability=None if figure is None else round(figure),
            least=SCALES[code].least if code in SCALES else 0,
            instead=said.instead if said else None,
            borrowed=not text,
            channels=channels,
        )


def _on_channel(outgoing: Outgoing, limits: Limits, words: Words) -> OnChannel:
    rooms = ((one, one.room(limits)) for one in lay_out(outgoing, limits, words))
    bubbles = (Bubble(one, utf16_units(one.text), room.value if room else 0) for one, room in rooms)
    return OnChannel(limits.channel, tuple(bubbles))
