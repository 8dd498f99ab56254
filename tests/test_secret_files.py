"""Secrets from files: read where they are named, refused by name where they cannot be, and never said."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import settings
from bot.database_url import checked
from bot.errors import SettingsError
from bot.secret_files import MAX_BYTES, opened
from bot.variables import SECRETS, VARIABLES

KEY = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2

#: A value that each secret accepts.
GOOD = {
    "DATABASE_URL": "postgresql://faro:pa55word@db:5432/faro",
    "SECRET_KEY": KEY,
    "PSEUDONYM_KEY": OTHER,
    "ADDRESS_KEY": "a" * 16 + KEY,
    "RASA_SECRET": "b" * 16 + KEY,
    "TELEGRAM_TOKEN": "123456789:" + "A" * 35,
    "TELEGRAM_SECRET": "c" * 16 + KEY,
    "WHATSAPP_TOKEN": "EAAG" + KEY,
    "WHATSAPP_APP_SECRET": "d" * 16 + KEY,
    "WHATSAPP_VERIFY_TOKEN": "e" * 16 + KEY,
    "METRICS_TOKEN": "9" * 16 + KEY,
    "BACKUP_KEY": "f" * 16 + KEY,
    "SMTP_URL": "smtp://faro:pa55word@mail.test:587",
}
BESIDE = {"WHATSAPP_PHONE_NUMBER_ID": "106540352242922", "NOTIFY_EMAIL": "team@faro.test"}


def _refused(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.read(environ)
    return str(caught.value).splitlines()


def test_every_secret_is_a_setting_and_every_setting_that_is_kept_out_of_sight_is_one() -> None:
    assert set(SECRETS) <= set(VARIABLES)
    hidden = {name for name in VARIABLES if name.endswith(("KEY", "SECRET", "TOKEN", "PASSWORD"))}
    assert hidden <= set(SECRETS)


def test_all_secrets_from_files_are_the_same_settings_as_from_the_environment(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path / "var"), **BESIDE}
    files = {}
    for name, value in GOOD.items():
        file = tmp_path / name.lower()
        file.write_text(f"{value}\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(file)
    assert set(GOOD) == set(SECRETS) - {"DATABASE_PASSWORD"}
    assert settings.read({**environ, **files}) == settings.read({**environ, **GOOD})


def test_what_cannot_be_read_is_refused_by_its_name_and_nothing_of_it_is_told(tmp_path: Path) -> None:
    given_twice, empty, binary, large = (tmp_path / name for name in ("twice", "empty", "binary", "large"))
    given_twice.write_text(KEY, encoding="utf-8")
    empty.write_text(" \n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe" + KEY.encode())
    large.write_text("x" * (MAX_BYTES + 1), encoding="utf-8")
    problems = _refused(
        {
            "DATA_DIR": str(tmp_path / "var"),
            "SECRET_KEY": OTHER,
            "SECRET_KEY_FILE": str(given_twice),
            "PSEUDONYM_KEY_FILE": str(empty),
            "RASA_SECRET_FILE": str(tmp_path / "nowhere"),
            "ADDRESS_KEY_FILE": str(tmp_path),
            "TELEGRAM_TOKEN_FILE": str(binary),
            "WHATSAPP_TOKEN_FILE": str(large),
            "SMTP_URL_FILE": "a\0b",
        }
    )
    assert problems == [
        "SECRET_KEY: is given twice: by itself and in the file of SECRET_KEY_FILE",
        "PSEUDONYM_KEY_FILE: names a file that holds nothing",
        "ADDRESS_KEY_FILE: names a file that cannot be read (IsADirectoryError)",
        "RASA_SECRET_FILE: names a file that cannot be read (FileNotFoundError)",
        "TELEGRAM_TOKEN_FILE: names a file that holds no text",
        "WHATSAPP_TOKEN_FILE: names a file that is too large for a secret",
        "SMTP_URL_FILE: names a file that holds no text",
    ]
    assert not [one for one in (KEY, OTHER) if one in "\n".join(problems)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(0)
    problems = _refused({"DATA_DIR": str(tmp_path / "var"), "SECRET_KEY_FILE": str(file)})
    assert problems == ["SECRET_KEY_FILE: names a file that cannot be read (PermissionError)"]


def test_a_weak_secret_is_as_weak_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("short\n", encoding="utf-8")
    (problem,) = _refused({"DATA_DIR": str(tmp_path / "var"), "SECRET_KEY_FILE": str(file)})
    assert problem.startswith("SECRET_KEY: must have at least 32 characters")


def test_only_secrets_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "level"
    file.write_text("DEBUG", encoding="utf-8")
    assert "LOG_LEVEL" not in opened({"LOG_LEVEL_FILE": str(file)})[0]


def test_an_empty_name_is_as_none_at_all(tmp_path: Path) -> None:
    empty = {f"{name}_FILE": " " for name in SECRETS}
    assert settings.read({"DATA_DIR": str(tmp_path), **empty}) == settings.read({"DATA_DIR": str(tmp_path)})


# ---- the password of the database ---------------------------------------------------------------------------------------


@given(st.text(min_size=1).filter(str.strip))
def test_any_password_reaches_the_database_as_it_is(password: str) -> None:
    if not password.isascii():
        password = password.encode("utf-8", "ignore").decode() or "x"
    url, wrong = checked("postgresql://faro@db:5432/faro?sslmode=require", password)
    assert not wrong
    assert unquote(urlsplit(url).password or "") == password
    found = dj_database_url.parse(url)
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("db", 5432, "faro", "faro")
    assert found["PASSWORD"] == password


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://faro:other@db:5432/faro", "DATABASE_URL has a password too"),
        ("postgresql://db:5432/faro", "needs a user"),
        ("sqlite:////srv/faro.sqlite3", "SQLite has none"),
    ],
)
def test_a_password_that_has_no_place_is_refused(url: str, why: str) -> None:
    found, wrong = checked(url, "pa55word")
    assert found == url
    ((name, reason),) = wrong
    assert name == "DATABASE_PASSWORD" and why in reason
    assert "other" not in reason and "pa55word" not in reason


def test_the_password_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word\n", encoding="utf-8")
    read = settings.read(
        {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "postgresql://faro@db:5432/faro",
            "DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
            "SECRET_KEY": KEY,
            "PSEUDONYM_KEY": OTHER,
        }
    )
    assert read.database_url == "postgresql://faro:p%40ss%2Fword@db:5432/faro"
