"""One canonical line an event, ids and codes only. Nothing that people write, nor who they are, reaches a log.

Our own loggers ("faro.*", "bot.*") log fixed sentences with fields. Everybody else's records (Rasa puts whole messages into
warnings and exceptions) are reduced to where they came from: their texts are not ours to trust. `logging` and Python's
warnings both pass through here; structlog, which Rasa uses, is pointed to `logging`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any, TextIO

#: Fields that our records may carry. Ids, codes, counts and times; a new field is added here or is not logged.
FIELDS = (
    "trace",
    "task",
    "contact",
    "message_id",
    "channel",
    "topic",
    "language",
    "confidence",
    "outcome",
    "answers",
    "waited_ms",
    "rasa_ms",
    "total_ms",
    "understood_ms",
    "repeated",
    "attempt",
    "error",
    "action",
    "path",
    "line",
    "problems",
    "version",
    "status",
    "count",
    "state",
    "signal",
    "port",
    "replica",
)

#: Rasa's structlog events are dotted names ("processor.message.parse"); anything else may be a text, or a number.
_EVENT_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in ("faro", "bot", "actions")


class LineFormatter(logging.Formatter):
    """Formats a record as one line for people, or as JSON for machines."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        fields: dict[str, Any] = {}
        if _is_ours(record):
            text = record.getMessage()
            fields = {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        else:
            text = f"{record.module}:{record.funcName}:{record.lineno}"
            event = record.msg.get("event") if isinstance(record.msg, dict) else record.msg
            if isinstance(event, str) and _EVENT_NAME.fullmatch(event):
                text += f" {event}"
        if record.exc_info and record.exc_info[0] is not None:
            # The type and the place; an exception's text may quote a message.
            fields["error"] = place_of(record.exc_info[1]) or record.exc_info[0].__name__
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        if self._as_json:
            line = {"time": moment, "level": record.levelname, "logger": record.name, "event": text, **fields}
            return json.dumps(line, ensure_ascii=False, default=str)
        tail = " ".join(f"{name}={value}" for name, value in fields.items())
        return f"{moment} {record.levelname:<7} {record.name:<16} {text}" + (f"  {tail}" if tail else "")


def place_of(error: BaseException | None) -> str:
    """What an exception is and where it was raised, without its text: "ValueError at turn.py:take_turn:211"."""
    if error is None:
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return f"{type(error).__name__} at {Path(code.co_filename).name}:{code.co_name}:{trace.tb_lineno}"


def configure(level: str = "INFO", *, stream: TextIO | None = None, as_json: bool = False) -> None:
    """Send every log of this process through one formatter to stderr.

    Args:
        level: lowest level shown of our own records; others' are shown from WARNING.
        stream: where to (default: stderr).
        as_json: JSON lines, for machines that read logs.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("faro", "bot", "actions"):
        logging.getLogger(ours).setLevel(level)
    logging.captureWarnings(True)
    # Python's own hooks would print the exception's text.
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda failed: _log_uncaught(failed.exc_type, failed.exc_value, None)
    sys.unraisablehook = lambda failed: _log_uncaught(failed.exc_type, failed.exc_value, None)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, _trace: object) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("faro").critical("uncaught", extra={"error": place_of(error)})


def quiet_others(names: Iterable[str]) -> None:
    """Take away the handlers that libraries installed for themselves, so that their records pass through ours."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True


def route_structlog() -> None:
    """Point Rasa's structlog to `logging`, keeping event names and dropping every value.

    Must run after Rasa has configured structlog; Rasa's loggers are made lazily, on first use.
    """
    import structlog

    def only_event(_logger: Any, _method: str, event_dict: MutableMapping[str, Any]) -> str:
        return str(event_dict.get("event", ""))

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, only_event],
        context_class=dict,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
