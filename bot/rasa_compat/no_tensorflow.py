"""Lets Rasa 3.6.21 run where TensorFlow is not installed.

Every Rasa process imports TensorFlow, used or not: 582 MB resident and 27 s to start against 222 MB and 11 s
without (docs/adr/0001). A sealed placeholder (bot/rasa_compat/absent.py) stands in its place.

`install()` must run before Rasa is imported; our entry point (`bot.__main__`) does it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

from bot.rasa_compat.absent import Absence

#: The modules that Rasa 3.6.21 imports and that we do not install.
ABSENT = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")


class TensorFlowIsAbsent(RuntimeError):
    """Something tried to use TensorFlow, which this installation leaves out on purpose."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used, but this installation runs Rasa without TensorFlow. "
            "Remove the TensorFlow component from config.yml (docs/adr/0001-rasa-without-tensorflow.md)."
        )


_absence = Absence(ABSENT, TensorFlowIsAbsent)


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def installed() -> bool:
    """Whether the placeholder stands where TensorFlow would be."""
    return _absence in sys.meta_path


def sealed() -> bool:
    """Whether every further use of TensorFlow raises."""
    return installed() and _absence.closed


def install() -> None:
    """Put the placeholder in place, import Rasa's stock components over it, and seal it.

    Does nothing where the real TensorFlow is installed (the comparison environment of `make bench`)
    or when it was called before.

    Raises:
        RuntimeError: Rasa was imported before, so that the placeholder would come too late.
    """
    if installed() or _is_installed("tensorflow"):
        return
    if "rasa.engine.recipes.default_components" in sys.modules:
        raise RuntimeError("bot.rasa_compat.no_tensorflow.install() must run before Rasa is imported")
    # spaCy's thinc asks for TensorFlow by importing it; it must hear the truth, or it calls into the placeholder.
    importlib.import_module("thinc.compat")
    _absence.install(first=False)
    importlib.import_module("rasa.engine.recipes.default_components")
    _absence.seal()
