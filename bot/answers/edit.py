"""Changes a YAML file of the content without touching what was not meant: comments, order, quotes, blank lines stay.

ruamel.yaml reads the file with all of that and writes it again. Where somebody typed in a way of their own (other
indentation, folded lines), only the lines that the change needs are taken from what ruamel.yaml writes.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString, ScalarString
from ruamel.yaml.tokens import CommentToken

from bot.errors import FaroError

#: Content is never folded: a line is as long as its text.
_WIDTH = 1_000_000

#: Where ruamel.yaml keeps the comment behind a value: in the entry of a mapping, and of a list.
_AFTER_VALUE, _AFTER_ITEM = 2, 0

#: Texts written with | and >.
_BLOCK = LiteralScalarString | FoldedScalarString

_BOM = "\ufeff"

#: A mapping of a file, with what stands around its fields.
Fields = CommentedMap


class NotEditable(FaroError):
    """The file cannot be changed safely by a program; a person has to mend it first. `reason` is short and technical."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class ChangedMeanwhile(FaroError):
    """Somebody else saved the file at `path` after it was read; nothing was written."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: changed meanwhile")


class Sheet:
    """One file opened for changes: `root` is its mapping, to be changed with `put` and `drop` only."""

    def __init__(self, path: str, data: bytes) -> None:
        """Read a file; `path` names it in errors.

        Raises:
            NotEditable: it is not UTF-8, not YAML, or not names with values.
        """
        self.path = path
        self.data = data
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise NotEditable(path, "not UTF-8") from None
        self._bom = text.startswith(_BOM)
        self._windows = "\r\n" in text
        text = text.removeprefix(_BOM).replace("\r\n", "\n")
        self._text = text if text.endswith("\n") else text + "\n"
        self.root: CommentedMap = self._load(self._text)

    def written(self) -> bytes:
        """The file with the changes.

        Raises:
            NotEditable: what would be written does not say what was meant.
        """
        after = _dump(self.root)
        before = _dump(self._load(self._text))
        if after == before:
            return self.data
        merged = after if before == self._text else _merged(self._text, before, after)
        if self._load(merged) != self.root:
            raise NotEditable(self.path, "formatting")
        if self._windows:
            merged = merged.replace("\n", "\r\n")
        return ((_BOM if self._bom else "") + merged).encode()

    def _load(self, text: str) -> CommentedMap:
        try:
            root = _yaml().load(text)
        except (YAMLError, ValueError, RecursionError, AttributeError, TypeError, AssertionError) as error:
            # The last three are how ruamel.yaml fails on some hostile files.
            raise NotEditable(self.path, type(error).__name__) from None
        if not isinstance(root, CommentedMap):
            raise NotEditable(self.path, "no mapping")
        return root


def put(mapping: CommentedMap, key: str, value: Any) -> None:
    """Set a field. One that is there keeps its place, quotes and remarks; a new one stands last, before what follows."""
    if key in mapping:
        old = mapping[key]
        if isinstance(old, _BLOCK | CommentedMap | CommentedSeq):
            following = _taken(mapping, key)
            mapping[key] = None  # otherwise ruamel.yaml would write the new one with | too
            mapping[key] = value
            _give(mapping, key, following)
        else:
            quoted = isinstance(old, ScalarString) and isinstance(value, str)
            mapping[key] = type(old)(value) if quoted else value
        return
    last = next(reversed(mapping), None)
    following = _taken(mapping, last) if last is not None and not mapping.fa.flow_style() else ""
    mapping[key] = value
    _give(mapping, key, following)


def drop(mapping: CommentedMap, key: str) -> None:
    """Take a field away; what stands between it and the next one stays."""
    if key not in mapping:
        return
    keys = list(mapping)
    at = keys.index(key)
    following = _taken(mapping, key)
    del mapping[key]
    mapping.ca.items.pop(key, None)
    if at and following:
        # The field before it may have lines of its own below it, which come first.
        _give(mapping, keys[at - 1], _taken(mapping, keys[at - 1]) + following)


def inline_fields(values: Mapping[str, Any]) -> CommentedMap:
    """A new mapping on one line: {es: ..., en: ...}."""
    fields = CommentedMap(values)
    fields.fa.set_flow_style()
    return fields


def inline_list(items: Iterable[str]) -> CommentedSeq:
    """A new list on one line: [es, en]."""
    listed = CommentedSeq(items)
    listed.fa.set_flow_style()
    return listed


def wordings(node: Any, languages: frozenset[str], skip: frozenset[str]) -> Iterator[CommentedMap]:
    """Every text in several languages below `node`: a mapping whose names are languages. Names in `skip` are left out."""
    if isinstance(node, CommentedMap):
        if node and all(isinstance(name, str) and name in languages for name in node):
            yield node
            return
        for name, value in node.items():
            if name not in skip:
                yield from wordings(value, languages, skip)
    elif isinstance(node, CommentedSeq):
        for value in node:
            yield from wordings(value, languages, skip)


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after; `within` is its path inside the content folder."""

    within: str
    before: bytes
    after: bytes


def write(root: Path, changes: list[Change]) -> None:
    """Save all changes in the folder `root`, each file at once or not at all; when one fails, all are put back.

    Raises:
        ChangedMeanwhile: a file is not what it was when it was read.
        OSError: the disk refused.
    """
    for change in changes:
        if (root / change.within).read_bytes() != change.before:
            raise ChangedMeanwhile(change.within)
    done: list[Change] = []
    try:
        for change in changes:
            replace_file(root / change.within, change.after)
            done.append(change)
    except OSError:
        for change in done:
            replace_file(root / change.within, change.before)
        raise


def replace_file(file: Path, data: bytes) -> None:
    """Put `data` in the place of a file, so that a reader sees the old bytes or the new ones, also after a power cut."""
    file = file.resolve()  # a link stays a link
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    # A name with a dot before it is not read as content.
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(mode)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    # Two facts confirmed on one day share the date; written out, each stands for itself, as texts do.
    usual = yaml.representer.ignore_aliases
    yaml.representer.ignore_aliases = lambda value: isinstance(value, date) or usual(value)
    return yaml


def _dump(root: CommentedMap) -> str:
    out = io.StringIO()
    _yaml().dump(root, out)
    return out.getvalue()


def _holder(container: Any, key: Any) -> tuple[Any, Any]:
    """Where ruamel.yaml hangs the comment behind a field: at its deepest last value."""
    while True:
        value = container[key]
        if not isinstance(value, CommentedMap | CommentedSeq) or value.fa.flow_style() or not value:
            return container, key
        container, key = value, (next(reversed(value)) if isinstance(value, CommentedMap) else len(value) - 1)


def _taken(mapping: CommentedMap, key: str) -> str:
    """Take what stands below a field (blank lines, remarks on what comes next); a remark on its own line stays."""
    container, last = _holder(mapping, key)
    entry = container.ca.items.get(last)
    slot = _AFTER_VALUE if isinstance(container, CommentedMap) else _AFTER_ITEM
    if not entry or entry[slot] is None:
        return ""
    token: CommentToken = entry[slot]
    if isinstance(container[last], _BLOCK):
        # Below a text written with | or > there is no own line: the remark begins where it stands.
        entry[slot] = None
        return token.value if token.value.startswith("\n") else " " * token.start_mark.column + token.value
    own, newline, below = token.value.partition("\n")
    entry[slot] = CommentToken(own + newline, token.start_mark, None) if own else None
    return str(below)


def _give(mapping: CommentedMap, key: str, below: str) -> None:
    if not below:
        return
    container, last = _holder(mapping, key)
    slot = _AFTER_VALUE if isinstance(container, CommentedMap) else _AFTER_ITEM
    entry = container.ca.items.setdefault(last, [None] * 4)
    token = entry[slot]
    if isinstance(container[last], _BLOCK):
        entry[slot] = CommentToken(below, CommentMark(0), None)
        return
    own = token.value if token is not None else "\n"
    entry[slot] = CommentToken(own + below, token.start_mark if token is not None else CommentMark(0), None)


def _merged(original: str, before: str, after: str) -> str:
    """`original` with the changes that lead from `before` to `after`, all three the same text in another form."""
    old, plain, new = (text.splitlines(keepends=True) for text in (original, before, after))
    fate: list[list[str] | None] = [None] * len(plain)  # None: the line stays
    inserted: list[list[str]] = [[] for _ in range(len(plain) + 1)]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, plain, new, autojunk=False).get_opcodes():
        if kind == "insert":
            inserted[i1] = new[j1:j2]
        elif kind != "equal":
            for line in range(i1, i2):
                fate[line] = []
            fate[i1] = new[j1:j2]
    result: list[str] = []
    for (i1, i2), (o1, o2) in _aligned(plain, old):
        result += inserted[i1]
        inserted[i1] = []
        if all(line is None for line in fate[i1:i2]) and not any(inserted[i1 + 1 : i2]):
            result += old[o1:o2]
            continue
        for line in range(i1, i2):
            given = fate[line]
            result += inserted[line] + ([plain[line]] if given is None else given)
            inserted[line] = []
    return "".join([*result, *inserted[len(plain)]])


def _aligned(plain: list[str], old: list[str]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Which lines of the one are which of the other: line by line where their number is the same."""
    bare = [["".join(line.split()) for line in lines] for lines in (plain, old)]
    for _, i1, i2, o1, o2 in SequenceMatcher(None, bare[0], bare[1], autojunk=False).get_opcodes():
        if i2 - i1 == o2 - o1:
            for i, o in zip(range(i1, i2), range(o1, o2), strict=True):
                yield (i, i + 1), (o, o + 1)
        else:
            yield (i1, i2), (o1, o2)
