"""`bot serve rasa|actions|web|worker`: one process, as the supervisor and containers start it."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading
import time
from pathlib import Path

from bot import log, settings
from bot.answers import kept, library
from bot.watching.gate import Gate
from bot.watching.listener import listen

#: How much each process gives way on a machine that they share (nice(2)). A provider and a page wait for the web process,
#: and what it has taken can wait its turn. The worker comes before Rasa: when one that died loads its model again for half
#: a minute, the worker has to say so to people within ten seconds.
GIVES_WAY = {"web": 0, "worker": 5, "actions": 10, "rasa": 10}

#: Seconds that a process without a supervisor has to end by itself; Sanic waits 15 for its connections.
LAST = 20.0

#: Says that the seat of a worker is named like the machine: a container that is started again keeps its name. Not a
#: variable of the shell, because what starts containers has none.
HERE = "host"


def run(arguments: list[str]) -> int:
    """Run one process until a signal; returns its exit code."""
    parser = argparse.ArgumentParser(prog="bot serve")
    parser.add_argument("process", choices=("rasa", "actions", "web", "worker"))
    parser.add_argument("--host", default=None, help="interface to listen on (default: loopback, or HOST for web)")
    parser.add_argument("--alive", type=Path, default=None, help="worker: a file that is touched while all of it works")
    parser.add_argument(
        "--seat",
        default="",
        help=f"worker: a name that one worker at a time has, its successor after it; {HERE}: that of this machine",
    )
    parser.add_argument("--lifeline", type=int, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.lifeline is not None:
        hold_lifeline(options.lifeline)
    config = settings.read()
    log.configure(config.log_level, as_json=config.log_format == "json")

    library.KEPT = config.data_dir / kept.NAME
    os.nice(GIVES_WAY[options.process])
    if options.process != "web" and config.metrics_port:
        listen(options.host or "127.0.0.1", config.metrics_port, Gate(config.metrics_token))
    match options.process:
        case "rasa":
            from bot.rasa_compat import training
            from bot.rasa_compat.server import serve_rasa

            return serve_rasa(config, model=training.model_path(settings.ROOT), host=options.host or "127.0.0.1")
        case "actions":
            from bot.rasa_compat.server import serve_actions

            return serve_actions(config, host=options.host or "127.0.0.1")
        case "web":
            from bot.web.server import serve

            return serve(config, host=options.host or config.host)
        case _:
            from bot.web import setup

            setup()
            from django.utils import timezone

            from bot.channels.roster import roster
            from bot.conversations.alive import AliveFile
            from bot.conversations.seat import Seat
            from bot.conversations.worker import work
            from console.audit.retention import Expiry
            from console.review.starter import Starter

            on = roster(config, clock=timezone.now)
            beside = (*on.beside, Expiry().look, Starter(settings.ROOT).look)
            alive = AliveFile(options.alive) if options.alive else None
            return work(config, on.channels, beside, alive=alive, seat=Seat.named(seat_name(options.seat)))


def seat_name(given: str) -> str:
    """The name of a worker's seat: as given, or that of this machine."""
    return socket.gethostname() if given == HERE else given


def hold_lifeline(descriptor: int) -> None:
    """End this process when the other end of a pipe closes, so that none outlives a supervisor that was killed."""

    def wait() -> None:
        while os.read(descriptor, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST)
        os._exit(1)  # a server that hangs, or that Sanic stopped too early, heeds no signal

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
