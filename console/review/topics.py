"""Topics as the team reads them: by their title, in the language of the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy

from bot.answers.check import read_topics
from bot.answers.schema import Topic
from bot.channels.webchat.languages import library

#: The topic of what is none of ours.
OUT_OF_SCOPE = "out_of_scope"

#: Questions that mean something only after an answer, and so have no answer and no title of their own.
SHORT_QUESTIONS = {
    "ask_cost": gettext_lazy("Short question: how much?"),
    "ask_where": gettext_lazy("Short question: where?"),
    "ask_phone": gettext_lazy("Short question: which number?"),
    "ask_documents": gettext_lazy("Short question: which papers?"),
    "ask_hours": gettext_lazy("Short question: when is it open?"),
    "ask_duration": gettext_lazy("Short question: how long?"),
    "ask_more": gettext_lazy("Short question: tell me more"),
}


@dataclass(frozen=True, slots=True)
class Titled:
    """A topic with its title."""

    name: str
    title: str
    area: str
    safety: bool

    @property
    def words(self) -> str:
        """Title and name in one line, as a list offers them."""
        return f"{self.title} ({self.name})" if self.title != self.name else self.name


def register(root: Path) -> Mapping[str, Topic]:
    """The topics of data/topics.yml, read again when the file changes."""
    path = root / "data" / "topics.yml"
    return _read(path, path.stat().st_mtime_ns)


def titled(root: Path, language: str) -> dict[str, Titled]:
    """Every topic by name, sorted by title, with its title in a language or the nearest that has one."""
    content = library().current()
    chain = (language, content.default)
    found = []
    for name, topic in register(root).items():
        answer = content.answers.get(name)
        title = answer.title.get(chain) if answer else ""
        title = title or str(SHORT_QUESTIONS.get(name, name.replace("_", " ")))
        found.append(Titled(name, title, topic.area, topic.safety))
    return {one.name: one for one in sorted(found, key=lambda one: one.title.casefold())}


def chosen(typed: str, topics: Mapping[str, Titled]) -> str:
    """The name of the topic that somebody typed or chose from the list: its name, its title, or both; "" for none."""
    plain = typed.strip()
    name = plain.rpartition("(")[2].removesuffix(")").strip()
    if plain in topics or name in topics:
        return plain if plain in topics else name
    fitting = [one.name for one in topics.values() if one.title.casefold() == plain.casefold()]
    return fitting[0] if len(fitting) == 1 else ""


@lru_cache(maxsize=2)
def _read(path: Path, _stamp: int) -> Mapping[str, Topic]:
    topics, _ = read_topics(path)
    return topics
