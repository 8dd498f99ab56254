"""An answer's text as paragraphs and lists, so that a screen reader says "list, 3 items" instead of reading hyphens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ITEM = re.compile(r"(?:-|(?P<number>[0-9]{1,2})\.)[ \t]+(?P<text>\S.*)")


class BlockKind(StrEnum):
    """What a run of lines is."""

    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its sign. `number` is that of a step, as staff wrote it."""

    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together."""

    kind: BlockKind
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(line.text for line in self.lines)


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text: an empty line ends one, and so does a line of another kind. No word is lost."""
    found: list[tuple[BlockKind, list[Line]]] = []
    fresh = True
    for written in text.splitlines():
        if not written.strip():
            fresh = True
            continue
        kind, line = _line(written.strip())
        if fresh or found[-1][0] is not kind:
            found.append((kind, []))
        found[-1][1].append(line)
        fresh = False
    return tuple(Block(kind, tuple(lines)) for kind, lines in found)


def _line(text: str) -> tuple[BlockKind, Line]:
    match = _ITEM.fullmatch(text)
    if match is None:
        return BlockKind.PARAGRAPH, Line(text)
    if match["number"] is None:
        return BlockKind.BULLETS, Line(match["text"])
    return BlockKind.STEPS, Line(match["text"], int(match["number"]))
