"""A text cut into parts that fit: between paragraphs, lines or sentences if that can be, else between words. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

import regex

#: Where a text is cut, the best place first. A part is at least half full, unless only words or less are left.
_BREAKS = (
    regex.compile(r"\s*\n\s*\n\s*+"),
    regex.compile(r"\s*\n\s*+"),
    regex.compile(r"(?<=[.!?…:;»)\]])\s++"),
    regex.compile(r"\s++"),
)


def cut(text: str, most: int, last: int, length: Callable[[str], int]) -> tuple[str, ...]:
    """The text in as few parts as its sentences allow; nothing but white space between parts is lost.

    Args:
        text: what is cut; white space around it is left out.
        most: how long a part may be, by `length`.
        last: how long the last part may be, when it carries something else too; at most `most`.
        length: counts a text; must add up over its graphemes.
    """
    text = text.strip()
    spans = list(_spans(text, last, length))
    parts: list[tuple[int, int]] = []
    for begin, end in spans[:-1]:
        if parts and length(text[parts[-1][0] : end]) <= most:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((begin, end))
    return tuple(text[begin:end] for begin, end in (*parts, *spans[-1:]))


def _spans(text: str, most: int, length: Callable[[str], int]) -> Iterator[tuple[int, int]]:
    ruler = _ruler(text, length, most)
    begin = 0
    while begin < len(text):
        reach = ruler.reach(begin, most)
        end, following = (reach, reach) if reach == len(text) else _break(text, begin, reach, ruler)
        yield begin, end
        begin = following


def _break(text: str, begin: int, reach: int, ruler: _Ruler) -> tuple[int, int]:
    """Where the part that begins at `begin` ends, at `reach` at the latest, and where the next one begins."""
    for number, pattern in enumerate(_BREAKS):
        least = begin if number == len(_BREAKS) - 1 else begin + (reach - begin) // 2
        found = [(match.start(), match.end()) for match in pattern.finditer(text, begin)]
        fitting = [(end, next_) for end, next_ in found if least < end <= reach and {end, next_} <= ruler.places]
        if fitting:
            return fitting[-1]
    return reach, reach


@dataclass(frozen=True, slots=True)
class _Ruler:
    """The edges of a text's graphemes and the length up to each."""

    edges: tuple[int, ...]
    lengths: tuple[int, ...]
    places: frozenset[int]

    def reach(self, begin: int, most: int) -> int:
        """The last edge that is not farther than `most` from `begin`; always at least one edge on."""
        here = bisect_right(self.edges, begin) - 1
        there = bisect_right(self.lengths, self.lengths[here] + most) - 1
        return self.edges[max(there, here + 1)]


def _ruler(text: str, length: Callable[[str], int], most: int) -> _Ruler:
    pieces: list[str] = []
    for grapheme in regex.findall(r"\X", text):
        # Hundreds of accents on one letter are one grapheme: what cannot be whole is cut between characters.
        pieces.extend([grapheme] if length(grapheme) <= most else grapheme)
    edges = (0, *accumulate(map(len, pieces)))
    return _Ruler(edges, (0, *accumulate(map(length, pieces))), frozenset(edges))
