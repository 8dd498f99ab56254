"""A thread that was left over does not keep a test run from ending with its status."""

from __future__ import annotations

import subprocess
import sys

HELD = """
import threading
from tests import leaving
threading.Thread(target=threading.Event().wait, name="left-over").start()
leaving.watch(3, grace=0.2)
"""


def test_a_left_over_thread_is_named_and_the_status_kept() -> None:
    ended = subprocess.run([sys.executable, "-c", HELD], check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 3
    assert "left-over" in ended.stderr
    assert "threading.py" in ended.stderr  # where it waits


def test_a_run_that_nobody_holds_ends_at_once_with_its_status() -> None:
    script = "from tests import leaving; leaving.watch(4, grace=50)"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stderr) == (4, "")
