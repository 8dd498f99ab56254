"""The same tests on PostgreSQL: rows are claimed and written with the same code on both databases."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT

if os.environ.get("FARO_TESTS_ON_POSTGRES"):
    pytest.skip("this is the run on PostgreSQL", allow_module_level=True)

_PLACES = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/local/bin"), Path("/opt/homebrew/bin")]


def _program(name: str) -> str | None:
    return shutil.which(name) or next((str(place / name) for place in _PLACES if (place / name).exists()), None)


@pytest.fixture
def database_url() -> Iterator[str]:
    """TEST_DATABASE_URL, or a private server in a temporary folder."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no TEST_DATABASE_URL and no PostgreSQL server programs: only SQLite was tested")
    if os.geteuid() == 0:
        pytest.skip("no TEST_DATABASE_URL, and PostgreSQL refuses to be started by root: only SQLite was tested")
    with tempfile.TemporaryDirectory(prefix="faro-pg-") as folder:
        subprocess.run([initdb, "-D", folder, "-U", "faro", "-A", "trust"], check=True, capture_output=True)
        options = f"-c listen_addresses= -c unix_socket_directories={folder}"
        subprocess.run(
            [pg_ctl, "-D", folder, "-o", options, "-w", "-l", f"{folder}/log", "start"], check=True, capture_output=True
        )
        try:
            yield f"postgresql://faro@/postgres?host={folder}"
        finally:
            subprocess.run([pg_ctl, "-D", folder, "-m", "immediate", "stop"], check=True, capture_output=True)


#: Seconds for all of it, on a machine that does much else.
LONGEST = 900

#: What is done differently on a server: this folder, what is kept of people, and the doors of the channels.
DOORS = ("channels/telegram/test_receive.py", "channels/telegram/test_polling.py", "channels/whatsapp/test_webhook.py")
TESTS = Path(__file__).parents[1]
PLACES = (Path(__file__).parent, TESTS / "privacy", *(TESTS / door for door in DOORS))


@pytest.mark.postgres
@pytest.mark.timeout(LONGEST + 30)
def test_conversations_behave_the_same_on_postgresql(database_url: str) -> None:
    """All of PLACES once more, in a process whose DATABASE_URL is a server."""
    environ = {**os.environ, "DATABASE_URL": database_url, "FARO_TESTS_ON_POSTGRES": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, PLACES)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "passed" in done.stdout
