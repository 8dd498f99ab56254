"""Placeholders for libraries that Rasa 3.6.21 names while it is imported, and that nothing of ours ever uses.

Rasa imports every channel, store and component that it ships, used or not, and with them their libraries. It only *names*
things of them in that moment (base classes, decorators, type hints), so a placeholder that answers every name is enough.
Then it is sealed: from there on any use raises, because a permissive placeholder was seen to let DIETClassifier "train" and
save a model without an error.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any


class Absence(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands where the libraries `names` would be.

    Args:
        names: top-level modules.
        refused: makes the exception for a use after sealing, from the dotted name that was used.
    """

    def __init__(self, names: Sequence[str], refused: Callable[[str], Exception]) -> None:
        self.names = frozenset(names)
        self.refused = refused
        self.closed = False

    def install(self, *, first: bool) -> None:
        """Put it in place: `first` before the real libraries, else where they are missing."""
        if first:
            sys.meta_path.insert(0, self)
        else:
            sys.meta_path.append(self)

    def seal(self) -> None:
        """Refuse every use from now on."""
        self.closed = True

    def named(self, dotted: str) -> Name:
        """A name of these libraries.

        Raises:
            Exception: that of `refused`, when sealed.
        """
        if self.closed:
            raise self.refused(dotted)
        return Name(self, dotted)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return AbsentModule(self, spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is its `__getattr__`."""


class Name:
    """Any name: gives further names while Rasa is being imported, refuses everything afterwards."""

    _absence: Absence
    _dotted: str

    def __init__(self, absence: Absence, dotted: str) -> None:
        self.__dict__["_absence"] = absence
        self.__dict__["_dotted"] = dotted

    def __getattr__(self, attribute: str) -> Name:
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        return self._absence.named(f"{self._dotted}.{attribute}")

    def __call__(self, *args: Any, **_kwargs: object) -> Any:
        if self._absence.closed:
            raise self._absence.refused(self._dotted)
        # `@tf.function` and `@register_keras_serializable()`: a decorator gives back what it decorates.
        if len(args) == 1 and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return Name(self._absence, f"{self._dotted}()")

    def __getitem__(self, _key: object) -> Name:
        return self

    def __or__(self, other: object) -> Any:
        return Any

    __ror__ = __or__

    def __mro_entries__(self, _bases: tuple[type, ...]) -> tuple[type, ...]:
        absence, dotted = self._absence, self._dotted

        class Base:
            """Stands in as the base class of what Rasa builds on the library."""

            def __init__(self, *_args: object, **_kwargs: object) -> None:
                raise absence.refused(dotted)

        return (Base,)

    def __instancecheck__(self, _instance: object) -> bool:
        # Nothing is ever of such a class here; Rasa asks this of numpy arrays on its ordinary paths.
        return False


class AbsentModule(types.ModuleType):
    """A module of a library that is not there."""

    def __init__(self, absence: Absence, name: str) -> None:
        super().__init__(name)
        self.__dict__["_absence"] = absence

    def __getattr__(self, attribute: str) -> Name:
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        absence: Absence = self.__dict__["_absence"]
        return absence.named(f"{self.__name__}.{attribute}")
