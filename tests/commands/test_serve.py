"""A process without its supervisor ends, whatever it does with signals."""

from __future__ import annotations

import os
import subprocess
import sys

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
