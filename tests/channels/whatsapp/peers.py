"""Programs that nobody of us wrote, started by the tests: from npm and PyPI, into a folder that git ignores."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bot.settings import ROOT

#: Kept between runs, like the tools of `make install`.
FOLDER = ROOT / ".tools" / "peers"

#: Seconds for an installation; a machine without a registry should say so soon.
PATIENCE = 180


class Absent(Exception):
    """The program cannot be had here; the message says why."""


def node_program(package: str, version: str, program: str) -> Path:
    """A program from npm.

    Raises:
        Absent: there is no npm, or nothing to be had from it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise Absent("there is no npm")
    folder = FOLDER / f"{program}-{version}"
    found = folder / "node_modules" / ".bin" / program
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Its scripts would report who installs it to their makers.
        _run([npm, "install", "--ignore-scripts", "--no-fund", "--no-audit", f"{package}@{version}"], folder)
    return found


def python_with(package: str, version: str) -> Path:
    """A Python of its own with one package from PyPI.

    Raises:
        Absent: it cannot be installed.
    """
    uv = next((one for one in (ROOT / ".tools/bin/uv", shutil.which("uv")) if one and Path(one).exists()), None)
    if uv is None:
        raise Absent("there is no uv")
    folder = FOLDER / f"{package}-{version}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        _run([str(uv), "venv", "--quiet", "--clear", str(folder)], ROOT)
        _run([str(uv), "pip", "install", "--quiet", "--python", str(python), f"{package}=={version}"], ROOT)
        done.touch()
    return python


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        raise Absent(f"{Path(command[0]).name} could not install it ({type(error).__name__})") from None
