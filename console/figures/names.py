"""What topics and languages are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from bot.channels.webchat.languages import languages, library
from bot.words import SAFEGUARDING_TOPIC


@dataclass(frozen=True, slots=True)
class Names:
    """What topics and languages are called in the reader's language."""

    topics: Mapping[str, str]
    languages: Mapping[str, str]

    def language(self, code: str) -> str:
        """The language's own name."""
        return self.languages.get(code, code) or gettext("Language not known")

    def topic(self, name: str) -> str:
        """The title of a topic; one that is no longer there keeps its short name."""
        return self.topics.get(name) or name


def names() -> Names:
    """What topics and languages are called in the reader's language."""
    content = library().current()
    chain = content.chain(translation.get_language() or content.default)
    topics = {
        topic: answer.title.get(chain) for topic, answer in content.answers.items() if topic != SAFEGUARDING_TOPIC
    }
    return Names(topics=topics, languages=dict(languages()))
