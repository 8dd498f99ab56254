"""The rules about what people see: one message, on every channel, in words that are easy to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from bot.answers.choices import list_label
from bot.answers.messages import Shown, written
from bot.answers.problems import Problem, problem
from bot.answers.readability import SCALES, score
from bot.answers.render import MESSAGE_LIMIT
from bot.answers.rules import BUTTON_LIMIT, MESSAGE_ADVICE, graphemes
from bot.answers.schema import Content
from bot.words import Outgoing


class Misfit(Protocol):
    """What of a message a channel cannot show as one message with buttons or a list (bot/channels/layout.py)."""

    @property
    def channel(self) -> str:
        """The channel's name."""

    @property
    def reason(self) -> str:
        """parts, options, title, id, twins or label."""

    @property
    def name(self) -> str:
        """The id of the option, or ""."""

    @property
    def length(self) -> int:
        """What the channel counts."""

    @property
    def limit(self) -> int:
        """What the channel takes."""


#: A message and the words that open a list -> what does not fit, on all channels together.
Fits = Callable[[Outgoing, str], Iterable[Misfit]]


def messages_short(content: Content) -> Iterator[Problem]:
    """What is sent fits into one message, in every language that has the text."""
    for shown in written(content):
        if shown.name.startswith(("menu.", "nearest.")):  # only the limits of the channels count for them
            continue
        length = len(shown.outgoing.text) + sum(len(button.title) for button in shown.outgoing.buttons)
        values = {"key": shown.label.removeprefix("sentences."), "language": shown.language, "length": length}
        if length > MESSAGE_LIMIT:
            yield problem(shown.place.path, shown.place.line, "rendered_too_long", **values, limit=MESSAGE_LIMIT)
        elif length > MESSAGE_ADVICE:
            yield problem(shown.place.path, shown.place.line, "rendered_long", **values, limit=MESSAGE_ADVICE)


def messages_fit(content: Content, fits: Fits) -> Iterator[Problem]:
    """Every channel shows each message as one, with its options to tap."""
    for shown in written(content):
        label = _label(content, shown.language)
        for misfit in fits(shown.outgoing, label):
            if not _told_already(shown, misfit):
                yield _misfit(shown, misfit)


def readable(content: Content) -> Iterator[Problem]:
    """What people read is written in everyday words and short sentences."""
    for answer in content.answers.values():
        for language, text in answer.text.texts.items():
            found = score(text, language)
            if found is not None and round(found) < SCALES[language].least:
                values = {"language": language, "score": round(found), "least": SCALES[language].least}
                yield problem(answer.place.path, answer.text.line_of(language), "hard_to_read", **values)


def _misfit(shown: Shown, misfit: Misfit) -> Problem:
    values = {"key": shown.label, "language": shown.language, "channel": misfit.channel, "name": misfit.name}
    return problem(
        shown.place.path,
        shown.place.line,
        f"shown_{misfit.reason}",
        **values,
        length=misfit.length,
        limit=misfit.limit,
    )


def _told_already(shown: Shown, misfit: Misfit) -> bool:
    # Titles beyond this limit of ours are reported where they are written, once for all messages that offer them.
    titles = [button.title for button in shown.outgoing.buttons if button.id == misfit.name]
    return misfit.reason == "title" and any(graphemes(title) > BUTTON_LIMIT for title in titles)


def _label(content: Content, language: str) -> str:
    try:
        return list_label(content, language)
    except KeyError:  # missing_key says so
        return "-"
