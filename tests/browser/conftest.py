"""A site and a browser for the tests in this folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import axe_playwright_python
import pytest

from bot.settings import ROOT
from console.permissions import Role
from tests.browser.browser import CHROMIUM, DRIVER, Browser, chromium

HERE = Path(__file__).parent

#: Seconds for the site to start.
START = 60


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[str]:
    """The site of stand_in.py on a free port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    kept |= {"DATA_DIR": str(folder), "PUBLIC_URL": site, "PYTHONPATH": str(ROOT), **environ}
    with (folder / "site.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "stand_in.py"), str(port)], cwd=ROOT, env=kept, stdout=log, stderr=log
        )
    try:
        _wait(f"{site}/healthz", process, folder / "site.log")
        yield site
    finally:
        process.kill()
        process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the site did not start:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def _needs_chromium() -> None:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium with its chromedriver on this machine")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    _needs_chromium()
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def _chromium(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(site, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Browser]:
    """The browser on the empty page of somebody who was never here; checks afterwards that it had nothing to complain.

    Without motion: a driver clicks where a thing was when it looked.
    """
    _chromium.emulate(prefers_reduced_motion="reduce")
    _chromium.fresh()
    _chromium.errors()
    yield _chromium
    _chromium.connected(True)
    _chromium.emulate()
    assert _chromium.errors() == []


@pytest.fixture
def scriptless(site: str, tmp_path: Path) -> Iterator[Browser]:
    """A browser with JavaScript switched off."""
    with chromium(site, tmp_path, scripts=False) as browser:
        browser.open()
        yield browser


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[Browser]:
    """A browser on a site whose every word is its key in brackets."""
    _needs_chromium()
    (tmp_path / "site").mkdir()
    with serving(tmp_path / "site", WORDS="marked") as site, chromium(site, tmp_path / "profile") as browser:
        browser.open()
        yield browser


#: The account of the `console` fixture.
STAFF, PASSWORD = "ana", "a lighthouse in the fog"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Browser]:
    """A browser on a site where STAFF has an account, made as its owner would make it."""
    _needs_chromium()
    (tmp_path / "site").mkdir()
    with serving(tmp_path / "site") as site, chromium(site, tmp_path / "profile") as browser:
        add_account(tmp_path / "site", STAFF, *Role)
        yield browser


def add_account(folder: Path, name: str, *roles: Role) -> None:
    """An account with PASSWORD on the site whose data is in `folder`."""
    script = (
        "import sys; from bot.web import setup; setup()\n"
        "from django.contrib.auth.models import User; from console import roles; from console.permissions import Role\n"
        "name, password, *given = sys.argv[1:]\n"
        "roles.give(User.objects.create_user(name, password=password), *map(Role, given))"
    )
    command = [sys.executable, "-c", script, name, PASSWORD, *(role.value for role in roles)]
    environ = os.environ | {"DATA_DIR": str(folder)}
    subprocess.run(command, env=environ, cwd=ROOT, check=True, capture_output=True)
