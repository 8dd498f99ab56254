"""Which answer a person gets on a topic, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.answers.schema import Answer, Content


class Unanswered(StrEnum):
    """Why a topic has no answer to give."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer and the language to give it in; `asked` is the language that was wanted."""

    answer: Answer
    language: str
    asked: str


def choose(content: Content, topic: str, language: str, on: date) -> Choice | Unanswered:
    """The answer on `topic` that is valid `on` a day, in `language` or the first fallback that has its text."""
    answer = content.answers.get(topic)
    if answer is None:
        return Unanswered.UNKNOWN
    if answer.valid_to is not None and answer.valid_to < on:
        return Unanswered.EXPIRED
    if answer.valid_from is not None and on < answer.valid_from:
        return Unanswered.NOT_YET_VALID
    for code in content.chain(language):
        if code in answer.text.texts:
            return Choice(answer, code, language)
    return Unanswered.UNKNOWN
