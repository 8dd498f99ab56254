"""What is said to somebody who says nothing but where they are from."""

from __future__ import annotations

from datetime import date

from bot.answers.choices import area_buttons
from bot.answers.choose import Choice, choose
from bot.answers.country_lines import lines_for
from bot.answers.render import render, sentence
from bot.answers.schema import Content
from bot.words import Outgoing

#: Said when the answer before has nothing for that country, or nothing was answered before.
NOTED = "nationality_noted"


def nationality_message(content: Content, after: str, language: str, on: date, countries: tuple[str, ...]) -> Outgoing:
    """The answer on topic `after` once more when it has a line for one of `countries`, else a question for the topic.

    Raises:
        KeyError: the interface lacks a sentence.
    """
    before = choose(content, after, language, on)
    if isinstance(before, Choice) and lines_for(content, before.answer, countries):
        return render(content, before, countries)
    return sentence(content, NOTED, language, area_buttons(content, language))
