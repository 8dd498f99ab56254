"""What may happen to a running Faro: each fault is done to it for a while, and undone."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.rasa_compat.training import model_path
from bot.settings import ROOT
from tests.channels.telegram.stand_in import Fault as Called
from tests.processes import disk
from tests.processes.clock import off
from tests.processes.lab import Lab, frozen
from tests.processes.people import Look
from tests.processes.postgres import Server
from tests.processes.provider import SLOW, Weather

#: What is done to a Faro for so many seconds.
Harm = Callable[[Lab, float], None]

PROCESSES = ("web", "worker", "rasa", "actions")

#: Seconds between two deaths of one process: five within two minutes are no chance, and rest (bot/supervisor.py).
AGAIN = 20.0

#: Seconds until a process that was ended is there again: Sanic waits 15 for its connections.
RESTARTED = 90.0

#: Seconds within which a person hears something when Rasa is away.
PROMISED = 10.0

_EVER = 10**9

#: What Telegram does instead of answering: as Weather, in the words of its stand-in.
TELEGRAM = {
    "down": Called(gone=True, times=_EVER),
    "500": Called(500, "Internal Server Error", times=_EVER),
    "nonsense": Called(200, body=b"<html>log in to this network</html>", times=_EVER),
    "slow": Called(hang=SLOW, times=_EVER),
    "cut": Called(cut=True, times=_EVER),
    "too many requests": Called(429, "Too Many Requests", {"retry_after": 3}, times=_EVER),
}

#: The weathers of the Graph API that are a fault; and those in which messages come all the same, as Meta reports soon.
BAD = tuple(one for one in Weather if one is not Weather.FAIR)
REPORTED = (Weather.TRUNCATED, Weather.CUT)

#: Seconds by which a clock leaps: by more than what makes a message late (bot/conversations/arrival.py).
LEAPS = {"three hours forward": 3 * 3600, "three hours back": -3 * 3600, "two days forward": 2 * 86400}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is done to a running Faro, and what must hold meanwhile.

    `said`: what /readyz must say while it lasts; None where it may be over before anybody can say so. `promised`: seconds
    that nobody may wait longer. `needs`: "server" of PostgreSQL, "disk" that may be filled, "clock" that may be put forward.
    """

    name: str
    harm: Harm
    said: Callable[[Look], bool] | None = None
    promised: float | None = None
    needs: str = ""


def _signalled(name: str, number: int) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            before = held.faro.children()[name]
            os.kill(before, number)
            held.faro.wait_restarted(name, before, seconds=RESTARTED)
            if time.monotonic() + AGAIN > end:
                return
            time.sleep(AGAIN)

    return harm


def _frozen(name: str) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        with frozen(held.faro.children()[name]):
            time.sleep(seconds)

    return harm


def _graph(weather: Weather) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        held.provider.weather = weather
        try:
            time.sleep(seconds)
        finally:
            held.provider.weather = Weather.FAIR

    return harm


def _telegram(kind: str) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        assert held.telegram is not None
        for method in ("getUpdates", "sendMessage", "getMe"):
            held.telegram.fail(method, TELEGRAM[kind])
        try:
            time.sleep(seconds)
        finally:
            held.telegram.mend()

    return harm


def _server(held: Lab) -> Server:
    assert isinstance(held.database, Server)
    return held.database


def _restarted(held: Lab, _seconds: float) -> None:
    _server(held).stop()
    _server(held).start()


def _stopped(held: Lab, seconds: float) -> None:
    _server(held).stop()
    time.sleep(seconds)
    _server(held).start()


def _killed(held: Lab, seconds: float) -> None:
    _server(held).kill()
    time.sleep(seconds)
    _server(held).start()


def _cut(held: Lab, seconds: float) -> None:
    _server(held).wire.cut()
    time.sleep(seconds)
    _server(held).wire.mend()


def _terminated(held: Lab, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _server(held).terminate_connections()
        time.sleep(2)


def _full(held: Lab, seconds: float) -> None:
    assert held.disk is not None
    with disk.filled(held.disk):
        time.sleep(seconds)
    if isinstance(held.database, Server):
        held.database.revive()


def _model(spoil: Callable[[Path], None]) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        """The file of the model is spoilt and Rasa killed; then the good file is put back."""
        model = model_path(ROOT)
        kept = model.with_suffix(".kept")
        shutil.copy2(model, kept)
        try:
            spoil(model)
            held.faro.kill("rasa")
            time.sleep(max(seconds, 15))
        finally:
            kept.replace(model)

    return harm


def _model_under_rasa(held: Lab, seconds: float) -> None:
    """The file is spoilt under a Rasa that runs, which keeps what it has read."""
    model = model_path(ROOT)
    kept = model.with_suffix(".kept")
    shutil.copy2(model, kept)
    try:
        _truncate(model)
        time.sleep(seconds)
    finally:
        kept.replace(model)


def _truncate(model: Path) -> None:
    with model.open("r+b") as file:
        file.truncate(model.stat().st_size // 2)


def _garbage(model: Path) -> None:
    model.write_bytes(b"x" * 4096)


def _content(held: Lab, seconds: float) -> None:
    file = held.faro.content / "interface.yml"
    good = file.read_bytes()
    try:
        file.write_bytes(good[: len(good) // 2])
        time.sleep(max(seconds, 5))
    finally:
        file.write_bytes(good)


def _leapt(by: float) -> Harm:
    def harm(held: Lab, seconds: float) -> None:
        """The clock leaps, stays wrong, and is put right: which is a leap in the other direction."""
        assert held.clock is not None
        with off(held.clock, by):
            time.sleep(seconds)

    return harm


def _troubled(channel: str) -> Callable[[Look], bool]:
    return lambda look: channel in (*look.parts.get("channels_late", ()), *look.parts.get("channels_stopped", ()))


def _away(part: str) -> Callable[[Look], bool]:
    return lambda look: look.parts.get(part) is False


def _nothing_written(look: Look) -> bool:
    """A full disk can be read; a server of PostgreSQL that finds no room for its journal ends."""
    return look.parts.get("inbox") is False or look.parts.get("database") is False


def _unwell(look: Look) -> bool:
    return look.status == 503


def _nobody(look: Look) -> bool:
    return look.status == 0


#: Every fault, in the order in which they are done and shown.
FAULTS = (
    *(Fault(f"{name}: SIGKILL", _signalled(name, signal.SIGKILL)) for name in ("web", "worker")),
    Fault("rasa: SIGKILL", _signalled("rasa", signal.SIGKILL), _away("rasa"), PROMISED),
    Fault("actions: SIGKILL", _signalled("actions", signal.SIGKILL)),
    *(Fault(f"{name}: SIGTERM", _signalled(name, signal.SIGTERM)) for name in PROCESSES),
    Fault("web: stopped (SIGSTOP)", _frozen("web"), _nobody),
    Fault("worker: stopped (SIGSTOP)", _frozen("worker"), _unwell),
    Fault("rasa: stopped (SIGSTOP)", _frozen("rasa"), _away("rasa"), PROMISED),
    Fault("actions: stopped (SIGSTOP)", _frozen("actions"), _away("actions")),
    Fault("model missing at a restart of Rasa", _model(Path.unlink), _away("rasa"), PROMISED),
    Fault("model truncated at a restart of Rasa", _model(_truncate), _away("rasa"), PROMISED),
    Fault("model garbage at a restart of Rasa", _model(_garbage), _away("rasa"), PROMISED),
    Fault("model truncated under a Rasa that runs", _model_under_rasa),
    Fault("PostgreSQL: restarted at once", _restarted, needs="server"),
    Fault("PostgreSQL: stopped", _stopped, _away("database"), needs="server"),
    Fault("PostgreSQL: SIGKILL, started later", _killed, _away("database"), needs="server"),
    Fault("PostgreSQL: unreachable without a word", _cut, _away("database"), needs="server"),
    Fault("PostgreSQL: every connection ended, every 2 s", _terminated, needs="server"),
    Fault("disk full", _full, _nothing_written, needs="disk"),
    *(Fault(f"Graph API: {one}", _graph(one), None if one in REPORTED else _troubled("whatsapp")) for one in BAD),
    *(Fault(f"Telegram: {kind}", _telegram(kind), _troubled("telegram")) for kind in TELEGRAM),
    Fault("content broken", _content, _away("content")),
    *(Fault(f"clock: {name}", _leapt(by), needs="clock") for name, by in LEAPS.items()),
)
