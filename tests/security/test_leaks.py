"""`make secrets` finds a secret where somebody leaves one, also when it was taken away again."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.security.leaks import Known, in_files, in_history, known, tracked

#: Of this run, so that no list can know it.
TOKEN = f"{secrets.randbelow(10**9):09d}:AA{secrets.token_urlsafe(40)[:33]}"
KEY = secrets.token_hex(32)
NOTHING_KNOWN = Known((), frozenset())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgSign=false")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    (tmp_path / ".gitignore").write_text("kept.env\n")
    (tmp_path / "kept.env").write_text(f"SECRET_KEY={KEY}\n")
    (tmp_path / "sound.py").write_text('GREETING = "hola"\n')
    (tmp_path / "notes.py").write_text(f'TELEGRAM_TOKEN = "{TOKEN}"\n')
    git("add", ".")
    git("commit", "--quiet", "-m", "a token")
    (tmp_path / "notes.py").write_text("TELEGRAM_TOKEN = os.environ['TELEGRAM_TOKEN']\n")
    git("commit", "--quiet", "-am", "no token")
    return tmp_path


def test_a_secret_in_a_file_is_found_and_not_repeated(repository: Path) -> None:
    (repository / "new.py").write_text(f'PSEUDONYM_KEY = "{KEY}"\n')
    found = list(in_files(repository, tracked(repository), NOTHING_KNOWN))
    assert {one.file for one in found} == {"new.py"}, "also before it is added, and nothing that git leaves out"
    assert KEY not in "".join(map(str, found))


def test_a_secret_that_was_taken_away_is_found_in_the_history(repository: Path) -> None:
    assert not list(in_files(repository, tracked(repository), NOTHING_KNOWN))
    found = list(in_history(repository, NOTHING_KNOWN))
    assert {one.file for one in found} == {"notes.py"}
    digests = frozenset(one.digest for one in found)
    assert not list(in_history(repository, Known((), digests))), "what was looked at is known by its digest"


def test_our_own_list_has_a_reason_for_everything(tmp_path: Path) -> None:
    assert known().digests
    file = tmp_path / "known.yml"
    file.write_text('left_out: []\nfound: [{digests: ["a"]}]\n')
    with pytest.raises(ValueError, match="has no reason"):
        known(file)


def test_what_an_installation_is_given_holds_no_secret() -> None:
    """The whole tree takes minutes (`make secrets`); where a real one would most likely be left, seconds."""
    names = [
        ".env.example",
        "docker-compose.yml",
        "endpoints.yml",
        "credentials.yml",
        "bot/settings.py",
        "deploy/Dockerfile",
    ]
    assert not list(in_files(ROOT, names, known()))
