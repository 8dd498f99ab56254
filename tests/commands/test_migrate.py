"""An update beside people who write: the version that still runs goes on writing, and nobody waits for long."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from bot.settings import ROOT
from tests.commands.upgrading import RUNNING

#: Enough that a table that is rewritten or locked whole would show. With 20,000 it takes 25 s on a busy machine.
MESSAGES = 6_000

#: Seconds. Faro's own start takes longer; see docs/tasks/upgrade.md.
RESTART = 10.0

#: Migrates as far as the version that still runs.
BEFORE = f"""
from bot.web import setup
setup()
from django.core.management import call_command
call_command("migrate", "auth", verbosity=0)
call_command("migrate", "conversations", "{RUNNING}", verbosity=0)
"""

KEYS = {name: secrets.token_hex(32) for name in ("SECRET_KEY", "PSEUDONYM_KEY")}


@pytest.fixture
def server() -> Iterator[str]:
    """A database of its own on PostgreSQL."""
    given = os.environ.get("TEST_DATABASE_URL", "").strip()
    if not given:
        pytest.skip("no TEST_DATABASE_URL: updates were tried on SQLite only")
    import psycopg

    name = f"faro_upgrade_{secrets.token_hex(4)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environ(folder: Path, url: str) -> dict[str, str]:
    return {**os.environ, **KEYS, "DATA_DIR": str(folder), "DATABASE_URL": url}


def updated(folder: Path, url: str) -> None:
    command = [sys.executable, "-m", "tests.commands.upgrading", str(MESSAGES)]
    done = subprocess.run(
        command, cwd=ROOT, env=environ(folder, url), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["failures"] == [], "what the running version writes fits the new tables"
    assert found["longest_wait"] < RESTART, found
    assert found["claimed"] == found["written"] + 50, "everything that waited has its turn, whoever wrote it"
    assert found["kept"] == MESSAGES


def test_a_full_database_is_updated_beside_people_who_write(tmp_path: Path) -> None:
    updated(tmp_path, f"sqlite:///{tmp_path}/faro.sqlite3")


@pytest.mark.postgres
def test_a_full_database_is_updated_beside_people_who_write_on_postgresql(server: str, tmp_path: Path) -> None:
    updated(tmp_path, server)


@pytest.mark.postgres
def test_a_change_that_has_to_wait_lets_others_pass_and_is_tried_again(server: str, tmp_path: Path) -> None:
    """Somebody reads for long: the migration may not stand in the door meanwhile, or everybody behind it would wait too."""
    import psycopg

    subprocess.run([sys.executable, "-c", BEFORE], cwd=ROOT, env=environ(tmp_path, server), check=True, timeout=120)
    command = [sys.executable, "-m", "bot", "migrate"]
    with psycopg.connect(server) as reader, psycopg.connect(server, autocommit=True) as other:
        reader.execute("SELECT count(*) FROM conversations_message")  # and its transaction stays open
        process = subprocess.Popen(command, cwd=ROOT, env=environ(tmp_path, server))
        longest = 0.0
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            begun = time.monotonic()
            other.execute("SELECT count(*) FROM conversations_message")
            longest = max(longest, time.monotonic() - begun)
            time.sleep(0.05)
        assert process.poll() is None, "it still tries"
        reader.rollback()
        watch = threading.Timer(120, process.kill)
        watch.start()
        assert process.wait() == 0
        watch.cancel()
        assert longest < RESTART / 2
        other.execute("SELECT due_at FROM conversations_message")
