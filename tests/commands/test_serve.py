"""A process without its supervisor ends, whatever it does with signals."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from bot.commands import serve
from bot.settings import ROOT

DEAF = """
import signal, sys, time
from bot.commands import serve
serve.LAST = 0.5
signal.signal(signal.SIGTERM, signal.SIG_IGN)
serve.hold_lifeline(int(sys.argv[1]))
print("holding", flush=True)
time.sleep(60)
"""


def test_a_process_that_heeds_no_signal_ends_with_its_lifeline() -> None:
    reading, keeping = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", DEAF, str(reading)], cwd=ROOT, stdout=subprocess.PIPE, pass_fds=(reading,), text=True
        )
    finally:
        os.close(reading)
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    assert process.poll() is None
    os.close(keeping)
    assert process.wait(10) == 1
    process.stdout.close()


def test_a_seat_is_named_as_given_or_like_the_machine() -> None:
    assert serve.seat_name("worker.1") == "worker.1"
    assert serve.seat_name("") == ""
    assert serve.seat_name(serve.HERE) == socket.gethostname()


def test_who_acknowledges_comes_before_who_answers_and_who_answers_before_who_thinks() -> None:
    way = serve.GIVES_WAY
    assert way["web"] < way["worker"] < way["rasa"]
