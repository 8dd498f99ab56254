"""`make secrets`: looks for secrets in every file and in everything that was ever committed, with detect-secrets.

`python -m tests.security.leaks [FILE...]` looks at those files alone, as the hook before a commit does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from detect_secrets.core import scan
from detect_secrets.settings import default_settings

from bot.settings import ROOT

#: What was found, looked at and left, each with its reason; and what cannot hold a secret.
KNOWN = ROOT / "tests" / "security" / "known_secrets.yml"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that looks like a secret. `digest` is the SHA-1 of it: it is never written out itself."""

    file: str
    kind: str
    digest: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind} (digest {self.digest})"


@dataclass(frozen=True, slots=True)
class Known:
    """The list of what is known."""

    left_out: tuple[str, ...]
    digests: frozenset[str]

    def looks_at(self, name: str) -> bool:
        """Whether a file may hold a secret."""
        return not any(fnmatch(name, pattern) for pattern in self.left_out)


def known(path: Path = KNOWN) -> Known:
    """Read the list.

    Raises:
        ValueError: an entry has no reason.
    """
    written: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for one in (*written["left_out"], *written["found"]):
        if not str(one.get("reason", "")).strip():
            raise ValueError(f"{path.name}: {one} has no reason")
    patterns = tuple(str(one["files"]) for one in written["left_out"])
    return Known(patterns, frozenset(str(digest) for one in written["found"] for digest in one["digests"]))


def in_files(root: Path, names: Iterable[str], known: Known) -> Iterator[Finding]:
    """What stands in files of a folder and is not known."""
    with default_settings():
        for name in names:
            if known.looks_at(name) and (root / name).is_file():
                for one in scan.scan_file(str(root / name)):
                    if one.secret_hash not in known.digests:
                        yield Finding(name, one.type, one.secret_hash, one.line_number)


def tracked(root: Path) -> list[str]:
    """Files that git knows, and those that it would take."""
    return _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").rstrip("\0").split("\0")


def in_history(root: Path, known: Known) -> Iterator[Finding]:
    """What stood in any line that was ever added, on any branch, also where a later commit took it away."""
    added: dict[str, list[str]] = defaultdict(list)
    name = ""
    options = ("--all", "-p", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames", "-m", "--format=")
    for line in _git(root, "-c", "core.quotePath=false", "log", *options).splitlines():
        if line.startswith("+++ "):
            name = line.removeprefix("+++ b/") if line.startswith("+++ b/") else ""
        elif line.startswith("+") and name:
            added[name].append(line[1:])
    with tempfile.TemporaryDirectory() as folder:
        for path, lines in added.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(dict.fromkeys(lines)), encoding="utf-8")
        yield from in_files(Path(folder), sorted(added), known)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def main(names: list[str]) -> int:
    """Look, and say what was found; returns the exit code."""
    list_ = known()
    found = list(in_files(ROOT, names or tracked(ROOT), list_))
    if not names:
        found += [one for one in in_history(ROOT, list_) if one.digest not in {other.digest for other in found}]
    for one in sorted(found):
        print(one)  # noqa: T201
    print(f"{len(found)} that look like secrets and are not in {KNOWN.relative_to(ROOT)}", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
