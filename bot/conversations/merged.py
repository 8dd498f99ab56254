"""Several messages of one person as one text (bot/conversations/flood.py), of which each can be changed or taken back alone.

Beside the text is kept, line by line, in which messages it was said: by the beginning of the keyed pseudonym of their
provider's id, so that a line goes with the last message that said it, and stays as long as another one did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.conversations.triage import MAX_READ

#: What is kept of the messages that were put together, in characters: as many as are read of one.
MAX_TOGETHER = MAX_READ

#: Hexadecimal digits of a pseudonym by which a message is known here: 64 bits, among the messages of one person.
NAME_DIGITS = 16

#: In how many messages a line is known to have been said, the newest; whoever cries the same a hundred times takes no more
#: room. Whoever takes back all of these takes back the line.
MOST_NAMES = 8

#: Stands for a message that cannot be taken back: it has no id, or was put in by a version that kept no names.
NAMELESS = "-"


def name_of(reference: str) -> str:
    """How a message is called here.

    Args:
        reference: the keyed pseudonym of its provider's id, or "" when it has none.
    """
    return reference[:NAME_DIGITS] or NAMELESS


@dataclass(frozen=True, slots=True)
class Merged:
    """The lines of a text, each once, and the names of the messages in which each was said, the oldest first."""

    lines: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, name: str, text: str) -> Merged:
        """One message, as it was written."""
        return cls(tuple((line, (name,)) for line in text.split("\n")))

    @classmethod
    def read(cls, text: str, said_in: str) -> Merged:
        """What was kept. If the text has been changed so that lines and names do not fit, every line is everybody's."""
        lines, names = text.split("\n"), [tuple(one.split()) for one in said_in.split("\n")]
        if len(lines) != len(names):
            every = tuple(dict.fromkeys(name for one in names for name in one)) or (NAMELESS,)
            names = [every] * len(lines)
        return cls(tuple(zip(lines, names, strict=True)))

    @property
    def text(self) -> str:
        """As it is read, masked and shown."""
        return "\n".join(line for line, _ in self.lines)

    @property
    def said_in(self) -> str:
        """For each line of the text one, with the names in it."""
        return "\n".join(" ".join(names) for _, names in self.lines)

    def put(self, name: str, text: str) -> Merged:
        """With one more message behind it: each line once, the newest MAX_TOGETHER characters."""
        said = dict.fromkeys(text.split("\n"))
        before = {line: names for line, names in self.lines if line in said}
        kept = [(line, names) for line, names in self.lines if line not in said]
        new = [(line, _newest((*before.get(line, ()), name))) for line in said]
        return Merged(_cut([*kept, *new]))

    def without(self, name: str) -> Merged | None:
        """Without what only this message said; None when nothing is left."""
        names = [(line, tuple(one for one in names if one != name)) for line, names in self.lines]
        left = tuple((line, others) for line, others in names if others)
        return Merged(left) if left else None

    def changed(self, name: str, text: str) -> Merged:
        """With another text in the place of what this message said."""
        others = self.without(name)
        return others.put(name, text) if others else Merged.of(name, text)


def _newest(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[-MOST_NAMES:]


def _cut(lines: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The last lines that fit, whole; of one that alone is too long its end."""
    room, first = MAX_TOGETHER, len(lines)
    while first and len(lines[first - 1][0]) <= room:
        first -= 1
        room -= len(lines[first][0]) + 1
    if first == len(lines):
        line, names = lines[-1]
        return ((line[-MAX_TOGETHER:], names),)
    return tuple(lines[first:])
