"""What must happen in a process before Rasa is imported. Every entry point calls `install` first."""

from __future__ import annotations

import os
import warnings

from bot.rasa_compat import model_names, no_tensorflow, spared


def install(*, only_understanding: bool = False) -> None:
    """Telemetry off, TensorFlow and randomname replaced, in this order, before Rasa is imported.

    Args:
        only_understanding: whether this process neither trains nor runs commands of stock Rasa, so that what only those
            need is not loaded.
    """
    # Rasa posts to api.segment.io unless told otherwise; error reports to Sentry follow the same switch.
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # SQLAlchemy 1.4 announces 2.0 and setuptools the end of pkg_resources while Rasa is imported; both are pinned.
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model_names.install()
        if only_understanding:
            spared.install()
        no_tensorflow.install()
        if only_understanding:
            spared.seal()
