"""The option of tests/languages.py, on a small suite of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

SUITE = """
import pytest

@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("topic", ["a", "b"])
def test_text(language, topic): pass

def test_else(): pass
"""


@pytest.mark.parametrize(("options", "passed"), [([], 5), (["--language", "fr"], 3)])
def test_only_the_tests_of_the_other_languages_are_left_out(tmp_path: Path, options: list[str], passed: int) -> None:
    assert f"{passed} passed" in _run(tmp_path, *options)


def test_a_language_that_no_test_knows_is_refused(tmp_path: Path) -> None:
    assert "--language xx: there are only en, fr" in _run(tmp_path, "--language", "xx")


def _run(folder: Path, *options: str) -> str:
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "tests.languages", *options, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr
