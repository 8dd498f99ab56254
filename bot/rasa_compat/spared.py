"""Libraries of channels, stores and drawings that Rasa imports and a process that only understands messages never uses.

They cost it memory and half of its start (docs/figures/benchmark.md). Sealed placeholders (bot/rasa_compat/absent.py) stand
in their place in `bot serve rasa` and `bot nlu`. Not in `bot train` and `bot evaluate`, which need scikit-learn, and not in
`bot rasa ...`, where any command of stock Rasa must work.
"""

from __future__ import annotations

import importlib
import sys

from bot.rasa_compat.absent import Absence

#: Library -> what Rasa 3.6.21 has it for. Not those of its stores (pymongo, botocore): it names their exceptions whenever it
#: makes a tracker store, whichever.
SPARED = {
    "aiogram": "its Telegram channel, which we refuse to start",
    "fbmessenger": "its Facebook channel",
    "matplotlib": "drawings of `rasa test`",
    "prompt_toolkit": "questions of `rasa shell` and `rasa interactive`",
    "questionary": "the same as prompt_toolkit",
    "sklearn": "its own classifiers and the reports of `rasa test`; ours needs it for training alone",
    "slack_sdk": "its Slack channel",
    "twilio": "its Twilio channels",
    "webexteamssdk": "its Webex channel",
}

#: Where Rasa names them; imported while names are still given.
_NAMED_IN = (
    "rasa.engine.recipes.default_components",
    "rasa.core.channels",
    "rasa.core.tracker_store",
    "rasa.core.agent",
    "rasa.core.run",
)


class LibraryIsSpared(RuntimeError):
    """Something tried to use a library that this process leaves out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was used in a process that spares it: no component of config.yml and no setting of ours needs it. "
            "What uses it runs under `bot rasa` (bot/rasa_compat/spared.py)."
        )


_absence = Absence(tuple(SPARED), LibraryIsSpared)


def install() -> None:
    """Put the placeholders in place, before Rasa is imported. Does nothing for a library that is loaded already."""
    if _absence in sys.meta_path or any(name in sys.modules for name in SPARED):
        return
    _absence.install(first=True)


def seal() -> None:
    """Import what names them, and refuse every use from then on."""
    if _absence not in sys.meta_path or _absence.closed:
        return
    for name in _NAMED_IN:
        importlib.import_module(name)
    _absence.seal()
