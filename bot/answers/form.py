"""One YAML file as a form: its fields are taken by name and shape, and what is wrong is noted, never raised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.answers.problems import Problem, nearest_first, problem
from bot.answers.schema import EVERY_LANGUAGE, Dated, Place, Reference, Wording
from bot.answers.tree import Mapping, Node, Scalar, Sequence

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,3}(?:\.\d{1,9})?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(slots=True)
class Fields:
    """The named fields of one mapping. A field that is there but empty (`name:` or `~`) counts as missing."""

    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    line: int = 1

    def line_of(self, name: str) -> int:
        """The line of a field's name, or of the mapping when the field is missing."""
        return self.lines.get(name, self.line)


@dataclass(slots=True)
class Form:
    """Takes values out of the tree of the file at `path` and collects the problems."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, code: str, **values: object) -> None:
        """Remember a problem."""
        self.problems.append(problem(self.path, line, code, **values))

    def fields(self, node: Node, name: str, known: Iterable[str] | None = None, required: Iterable[str] = ()) -> Fields:
        """The fields of a mapping. With `known`, any other name is a problem; every one of `required` must be there."""
        result = Fields(line=node.line)
        if not isinstance(node, Mapping):
            if not (isinstance(node, Scalar) and node.null):
                self.note(node.line, "expected_mapping", field=name)
                return result
            pairs = []
        else:
            pairs = node.pairs
        admitted = None if known is None else set(known)
        for key, value in pairs:
            if admitted is not None and key.value not in admitted:
                self.note(key.line, "unknown_key", key=key.value, known=", ".join(nearest_first(key.value, admitted)))
            elif not (isinstance(value, Scalar) and value.null):
                result.nodes[key.value] = value
                result.lines[key.value] = key.line
        for missing in required:
            if missing not in result.nodes:
                self.note(node.line, "missing_field", field=f"{name}.{missing}" if name else missing)
        return result

    def text(self, fields: Fields, name: str) -> str:
        """A text, or "" when it is missing or not a text."""
        node = fields.nodes.get(name)
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.note(node.line, "expected_text", field=name)
            return ""
        if not node.value.strip():
            self.note(node.line, "empty_text", field=name)
        return node.value.strip()

    def wording(self, fields: Fields, name: str, *, neutral: bool = False) -> Wording:
        """A text in several languages; with `neutral`, a single text for all of them is accepted too."""
        node = fields.nodes.get(name)
        place = Place(self.path, fields.line_of(name))
        if node is None:
            return Wording({}, place)
        if isinstance(node, Scalar) and neutral:
            return self._worded(name, place, {EVERY_LANGUAGE: node})
        return self._worded(name, place, self.fields(node, name).nodes)

    def _worded(self, name: str, place: Place, nodes: dict[str, Node]) -> Wording:
        texts, lines, blocks = {}, {}, set()
        for language, node in nodes.items():
            if not isinstance(node, Scalar):
                self.note(node.line, "expected_text", field=f"{name}.{language}")
            elif not node.value.strip():
                self.note(node.line, "empty_text", field=f"{name}.{language}" if language else name)
            else:
                texts[language] = node.value.rstrip()
                lines[language] = node.line
                if node.block:
                    blocks.add(language)
        return Wording(MappingProxyType(texts), place, MappingProxyType(lines), frozenset(blocks))

    def references(self, fields: Fields, name: str) -> tuple[Reference, ...]:
        """A list of names; a name that is there twice is a problem and is taken once."""
        found: dict[str, Reference] = {}
        for node in self.items(fields, name):
            if not isinstance(node, Scalar) or not node.value.strip():
                self.note(node.line, "expected_text", field=name)
            elif (item := node.value.strip()) in found:
                self.note(node.line, "repeated", item=item, field=name)
            else:
                found[item] = Reference(item, node.line)
        return tuple(found.values())

    def items(self, fields: Fields, name: str) -> list[Node]:
        """The items of a list."""
        node = fields.nodes.get(name)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.note(node.line, "expected_list", field=name)
            return []
        return node.items

    def day(self, fields: Fields, name: str) -> date | None:
        """A full date."""
        dated = self.dated(fields, name)
        if dated is None:
            return None
        if dated.month is None or dated.day is None:
            self.note(fields.line_of(name), "bad_date", field=name)
            return None
        return date(dated.year, dated.month, dated.day)

    def dated(self, fields: Fields, name: str, without: str = "") -> Dated | None:
        """A date that may lack its day or month; the word `without` stands for none at all."""
        text = self.text(fields, name)
        if not text or text == without:
            return None
        if match := _DATE.fullmatch(text):
            year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
            try:
                date(year or 0, month or 1, day or 1)
            except ValueError:
                pass
            else:
                return Dated(year or 0, month, day)
        self.note(fields.line_of(name), "bad_date", field=name)
        return None

    def number(self, fields: Fields, name: str, least: int, most: int) -> int:
        """A whole number, or 0 when it is missing or wrong."""
        text = self.text(fields, name)
        if text and not (_WHOLE_NUMBER.fullmatch(text) and least <= int(text) <= most):
            self.note(fields.line_of(name), "bad_number", field=name, least=least, most=most)
            return 0
        return int(text or 0)

    def decimal(self, fields: Fields, name: str, least: float, most: float) -> float | None:
        """A number with decimals within bounds, or None when it is missing or wrong."""
        text = self.text(fields, name)
        if not text:
            return None
        if not (_DECIMAL.fullmatch(text) and least <= float(text) <= most):
            self.note(fields.line_of(name), "bad_decimal", field=name, least=least, most=most)
            return None
        return float(text)

    def choice(self, fields: Fields, name: str, choices: Iterable[str]) -> str:
        """One of a few words, or "" when it is missing or none of them."""
        text = self.text(fields, name)
        if text and text not in (admitted := list(choices)):
            self.note(fields.line_of(name), "bad_choice", field=name, choices=", ".join(admitted))
            return ""
        return text
