"""A backup is made beside everything, opened by its key alone, and brings a conversation back so that it goes on."""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.backup import contents, manifest, shelf
from bot.backup.sealed import GROWS, MAGIC, PIECE, seal, unseal
from bot.errors import BackupError
from bot.settings import ROOT, Settings

KEY = "0123456789abcdef0123456789abcdef"
KEYS = {name: secrets.token_hex(32) for name in ("SECRET_KEY", "PSEUDONYM_KEY", "ADDRESS_KEY", "BACKUP_KEY")}


def lived(folder: Path, database_url: str) -> dict[str, Any]:
    environ = {**os.environ, **KEYS, "DATA_DIR": str(folder / "var"), "DATABASE_URL": database_url}
    backups = folder / "backups"
    backups.mkdir()
    command = [sys.executable, "-m", "tests.backup.life", str(backups)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/faro.sqlite3"
        return
    server = os.environ.get("TEST_DATABASE_URL", "").strip()
    if not server:
        pytest.skip("no TEST_DATABASE_URL: backups were tried on SQLite only")
    import psycopg

    name = f"faro_backup_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_conversation_goes_on_after_a_restore_and_who_was_erased_does_not_come_back(
    database_url: str, tmp_path: Path
) -> None:
    found = lived(tmp_path, database_url)

    assert found["backup"][0] == 0, found["backup"]
    assert found["mode"] == "0o600"
    assert found["plain"] == [], "nothing that was said, no channel and no key stands in it"
    assert found["left"] == ["first.sealed"]
    assert found["again"][0] == 1 and "is there already" in found["again"][1]

    for damaged in ("cut", "changed"):
        assert found[damaged][0] == 1 and "damaged" in found[damaged][1]
    assert found["unasked"][0] == 1 and "--replace" in found["unasked"][1]
    assert found["untouched"] == 3, "ana, old and new"
    assert found["check"][0] == 0 and found["files"]

    assert found["restore"][0] == 0, found["restore"]
    assert "3 contacts, of whom 1 had been erased since" in found["restore"][1]
    assert "1 messages were too old" in found["restore"][1]
    assert found["eva"] is False
    assert found["known"] is True, "the same person is known again, and a repetition too"
    assert found["repeated"] == 2
    assert found["heard"] == 2, "what waited when it was made is answered"
    assert found["address"] == ["ana"]
    assert found["second"] == 0


SETTINGS = Settings(
    database_url="sqlite:////x/y", secret_key="s" * 32, pseudonym_key="p" * 32, rasa_secret="", address_keys=("a" * 32,)
)
MADE = manifest.about(
    SETTINGS, version="1", vendor="sqlite", migrations=["a.1"], model="m", now=datetime(2026, 11, 30, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (replace(SETTINGS, pseudonym_key="q" * 32), "PSEUDONYM_KEY"),
        (replace(SETTINGS, address_keys=()), "ADDRESS_KEY"),
        (replace(SETTINGS, address_keys=("b" * 32,)), "ADDRESS_KEY"),
    ],
)
def test_keys_that_do_not_fit_are_named(changed: Settings, named: str) -> None:
    assert manifest.misfits(MADE, SETTINGS, vendor="sqlite", known=["a.1", "a.2"]) == []
    (line,) = manifest.misfits(MADE, changed, vendor="sqlite", known=["a.1"])
    assert line.startswith(named)


def test_a_key_that_was_rotated_since_still_fits() -> None:
    rotated = replace(SETTINGS, address_keys=("n" * 32, "a" * 32))
    assert manifest.misfits(MADE, rotated, vendor="sqlite", known=["a.1"]) == []


def test_another_kind_of_database_and_a_newer_version_are_refused() -> None:
    assert "postgresql" in manifest.misfits(MADE, SETTINGS, vendor="postgresql", known=["a.1"])[0]
    assert "newer" in manifest.misfits(MADE, SETTINGS, vendor="sqlite", known=[])[0]


def test_another_secret_key_is_no_hindrance_but_is_said() -> None:
    (line,) = manifest.warnings(MADE, replace(SETTINGS, secret_key="t" * 32))
    assert line.startswith("SECRET_KEY")
    assert manifest.warnings(MADE, SETTINGS) == []


def test_no_key_stands_in_what_a_backup_says_of_itself() -> None:
    said = MADE.to_bytes().decode()
    assert not any(key in said for key in ("s" * 32, "p" * 32, "a" * 32))
    assert manifest.Manifest.from_bytes(MADE.to_bytes()) == MADE


def sealed(*chunks: bytes) -> bytes:
    out = io.BytesIO()
    seal(out, KEY, chunks)
    return out.getvalue()


def opened(data: bytes, key: str = KEY) -> bytes:
    return b"".join(unseal(io.BytesIO(data), key))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 2 * PIECE), max_size=4))
def test_what_is_sealed_in_any_pieces_is_opened_as_it_was(sizes: list[int]) -> None:
    chunks = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    assert opened(sealed(*chunks)) == b"".join(chunks)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_the_bounds_of_pieces(size: int) -> None:
    assert opened(sealed(b"x" * size)) == b"x" * size


@given(st.data())
@settings(max_examples=40)
def test_no_bit_can_be_changed_and_nothing_left_out(data: st.DataObject) -> None:
    whole = sealed(b"abc" * PIECE)
    where = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[where] ^= 1 << data.draw(st.integers(0, 7))
    for broken in (bytes(flipped), whole[:where]):
        with pytest.raises(BackupError):
            opened(broken)


def test_pieces_cannot_be_exchanged_or_cut_off_where_they_meet() -> None:
    head = len(MAGIC) + 16
    whole = sealed(b"x" * (3 * PIECE))
    one = PIECE + GROWS
    first, second, last = whole[head : head + one], whole[head + one : head + 2 * one], whole[head + 2 * one :]
    for order in ((second, first, last), (first, second), (first, last), (first, second, last, last)):
        with pytest.raises(BackupError):
            opened(whole[:head] + b"".join(order))


def test_another_key_opens_nothing_and_says_which_one_is_meant() -> None:
    with pytest.raises(BackupError, match="BACKUP_KEY"):
        opened(sealed(b"x"), "another" * 6)


@pytest.mark.parametrize("data", [b"", b"x" * 100, b"SQLite format 3\x00" * 10, MAGIC])
def test_what_is_no_backup_is_called_so(data: bytes) -> None:
    with pytest.raises(BackupError):
        opened(data)


def test_files_are_not_written_over_others(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.yml").write_text("a", encoding="utf-8")
    (tmp_path / "from" / "link").symlink_to("/etc/passwd")
    packed = contents.pack({"content": tmp_path / "from"})
    contents.unpack(packed, tmp_path / "to")
    assert sorted(one.name for one in (tmp_path / "to" / "content").iterdir()) == ["a.yml"]
    with pytest.raises(BackupError):
        contents.unpack(packed, tmp_path / "to")


def test_in_a_folder_each_day_has_its_file_and_none_is_older_than_people_were_promised(tmp_path: Path) -> None:
    now = datetime(2026, 11, 30, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert shelf.file_of(tmp_path, now).name == "faro-2026-12-01.sealed", "of the day by one clock, wherever it runs"
    names = ["faro-2026-10-31.sealed", "faro-2026-11-01.sealed", "faro-2026-12-01.sealed"]
    others = ["faro-2026-01-01.sealed.aside", "before-the-update.sealed", "faro-notes.txt"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    assert [path.name for path in shelf.clear(tmp_path, now)] == names[:1]
    assert {path.name for path in tmp_path.iterdir()} == {*names[1:], *others}, "only what was called after a day"
    assert shelf.clear(tmp_path, now) == []


def test_one_that_is_too_old_and_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    (tmp_path / "faro-2026-01-01.sealed").mkdir()
    with pytest.raises(BackupError, match=r"faro-2026-01-01\.sealed is too old and cannot be deleted"):
        shelf.clear(tmp_path, datetime(2026, 11, 30, tzinfo=UTC))
