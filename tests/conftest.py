"""What every test stands on: no TensorFlow, a database in a file of its own, and no network but this machine."""

from __future__ import annotations

import logging
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import tests.environment
from bot.log import LineFormatter
from bot.rasa_compat import placeholders
from tests import leaving
from tests.logs import OURS

placeholders.install()

# No example is wrong because the machine is busy; what may not take long is measured in processor time, where it matters.
settings.register_profile("faro", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("faro")

_connect = socket.socket.connect


def _connect_to_this_machine(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if isinstance(address, tuple) and not (host.startswith("127.") or host in ("::1", "localhost")):
        raise AssertionError(f"a test tried to reach {host}: tests talk to this machine only")
    _connect(self, address)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach another machine."""
    monkeypatch.setattr(socket.socket, "connect", _connect_to_this_machine)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command that is called in a test sets the process's logging up; the next test must not feel it."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in OURS}
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    for handler in [one for one in root.handlers if isinstance(one.formatter, LineFormatter)]:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def pytest_sessionfinish(exitstatus: int) -> None:
    """Remove the folder of this run; whoever is left over may not keep the run from ending."""
    shutil.rmtree(tests.environment.FOLDER, ignore_errors=True)
    leaving.watch(int(exitstatus))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite in a file, as in production: one in memory has neither WAL nor a lock that threads wait for."""
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(tests.environment.FOLDER / "test.sqlite3")
