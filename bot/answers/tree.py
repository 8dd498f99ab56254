"""A YAML file as a small tree that knows its lines.

Built from the parser's events instead of `yaml.compose`, because that recurses: deep nesting overflows the stack, and
aliases make trees without end. Here depth is limited and aliases and tags, which staff never need, are refused.
A scalar stays the text that was typed: `No`, `2023` and `+507 ...` are never turned into something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.answers.mistakes import explained
from bot.answers.problems import Problem, problem

#: Deepest nesting of the content format is 6.
DEEPEST = 12
#: Far above the largest file; a bigger one is a mistake.
LARGEST_KB = 512

_QUOTES = frozenset("'\"")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
#: What YAML forbids, and what makes a text look other than it is: marks that turn the direction of a whole run of
#: characters. The joiners and the marks of single characters stay: languages need them.
_FORBIDDEN_CHARACTERS = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\ufeff]"
)
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with the line on which it starts. `block` says that it was written with |."""

    value: str
    line: int
    block: bool = False
    null: bool = False

    def line_of(self, position: int) -> int:
        """The line in the file of a character of the value (exact for | texts, the first line for others)."""
        return self.line + 1 + self.value.count("\n", 0, position) if self.block else self.line


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Names with values, in the order of the file."""

    line: int
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    waiting: Scalar | None = None


Node = Scalar | Sequence | Mapping


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar of a tree, names included, in the order of the file."""
    stack: list[Node] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Scalar):
            yield top
        elif isinstance(top, Sequence):
            stack.extend(reversed(top.items))
        else:
            stack.extend(part for pair in reversed(top.pairs) for part in reversed(pair))


def grow(path: str, data: bytes) -> tuple[Node | None, list[Problem]]:
    """The tree of one file, or None with the problems that prevent it. Never raises on any bytes."""
    if len(data) > LARGEST_KB * 1024:
        return None, [problem(path, 1, "too_big", limit=LARGEST_KB)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [problem(path, data.count(b"\n", 0, error.start) + 1, "not_utf8")]
    if found := _FORBIDDEN_CHARACTERS.search(text):
        return None, [problem(path, text.count("\n", 0, found.start()) + 1, "control_character")]
    problems: list[Problem] = []
    quoted: list[yaml.Mark] = []
    try:
        root = _compose(path, text, problems, quoted)
    except yaml.MarkedYAMLError as error:
        return None, [*problems, explained(path, text, error, quoted[-1] if quoted else None)]
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, [*problems, problem(path, 1, "yaml_broken", column=1)]
    if root is None and not problems:
        problems.append(problem(path, 1, "empty_file"))
    return (None if problems else root), problems


def _compose(path: str, text: str, problems: list[Problem], quoted: list[yaml.Mark]) -> Node | None:
    """The tree; `quoted` collects where texts in quotes begin that end on a later line."""
    root: Node | None = None
    documents = 0
    stack: list[Sequence | Mapping] = []
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                problems.append(problem(path, line, "several_documents"))
                return None
        elif isinstance(event, yaml.AliasEvent):
            problems.append(problem(path, line, "alias"))
            _place(path, stack, Scalar("", line, null=True), problems)
        elif isinstance(event, yaml.NodeEvent):
            problems.extend(_signs(path, line, event))
            if isinstance(event, yaml.ScalarEvent) and event.style in _QUOTES:
                quoted.extend(_spread(event))
            node = _node(event, line)
            if stack:
                _place(path, stack, node, problems)
            else:
                root = node
            if not isinstance(node, Scalar):
                stack.append(node)
                if len(stack) > DEEPEST:
                    problems.append(problem(path, line, "too_deep"))
                    return None
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            stack.pop()
    return root


def _signs(path: str, line: int, event: yaml.NodeEvent) -> Iterator[Problem]:
    """Signs at the beginning of a text that YAML keeps for itself."""
    if getattr(event, "tag", None) is not None:
        yield problem(path, line, "tag")
    if isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
        # "&Costo del retorno" would be read as "del retorno".
        yield problem(path, line, "yaml_sign", column=event.start_mark.column + 1 if event.start_mark else 1)


def _spread(event: yaml.ScalarEvent) -> Iterator[yaml.Mark]:
    """Where a text begins that ends on a later line."""
    if event.start_mark and event.end_mark and event.end_mark.line > event.start_mark.line:
        yield yaml.Mark("", event.start_mark.index, event.start_mark.line, event.start_mark.column, None, 0)


def _node(event: yaml.NodeEvent, line: int) -> Node:
    if isinstance(event, yaml.ScalarEvent):
        plain = not event.style
        return Scalar(event.value, line, event.style == "|", plain and event.value in _NULLS)
    return Sequence(line) if isinstance(event, yaml.SequenceStartEvent) else Mapping(line)


def _place(path: str, stack: list[Sequence | Mapping], node: Node, problems: list[Problem]) -> None:
    if not stack:
        return
    parent = stack[-1]
    if isinstance(parent, Sequence):
        parent.items.append(node)
    elif parent.waiting is not None:
        parent.pairs.append((parent.waiting, node))
        parent.waiting = None
    elif isinstance(node, Scalar):
        if node.value in parent.names:
            problems.append(problem(path, node.line, "duplicate_key", key=node.value))
        parent.names.add(node.value)
        parent.waiting = node
    else:
        problems.append(problem(path, node.line, "expected_text", field="?"))
        parent.waiting = Scalar("?", node.line)
