"""A sealed placeholder that lets Rasa 3.6.21 run where TensorFlow is not installed.

Every Rasa process imports TensorFlow, used or not: 582 MB resident and 27 s to start against 222 MB and 11 s
without (docs/adr/0001). Rasa only *names* TensorFlow while it imports its stock components, so a placeholder
that answers every name is enough for that moment. Then it is sealed: from there on any use raises
`TensorFlowIsAbsent`, because a permissive placeholder was seen to let DIETClassifier "train" and save a model
without an error.

`install()` must run before Rasa is imported; our entry point (`bot.__main__`) does it.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence
from typing import Any

#: The modules that Rasa 3.6.21 imports and that we do not install.
ABSENT = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")


class TensorFlowIsAbsent(RuntimeError):
    """Something tried to use TensorFlow, which this installation leaves out on purpose."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used, but this installation runs Rasa without TensorFlow. "
            "Remove the TensorFlow component from config.yml (docs/adr/0001-rasa-without-tensorflow.md)."
        )


class _Seal:
    closed = False


class _SealedBase:
    """Stands in as the base class of Rasa's TensorFlow layers and models."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        raise TensorFlowIsAbsent(type(self).__name__)


class _Name:
    """Any TensorFlow name: gives further names while Rasa is being imported, refuses everything afterwards."""

    _dotted: str

    def __init__(self, dotted: str) -> None:
        self.__dict__["_dotted"] = dotted

    def __getattr__(self, attribute: str) -> _Name:
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        if _Seal.closed:
            raise TensorFlowIsAbsent(f"{self._dotted}.{attribute}")
        return _Name(f"{self._dotted}.{attribute}")

    def __call__(self, *args: Any, **_kwargs: object) -> Any:
        if _Seal.closed:
            raise TensorFlowIsAbsent(self._dotted)
        # `@tf.function` and `@register_keras_serializable()`: a decorator gives back what it decorates.
        if len(args) == 1 and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return _Name(f"{self._dotted}()")

    def __getitem__(self, _key: object) -> _Name:
        return self

    def __or__(self, other: object) -> Any:
        return Any

    __ror__ = __or__

    def __mro_entries__(self, _bases: tuple[type, ...]) -> tuple[type, ...]:
        return (_SealedBase,)

    def __instancecheck__(self, _instance: object) -> bool:
        # Nothing is ever a tensor here; Rasa asks this of numpy arrays on its ordinary paths.
        return False


class _AbsentModule(types.ModuleType):
    def __getattr__(self, attribute: str) -> _Name:
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        if _Seal.closed:
            raise TensorFlowIsAbsent(f"{self.__name__}.{attribute}")
        return _Name(f"{self.__name__}.{attribute}")


class _AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in ABSENT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is its `__getattr__`."""


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def installed() -> bool:
    """Whether the placeholder stands where TensorFlow would be."""
    return any(isinstance(finder, _AbsentFinder) for finder in sys.meta_path)


def sealed() -> bool:
    """Whether every further use of TensorFlow raises."""
    return installed() and _Seal.closed


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
    sys.meta_path.append(_AbsentFinder())
    importlib.import_module("rasa.engine.recipes.default_components")
    _Seal.closed = True
