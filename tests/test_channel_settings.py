"""The settings of Telegram and WhatsApp: off without them, refused by name when they are wrong or half there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingsError
from bot.settings import Settings

KEY = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2
SERVER = {
    "DATABASE_URL": "postgresql://faro:pa55word@db:5432/faro",
    "SECRET_KEY": KEY,
    "PSEUDONYM_KEY": OTHER,
}
TELEGRAM = {"TELEGRAM_TOKEN": "123456789:" + "A" * 35}
WHATSAPP = {
    "WHATSAPP_TOKEN": "EAAG" + KEY,
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_APP_SECRET": KEY,
    "WHATSAPP_VERIFY_TOKEN": OTHER,
}


def read(folder: Path, **environ: str) -> Settings:
    return settings.read({"DATA_DIR": str(folder), **environ})


def problems(folder: Path, **environ: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as refused:
        read(folder, **environ)
    lines = [line.partition(": ") for line in str(refused.value).splitlines()]
    return {name: why for name, _, why in lines}


def test_without_settings_both_are_off(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.telegram, found.whatsapp) == (None, None)


def test_a_token_alone_polls(tmp_path: Path) -> None:
    found = read(tmp_path, **TELEGRAM).telegram
    assert found is not None
    assert (found.webhook, found.bot, found.api_base) == (False, "123456789", "https://api.telegram.org")


def test_a_webhook_needs_its_secret(tmp_path: Path) -> None:
    assert list(problems(tmp_path, **TELEGRAM, TELEGRAM_MODE="webhook")) == ["TELEGRAM_SECRET"]
    found = read(tmp_path, **TELEGRAM, TELEGRAM_MODE="webhook", TELEGRAM_SECRET=KEY).telegram
    assert found is not None
    assert found.webhook


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", "123456789"),
        ("TELEGRAM_TOKEN", "bot:" + "A" * 35),
        ("TELEGRAM_MODE", "push"),
        ("TELEGRAM_SECRET", "short"),
        ("TELEGRAM_SECRET", KEY + " with blanks"),
        ("TELEGRAM_API_BASE", "api.telegram.org"),
    ],
)
def test_a_wrong_setting_of_telegram_is_named_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    found = problems(tmp_path, **{**TELEGRAM, name: value})
    assert list(found) == [name]
    assert value not in found[name] or name == "TELEGRAM_MODE"


def test_a_secret_without_a_token_is_no_channel(tmp_path: Path) -> None:
    assert list(problems(tmp_path, TELEGRAM_SECRET=KEY)) == ["TELEGRAM_TOKEN"]


@pytest.mark.parametrize("missing", WHATSAPP)
def test_whatsapp_needs_all_four(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in WHATSAPP.items() if name != missing}
    assert list(problems(tmp_path, **given)) == [missing]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHATSAPP_PHONE_NUMBER_ID", "+507 6000 0000"),
        ("WHATSAPP_APP_SECRET", "short"),
        ("WHATSAPP_VERIFY_TOKEN", "change-me-" + KEY),
        ("WHATSAPP_API_VERSION", "newest"),
        ("WHATSAPP_API_BASE", "graph.facebook.com"),
    ],
)
def test_a_wrong_setting_of_whatsapp_is_named_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    found = problems(tmp_path, **{**WHATSAPP, name: value})
    assert list(found) == [name]
    assert value not in found[name]


@pytest.mark.parametrize("channel", [TELEGRAM, WHATSAPP], ids=["telegram", "whatsapp"])
def test_a_server_database_with_a_channel_needs_a_key_for_addresses(tmp_path: Path, channel: dict[str, str]) -> None:
    assert list(problems(tmp_path, **SERVER, **channel)) == ["ADDRESS_KEY"]
    assert read(tmp_path, **SERVER, **channel, ADDRESS_KEY=f"{KEY}, {OTHER}").address_keys == (KEY, OTHER)
    assert read(tmp_path, **SERVER).address_keys == ()
    assert list(problems(tmp_path, **SERVER, ADDRESS_KEY=f"{KEY},short")) == ["ADDRESS_KEY"]


def test_on_one_machine_the_key_is_made_once_and_also_for_an_older_folder(tmp_path: Path) -> None:
    made = read(tmp_path / "new").address_keys
    assert made == read(tmp_path / "new").address_keys
    assert len(made) == 1
    old = tmp_path / "old"
    old.mkdir()
    (old / "keys.json").write_text(json.dumps({"SECRET_KEY": KEY, "PSEUDONYM_KEY": OTHER}), encoding="utf-8")
    (derived,) = read(old).address_keys
    assert derived == read(old).address_keys[0]
    assert derived not in (KEY, OTHER)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    found = read(tmp_path, **TELEGRAM, **WHATSAPP, TELEGRAM_SECRET=KEY)
    for secret in (TELEGRAM["TELEGRAM_TOKEN"], WHATSAPP["WHATSAPP_TOKEN"], KEY, OTHER, *found.address_keys):
        assert secret not in repr(found)
