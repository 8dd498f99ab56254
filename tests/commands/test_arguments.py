"""`bot` with arguments and input that are none: a usage or one sentence, never a traceback, and nothing is done."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import ROOT

Bot = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    """Runs a verb in a process of its own, with a folder of its own."""

    def run(*arguments: str, typed: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env={**kept, "DATA_DIR": str(tmp_path / "var"), **environ},
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("migrate", "nonsense"),
        ("retention", "nonsense"),
        ("retention", "--days=0"),
        ("erase", "nonsense"),
        ("staff", "nonsense"),
        ("serve", "nonsense"),
        ("train", "nonsense"),
    ],
    ids=" ".join,
)
def test_what_a_verb_does_not_know_is_refused_before_anything_is_done(
    bot: Bot, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ended = bot(*arguments)
    assert ended.returncode == 2
    assert "usage" in ended.stderr.lower()
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("verb", ["migrate", "retention", "erase", "staff", "serve", "train", "nlu", "talk", "content"])
def test_asking_for_help_does_nothing_else(bot: Bot, tmp_path: Path, verb: str) -> None:
    ended = bot(verb, "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"usage: bot {verb}")
    assert not (tmp_path / "var").exists()


def test_the_database_is_readable_by_its_owner_alone(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    assert bot("migrate").returncode == 0
    file = tmp_path / "var" / "faro.sqlite3"
    with sqlite3.connect(file) as database:  # makes the two files beside it
        database.execute("update conversations_contact set language = 'es'")
        for one in file.parent.glob("faro.sqlite3*"):
            assert stat.S_IMODE(one.stat().st_mode) == 0o600, one.name
    database.close()


def test_several_that_migrate_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "migrate"]
    environ = {**os.environ, "DATA_DIR": str(tmp_path / "var")}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    begun = [subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [(one.communicate(timeout=120)[1], one.returncode) for one in begun]
    assert ended == [("", 0)] * 3


@pytest.mark.parametrize("verb", [("migrate",), ("staff", "list"), ("retention",)], ids=" ".join)
def test_a_file_that_is_no_database_is_one_sentence(bot: Bot, tmp_path: Path, verb: tuple[str, ...]) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "faro.sqlite3").write_text("my passport is RX-4471\n" * 40, encoding="utf-8")
    ended = bot(*verb)
    assert ended.returncode == 1
    assert "database: " in ended.stderr
    assert "Traceback" not in ended.stderr and "RX-4471" not in ended.stderr


def test_a_database_that_is_not_migrated_is_one_sentence(bot: Bot) -> None:
    ended = bot("erase", "00000000-0000-0000-0000-000000000000")
    assert ended.returncode == 1
    assert "no such table" in ended.stderr and "Traceback" not in ended.stderr


def test_a_server_that_does_not_answer_is_one_sentence_without_the_password(bot: Bot) -> None:
    secrets = {"SECRET_KEY": "0123456789abcdef" * 2, "PSEUDONYM_KEY": "fedcba9876543210" * 2}
    ended = bot("migrate", DATABASE_URL="postgresql://faro:pa55word@127.0.0.1:1/faro", **secrets)
    assert ended.returncode == 1
    assert "database: " in ended.stderr
    assert "Traceback" not in ended.stderr and "pa55word" not in ended.stderr


def test_a_password_that_nobody_types_makes_no_account(bot: Bot) -> None:
    ended = bot("staff", "add", "ana")
    assert ended.returncode == 1
    assert "no password was typed" in ended.stderr and "Traceback" not in ended.stderr
    assert bot("staff", "list").stdout == ""
