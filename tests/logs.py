"""Logs as a process of ours writes them, for as long as a test looks."""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from bot import log as faro_log

OURS = ("faro", "bot", "actions", "")


@contextmanager
def written(level: str = "DEBUG", *, as_json: bool = False, everything: bool = False) -> Iterator[io.StringIO]:
    """What is written to stderr while the block runs; afterwards logging is as before.

    Args:
        level: as LOG_LEVEL.
        as_json: as LOG_FORMAT=json.
        everything: also the debug records of libraries, which no process of ours shows.
    """
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in OURS}
    handlers, shown = list(root.handlers), warnings.showwarning
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    try:
        faro_log.configure(level, stream=stream, as_json=as_json)
        if everything:
            root.setLevel(logging.DEBUG)
        yield stream
    finally:
        root.handlers[:] = handlers
        logging.captureWarnings(False)
        warnings.showwarning = shown
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
