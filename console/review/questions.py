"""The test questions, so that none is taught. An installation may be without them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from console.review.examples import Examples, Known, Stamps, stamps
from console.review.sameness import normalised

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def of_project(root: Path) -> Examples:
    """Every test question in every language, read again when a file changes: a name is the same in several."""
    return _read(stamps(root / "tests" / "questions"))


@lru_cache(maxsize=1)
def _read(files: Stamps) -> Examples:
    return Examples([one for name, _, _ in files for one in _of(Path(name))])


def _of(path: Path) -> Iterator[Known]:
    data = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    for one in (data or {}).get("questions", []):
        yield Known(str(one.get("topic", "")), normalised(str(one.get("text", ""))))
