"""The end of a test run: a thread that was left over is named, and does not keep the run from ending.

CI once waited 55 minutes for a process whose 7,414 tests had all passed: Python joins every thread that is no daemon
before it leaves, and pytest-timeout watches tests only.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import sys
import threading
import time

GRACE = 60.0
"""Seconds between the summary and the moment at which the process is ended with its status."""


def watch(status: int, *, grace: float = GRACE) -> None:
    """From now on the process ends with `status`, by itself or, `grace` seconds later, with the stacks of who held it."""
    threading.Thread(target=_end, args=(status, grace), name="leaving", daemon=True).start()
    # Threads have been joined by then; what follows is the taking apart of C libraries, which is no test of ours.
    atexit.register(_exit, status)


def _end(status: int, grace: float) -> None:
    time.sleep(grace)
    held = [one.name for one in threading.enumerate() if not one.daemon and one is not threading.main_thread()]
    sys.stderr.write(f"tests: {grace:.0f} s after the last test this process is held by {held or 'an exit handler'}\n")
    sys.stderr.flush()
    faulthandler.dump_traceback(file=sys.__stderr__)
    _exit(status)


def _exit(status: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)
