"""Stands in for `randomname`, which Rasa imports to invent names for models.

It is published as a source archive only, and building one would fetch unlocked build tools on the user's
machine. Our commands always name the model file, so nothing is lost but "prime-crossover" in a file name.
"""

from __future__ import annotations

import importlib.util
import sys
import types


def install() -> None:
    """Offer a `randomname` module with the one function that Rasa calls, unless the real one is there."""
    if "randomname" in sys.modules or importlib.util.find_spec("randomname") is not None:
        return
    module = types.ModuleType("randomname")
    module.__dict__["get_name"] = lambda: "faro"
    sys.modules["randomname"] = module
