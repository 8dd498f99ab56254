"""The files under content/: which there are, and their bytes. The only place of this room that reads them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from bot.answers.assembly import FIXED_FILES, OPTIONAL_FILES, assemble
from bot.answers.parse import Part, parse
from bot.answers.problems import Problem, problem
from bot.answers.schema import Content

_ENDINGS = (".yml", ".yaml")
_ANSWER_DEPTH = 3  # answers/<area>/<topic>.yml


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """What tells that a file changed: path inside the folder, time of change in nanoseconds, size in bytes."""

    within: str
    mtime_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The folder as it was read once: `read` are the paths that gave a value, `unread` those that gave none."""

    content: Content
    problems: tuple[Problem, ...]
    read: frozenset[str]
    unread: frozenset[str]

    @property
    def files(self) -> int:
        """How many files there are."""
        return len(self.read) + len(self.unread)

    @property
    def breaking(self) -> tuple[Problem, ...]:
        """The problems for which this content must not be served."""
        return tuple(found for found in self.problems if found.breaking)


@dataclass(slots=True)
class Folder:
    """Reads the folder at `root` again and again, parsing only the files that changed since."""

    root: Path
    _kept: dict[str, tuple[Stamp, bytes, Part]] = field(default_factory=dict)

    def stamps(self) -> tuple[Stamp, ...]:
        """Every YAML file under the folder. One that vanishes meanwhile is left out."""
        found = []
        for directory, below, names in os.walk(self.root):
            below[:] = [name for name in below if not name.startswith(".")]
            for name in names:
                if not name.startswith(".") and name.lower().endswith(_ENDINGS):
                    file = Path(directory) / name
                    try:
                        status = file.stat()
                    except OSError:
                        continue
                    found.append(Stamp(file.relative_to(self.root).as_posix(), status.st_mtime_ns, status.st_size))
        return tuple(sorted(found))

    def read(self, stamps: tuple[Stamp, ...]) -> Reading:
        """The content of the files of `stamps` (taken before, so that a later change is seen next time)."""
        kept: dict[str, tuple[Stamp, bytes, Part]] = {}
        stray = []
        for stamp in stamps:
            if not _is_content(stamp.within):
                stray.append(problem(f"{self.root.name}/{stamp.within}", 1, "unread_file"))
                continue
            before = self._kept.get(stamp.within)
            kept[stamp.within] = before if before and before[0] == stamp else self._parsed(stamp)
        # An unreadable file is not kept: it is tried again, its stamp may not change when its permissions do.
        self._kept = {within: entry for within, entry in kept.items() if entry[1]}
        parts = [part for _, _, part in kept.values()]
        content, problems = assemble(self.root.name, parts, {within: digest for within, (_, digest, _) in kept.items()})
        read = frozenset(within for within, (_, _, part) in kept.items() if part.value is not None)
        return Reading(content, tuple(sorted([*problems, *stray])), read, frozenset(kept) - read)

    def _parsed(self, stamp: Stamp) -> tuple[Stamp, bytes, Part]:
        path = f"{self.root.name}/{stamp.within}"
        try:
            data = (self.root / stamp.within).read_bytes()
        except OSError:
            return stamp, b"", Part(path, None, (problem(path, 1, "unreadable"),))
        return stamp, hashlib.sha256(data).digest(), parse(path, stamp.within, data)


def _is_content(within: str) -> bool:
    parts = within.split("/")
    answer = len(parts) == _ANSWER_DEPTH and parts[0] == "answers" and within.endswith(".yml")
    return answer or within in FIXED_FILES or within in OPTIONAL_FILES
