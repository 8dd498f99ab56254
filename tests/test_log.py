"""Logs: our records show fixed sentences and fields; what others say is reduced to the place where they said it."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import FIELDS, LineFormatter, place_of, quiet_others, route_structlog
from tests.logs import written

PRIVATE = "call me at +507 6123-4567, Fatima"


def _raise() -> None:
    raise ValueError(PRIVATE)


def _caught() -> ValueError:
    try:
        _raise()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_record_of_ours_shows_its_sentence_and_its_fields() -> None:
    with written() as lines:
        logging.getLogger("faro.turns").info("turn", extra={"contact": "c-1", "topic": "greet", "waited_ms": 12})
    line = lines.getvalue()
    assert "INFO    faro.turns       turn  contact=c-1 topic=greet waited_ms=12\n" in line
    assert line[:5].strip("-").isdigit()
    assert line.partition(" ")[0].endswith("Z")


def test_a_field_that_is_not_listed_is_not_shown() -> None:
    with written() as lines:
        logging.getLogger("faro").info("turn", extra={"said": PRIVATE, "contact": "c-1"})
    assert "Fatima" not in lines.getvalue()
    assert "contact=c-1" in lines.getvalue()


@pytest.mark.parametrize("name", ["rasa.core.processor", "django.request", "sanic.root", "httpx", "farofa", "root"])
def test_a_record_of_others_never_shows_its_message(name: str) -> None:
    logger = logging.getLogger() if name == "root" else logging.getLogger(name)
    with written() as lines:
        logger.warning("Failed to parse arguments in line '%s'", PRIVATE)
        logger.error(f"said: {PRIVATE}", extra={"contact": PRIVATE})
    assert lines.getvalue().count("\n") == 2
    assert "test_log:test_a_record_of_others_never_shows_its_message:" in lines.getvalue()
    assert "6123" not in lines.getvalue()
    assert "Fatima" not in lines.getvalue()


def test_others_are_shown_from_warnings_on() -> None:
    with written("DEBUG") as lines:
        logging.getLogger("httpx").info("GET https://api.telegram.org/bot123:token/getMe")
        logging.getLogger("faro").debug("ours")
    assert "token" not in lines.getvalue()
    assert lines.getvalue().count("\n") == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_an_exception_shows_its_kind_and_place_only(as_json: bool) -> None:
    with written(as_json=as_json) as lines:
        for name in ("faro.rasa", "rasa.core.processor"):
            try:
                _raise()
            except ValueError:
                logging.getLogger(name).exception("failed")
    assert lines.getvalue().count("ValueError at test_log.py:_raise:") == 2
    assert "Fatima" not in lines.getvalue()
    assert "Traceback" not in lines.getvalue()


def test_the_place_of_an_exception_says_nothing_of_its_text() -> None:
    assert place_of(_caught()).startswith("ValueError at test_log.py:_raise:")
    assert place_of(ValueError(PRIVATE)) == "ValueError"
    assert place_of(None) == ""


def test_a_warning_of_python_does_not_show_its_text() -> None:
    with warnings.catch_warnings(), written() as lines:
        warnings.simplefilter("always")
        warnings.warn(f"Failed to parse '{PRIVATE}'", UserWarning, stacklevel=1)
    assert lines.getvalue().count("py.warnings") == 1
    assert "Fatima" not in lines.getvalue()


def test_what_nobody_caught_does_not_show_its_text(capfd: pytest.CaptureFixture[str]) -> None:
    error = _caught()
    with written() as lines:
        sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=_raise)
        thread.start()
        thread.join()
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert lines.getvalue().count("uncaught  error=ValueError at test_log.py:_raise:") == 2
    assert lines.getvalue().count("\n") == 2
    assert "Fatima" not in "".join(capfd.readouterr())


def test_what_fails_while_something_is_thrown_away_does_not_show_its_text(capfd: pytest.CaptureFixture[str]) -> None:
    class Falling:
        def __del__(self) -> None:
            _raise()

    with written() as lines:
        falling = Falling()
        del falling
    assert "uncaught  error=ValueError at test_log.py:_raise:" in lines.getvalue()
    assert "Fatima" not in "".join(capfd.readouterr())


def test_json_is_one_object_a_line() -> None:
    with written(as_json=True) as lines:
        logging.getLogger("faro.turns").info("turn", extra={"contact": "c-1", "count": 3, "path": PathLike()})
        logging.getLogger("rasa").warning("two\nlines of %s", PRIVATE)
    ours, theirs = map(json.loads, lines.getvalue().splitlines())
    assert ours | {"time": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "faro.turns",
        "event": "turn",
        "contact": "c-1",
        "count": 3,
        "path": "a path",
    }
    assert theirs["event"].startswith("test_log:test_json_is_one_object_a_line:")


class PathLike:
    def __str__(self) -> str:
        return "a path"


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ("processor.message.parse", True),
        ("rest.message.received.failure", True),
        ("Failed to parse", False),
        ("Fatima", False),
        ("6123.4567", False),
        ("10.0.0.1", False),
        ("a.b c.d", False),
    ],
)
def test_only_names_of_events_are_shown_of_others(event: str, shown: bool) -> None:
    with written() as lines:
        logging.getLogger("rasa").warning(event)
    assert (event in lines.getvalue()) is shown


def test_structlog_keeps_the_name_of_an_event_and_drops_its_values() -> None:
    with written() as lines:
        route_structlog()
        try:
            logger = structlog.get_logger("rasa.core.processor")
            logger.warning("processor.message.parse", text=PRIVATE)
            logger.warning(PRIVATE)
            logger.info("processor.message.quiet")
            logger.error("processor.failed", exc_info=_caught())
        finally:
            structlog.reset_defaults()
    assert "processor.message.parse" in lines.getvalue()
    assert "processor.failed" in lines.getvalue()
    assert "quiet" not in lines.getvalue()
    assert "Fatima" not in lines.getvalue()


def test_a_library_cannot_write_past_us(capfd: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("a_library_with_a_handler")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    with written() as lines:
        quiet_others([library.name])
        library.warning(PRIVATE)
    assert "a_library_with_a_handler" in lines.getvalue()
    assert "Fatima" not in "".join(capfd.readouterr())


@given(message=st.text(min_size=6), name=st.sampled_from(["rasa", "sanic.error", "django"]), as_json=st.booleans())
def test_no_message_of_others_is_ever_shown(message: str, name: str, as_json: bool) -> None:
    record = logging.LogRecord(name, logging.ERROR, "file.py", 7, f"\u2020{message}", None, None, "place")
    line = LineFormatter(as_json=as_json).format(record)
    assert "\u2020" not in line
    assert line.count("\n") == 0


@given(value=st.text() | st.integers() | st.none(), field=st.sampled_from(FIELDS))
def test_any_field_can_be_logged_and_read_back(value: object, field: str) -> None:
    logger = logging.getLogger("faro.any")
    record = logger.makeRecord("faro.any", logging.INFO, "file.py", 7, "event", (), None, "place", {field: value})
    line = LineFormatter(as_json=True).format(record)
    assert json.loads(line)[field] == value
    assert "\n" not in line
