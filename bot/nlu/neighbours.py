"""The training examples that mean nearly the same as a message. No Rasa in here.

The model keeps the place of each example among the others but not its text. Encoding all examples takes about 25 s, so
their places are kept with a sign of their texts in a file beside the model.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.nlu.linear import Floats
from bot.nlu.topic_model import Encode

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twenty times as fast where libyaml is there
_MODEL = ".tar.gz"
_KEPT = ".examples.npz"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that a topic was learnt from."""

    topic: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """An example and how much it means the same as a message: a cosine, as the classifier sees it, at most 1."""

    example: Example
    similarity: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Examples and their points in the space of bot.nlu.nearest, one row each."""

    examples: Sequence[Example]
    points: Floats

    def nearest(self, point: Floats, count: int) -> tuple[Near, ...]:
        """Return the `count` examples whose points are nearest to this one, the nearest first."""
        similarities = self.points @ point
        # Stable: of the same sentence in two languages always the same one comes first.
        places = np.argsort(-similarities, kind="stable")[:count]
        return tuple(Near(self.examples[place], min(float(similarities[place]), 1.0)) for place in places.tolist())


def read(folder: Path) -> Iterator[Example]:
    """Read every training example of a folder like data/nlu."""
    return (example for _, example in read_files(folder))


def read_files(folder: Path) -> Iterator[tuple[Path, Example]]:
    """Read every training example of a folder like data/nlu, with the file that it stands in."""
    for path in sorted(folder.glob("*/*.yml")):
        # A safe loader of PyYAML either way.
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)["nlu"]:  # noqa: S506
            language = (block.get("metadata") or {}).get("language", path.parent.name)
            for line in block["examples"].splitlines():
                if text := line.strip().removeprefix("-").strip():
                    yield path, Example(block["intent"], language, text)


def kept_beside(model: Path) -> Path:
    """Return the file that keeps the points of the examples of this model."""
    return model.with_name(model.name.removesuffix(_MODEL) + _KEPT)


def of_model(model: Path, examples: Iterable[Example], locate: Encode) -> Neighbourhood:
    """Return the examples with their points: those that are kept beside the model, else new ones, which are kept.

    Where the folder cannot be written, the points are made anew each time.

    Args:
        model: the file of the model.
        examples: what it was trained on.
        locate: makes one point per text, of length 1.
    """
    listed = tuple(examples)
    kept = kept_beside(model)
    digest = _digest(listed)
    points = _load(kept, digest, len(listed))
    if points is None:
        # Half the precision for half the file; read back in the same way, so that both times say the same.
        halves = locate([example.text for example in listed]).astype(np.float16)
        _store(kept, digest, halves)
        points = halves.astype(np.float32)
    return Neighbourhood(listed, points)


def _digest(examples: Sequence[Example]) -> str:
    return hashlib.sha256(json.dumps([example.text for example in examples]).encode()).hexdigest()


def _load(path: Path, digest: str, count: int) -> Floats | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["digest"]) != digest or len(stored["points"]) != count:
                return None
            return np.asarray(stored["points"], dtype=np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # none yet, or one that was cut off or written by somebody else: it is made anew


def _store(path: Path, digest: str, points: np.ndarray) -> None:
    unfinished = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="unfinished-", suffix=_KEPT, delete=False) as file:
            unfinished = file.name
            np.savez(file, digest=np.str_(digest), points=points)
        os.replace(unfinished, path)  # noqa: PTH105 - the name is a text here
        _sweep(path.parent)
    except OSError:
        if unfinished:
            Path(unfinished).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what is kept for models that are no longer there."""
    for kept in folder.glob(f"faro-*{_KEPT}"):
        if not kept.with_name(kept.name.removesuffix(_KEPT) + _MODEL).exists():
            kept.unlink(missing_ok=True)
