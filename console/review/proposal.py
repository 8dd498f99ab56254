"""What a change would write: its lines, the files before and after, the difference. Reads the files, writes nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from console.review import examples, questions, topics, training_file
from console.review.examples import Examples, Known
from console.review.lines import Fault, clean, fault
from console.review.masks import masked
from console.review.models import Change, Verdict
from console.review.queue import decided
from console.review.sameness import normalised

#: The kinds of verdicts that teach something.
TEACHING = (Verdict.Kind.TOPIC, Verdict.Kind.OUT_OF_SCOPE)

#: Lines around a difference.
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a change; `pk` is its verdict. With a fault it is not written."""

    pk: int
    language: str
    area: str
    topic: str
    text: str
    asked: int
    fault: Fault | None = None

    @property
    def file(self) -> str:
        """Its file, from the root of the project."""
        return f"data/nlu/{self.language}/{self.area}.yml"

    def as_list(self) -> list[str]:
        """As a change keeps it."""
        return [self.language, self.area, self.topic, self.text]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after."""

    name: str
    before: str
    after: str

    @property
    def patch(self) -> str:
        """The difference as `git apply` takes it."""
        lines = unified_diff(
            _lines(self.before), _lines(self.after), f"a/{self.name}", f"b/{self.name}", n=_CONTEXT, lineterm="\n"
        )
        # difflib leaves a last line without its line end as it is; git wants to be told.
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The difference line by line: ("ins", "del" or "", the line with its sign)."""
        kinds = {"+": "ins", "-": "del"}
        rows = self.patch.split("\n")[2:-1]
        return [("" if row.startswith("@@") else kinds.get(row[:1], ""), row) for row in rows]


def waiting(change: Change | None) -> list[Verdict]:
    """The accepted verdicts that teach something and are in a draft, or in none (None): one for each decision."""
    rows = decided().filter(state=Verdict.State.ACCEPTED, kind__in=TEACHING, change=change)
    first: dict[object, Verdict] = {}
    for one in rows.order_by("pk"):
        first.setdefault(one.decision, one)
    return list(first.values())


def judged(root: Path, verdicts: Iterable[Verdict]) -> list[Line]:
    """The lines that verdicts would become, each with what is wrong with it."""
    taught, asked = examples.of_project(root), questions.of_project(root)
    register = topics.register(root)
    numbers = _numbers(verdicts := list(verdicts))
    found: list[Line] = []
    for one in verdicts:
        topic = register.get(one.topic)
        line = Line(
            pk=one.pk,
            language=one.language,
            area=topic.area if topic else "",
            topic=one.topic,
            text=clean(one.wording or one.text),
            asked=numbers[one.decision],
        )
        if topic is None:
            wrong: Fault | None = Fault.TOPIC
        elif one.language not in taught:
            wrong = Fault.LANGUAGE
        else:
            wrong = fault(line.text, one.topic, taught[one.language], asked, masked) or _repeated(line, found)
        found.append(replace(line, fault=wrong))
    return found


def files(root: Path, lines: Iterable[Line]) -> list[FileChange]:
    """Every file that the faultless lines change.

    Raises:
        training_file.TrainingFileError: a file has no examples of a topic.
        OSError: a file cannot be read.
    """
    additions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.fault is None:
            additions[line.file][line.topic].append(line.text)
    changed = []
    for name, by_topic in sorted(additions.items()):
        before = (root / name).read_bytes().decode("utf-8")
        changed.append(FileChange(name, before, training_file.insert(before, by_topic)))
    return changed


def taken_back(root: Path, lines: Iterable[Iterable[str]]) -> list[FileChange]:
    """Every file without the lines of a written change.

    Raises:
        training_file.TrainingFileError: a line is no longer there.
        OSError: a file cannot be read.
    """
    taken: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for language, area, topic, text in lines:
        taken[Line(0, language, area, topic, text, 0).file][topic].append(text)
    changed = []
    for name, by_topic in sorted(taken.items()):
        before = (root / name).read_bytes().decode("utf-8")
        changed.append(FileChange(name, before, training_file.remove(before, by_topic)))
    return changed


def digest(changes: Iterable[FileChange]) -> str:
    """Changes when a file or a line does: what was looked at is what is written, or nothing is."""
    found = hashlib.sha256()
    for one in changes:
        for part in (one.name, one.before, one.after):
            found.update(f"{len(part)}:{part}".encode())
    return found.hexdigest()


def patch(changes: Iterable[FileChange]) -> str:
    """All of it as one patch."""
    return "".join(f"diff --git a/{one.name} b/{one.name}\n{one.patch}" for one in changes)


def _lines(text: str) -> list[str]:
    return text.replace("\n", "\n\0").removesuffix("\0").split("\0") if text else []


def _numbers(verdicts: Iterable[Verdict]) -> Mapping[object, int]:
    decisions = [one.decision for one in verdicts]
    counted: dict[object, int] = defaultdict(int)
    for one in Verdict.objects.filter(decision__in=decisions).values_list("decision", flat=True):
        counted[one] += 1
    return counted


def _repeated(line: Line, before: Iterable[Line]) -> Fault | None:
    """Whether a line says nearly what an earlier one of the same language says."""
    known = [
        Known(one.topic, normalised(one.text)) for one in before if one.language == line.language and not one.fault
    ]
    return Fault.REPEATED if Examples(known).same(normalised(line.text)) else None
