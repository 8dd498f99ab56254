"""Settings: wrong ones are refused at start by name, all at once; secrets are made once, kept, and never shown."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import dj_database_url
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot import settings
from bot.errors import SettingsError
from bot.settings import MIN_SECRET, ROOT, Settings
from bot.variables import VARIABLES

SECRET = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2
SERVER = "postgresql://faro:pa55word@db:5432/faro"


def _read(folder: Path, **environ: str) -> Settings:
    return settings.read({"DATA_DIR": str(folder), **environ})


def _problems(folder: Path, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        _read(folder, **environ)
    return str(refused.value).splitlines()


def _named(problems: list[str]) -> list[str]:
    return [problem.partition(":")[0] for problem in problems]


def test_nothing_is_needed_on_one_machine(tmp_path: Path) -> None:
    found = _read(tmp_path)
    assert found.embedded
    assert found.database_url == f"sqlite:///{tmp_path}/faro.sqlite3"
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (found.content_dir, found.retention_days, found.log_level) == (ROOT / "content", 30, "INFO")


@pytest.mark.parametrize("name", ["50%25 off", "a?b", "a#b", "dos\nlíneas"])
def test_the_database_is_in_the_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    found = dj_database_url.parse(_read(folder).database_url)
    assert found["NAME"] == str(folder / "faro.sqlite3")


def test_figures_are_said_nowhere_by_default_and_a_weak_token_for_them_is_refused(tmp_path: Path) -> None:
    assert (_read(tmp_path).metrics_port, _read(tmp_path).metrics_token) == (0, "")
    found = _read(tmp_path, METRICS_PORT="9464", METRICS_TOKEN=SECRET)
    assert (found.metrics_port, found.metrics_token) == (9464, SECRET)
    assert SECRET not in repr(found)
    assert _named(_problems(tmp_path, METRICS_PORT="70000", METRICS_TOKEN="short")) == ["METRICS_PORT", "METRICS_TOKEN"]


def test_a_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    _read(tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_an_empty_variable_is_as_none_at_all(tmp_path: Path) -> None:
    empty = {name: "  " for name in VARIABLES if name != "DATA_DIR"}
    assert _read(tmp_path, **empty) == _read(tmp_path)


WRONG = [
    ("DATABASE_URL", "mysql://x"),
    ("DATABASE_URL", "sqlite:faro.db"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "sqlite:///faro.sqlite3"),
    ("DATABASE_URL", "sqlite://host//faro.sqlite3"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "x" * (MIN_SECRET - 1)),
    ("SECRET_KEY", "change-me-" + SECRET),
    ("SECRET_KEY", "ñ" + SECRET),
    ("SECRET_KEY", SECRET + "\udce9"),
    ("PSEUDONYM_KEY", "short"),
    ("PSEUDONYM_KEY", "your-" + SECRET),
    ("RASA_SECRET", "short"),
    ("RASA_SECRET", SECRET + "\nX: y"),
    ("PUBLIC_URL", "faro.example.org"),
    ("PUBLIC_URL", "ftp://faro.example.org"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://host:99999"),
    ("PUBLIC_URL", "https://[::1"),
    ("RASA_URL", "http://"),
    ("RASA_URL", "http://127.0.0.1:5005,"),
    ("RASA_URL", "http://127.0.0.1:5005, http://127.0.0.1:5005/"),
    ("ACTIONS_URL", "actions:5055"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "8000.0"),
    ("PORT", "²"),
    ("PORT", "٨٠٠٠"),
    ("PORT", "9" * 5_000),
    ("TURN_THREADS", "0"),
    ("TURN_THREADS", "65"),
    ("RETENTION_DAYS", "0"),
    ("RETENTION_DAYS", "366"),
    ("RETENTION_DAYS", "for ever"),
    ("DIALOGUE_MINUTES", "9"),
    ("DIALOGUE_MINUTES", "61"),
    ("SAFEGUARDING_DAYS", "0"),
    ("SAFEGUARDING_DAYS", "31"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
    ("CONTENT_DIR", "nowhere/at/all"),
    ("CONTENT_DIR", "~nobody-of-that-name/content"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name} {value[:20]!a}" for name, value in WRONG])
def test_a_wrong_value_is_refused_by_its_name_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    problems = _problems(tmp_path, **{name: value})
    assert _named(problems) == [name]
    if name.endswith(("KEY", "SECRET")) or name == "DATABASE_URL":
        assert value not in "\n".join(problems)


def test_several_rasas_are_listed_with_commas(tmp_path: Path) -> None:
    read = _read(tmp_path, RASA_URL="http://127.0.0.1:5005/, http://rasa:5005")
    assert read.rasa_urls == ("http://127.0.0.1:5005", "http://rasa:5005")
    assert read.rasa_url == "http://127.0.0.1:5005"


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert _named(_problems(tmp_path / "file" / "var")) == ["DATA_DIR"]
    assert _named(_problems(tmp_path, DATA_DIR="~nobody-of-that-name/var")) == ["DATA_DIR"]


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    first: dict[str, str] = {}
    for name, value in WRONG:
        first.setdefault(name, value)
    assert sorted(_named(_problems(tmp_path, **first))) == sorted(first)
    assert not list(tmp_path.iterdir())


def test_a_server_database_needs_both_keys(tmp_path: Path) -> None:
    assert _named(_problems(tmp_path, DATABASE_URL=SERVER)) == ["SECRET_KEY", "PSEUDONYM_KEY"]
    assert _named(_problems(tmp_path, DATABASE_URL=SERVER, SECRET_KEY=SECRET)) == ["PSEUDONYM_KEY"]
    assert _named(_problems(tmp_path, DATABASE_URL=SERVER, PORT="x")) == ["SECRET_KEY", "PSEUDONYM_KEY", "PORT"]
    assert not (tmp_path / "keys.json").exists()


def test_a_server_database_with_both_keys_is_taken(tmp_path: Path) -> None:
    found = _read(tmp_path, DATABASE_URL=SERVER, SECRET_KEY=SECRET, PSEUDONYM_KEY=OTHER)
    assert not found.embedded
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql://faro:pa55word@db",
        "postgresql://faro:pa55/word@db/faro",
        "postgresql://faro:pa55#word@db/faro",
        "postgresql://faro:pa55[word@db/faro",
        "postgresql://faro:pa55word@db:99999/faro",
    ],
)
def test_a_server_address_that_is_none_is_named_without_its_password(tmp_path: Path, url: str) -> None:
    (problem,) = _problems(tmp_path, DATABASE_URL=url, SECRET_KEY=SECRET, PSEUDONYM_KEY=OTHER)
    assert problem.startswith("DATABASE_URL: ")
    assert "pa55" not in problem


def test_one_key_for_both_is_refused(tmp_path: Path) -> None:
    assert _named(_problems(tmp_path, SECRET_KEY=SECRET, PSEUDONYM_KEY=SECRET)) == ["PSEUDONYM_KEY"]


def test_no_secret_stands_in_the_representation(tmp_path: Path) -> None:
    found = _read(tmp_path, DATABASE_URL=SERVER, SECRET_KEY=SECRET, PSEUDONYM_KEY=OTHER)
    shown = repr(found) + str(found)
    for secret in (found.secret_key, found.pseudonym_key, found.rasa_secret, "pa55word"):
        assert secret not in shown


def test_the_secret_of_the_private_channel_is_derived_and_stable(tmp_path: Path) -> None:
    found = _read(tmp_path, SECRET_KEY=SECRET, PSEUDONYM_KEY=OTHER)
    assert found.rasa_secret == settings.rasa_secret_from(SECRET)
    assert len(found.rasa_secret) >= MIN_SECRET
    assert SECRET not in found.rasa_secret
    assert settings.rasa_secret_from(OTHER) != found.rasa_secret
    assert _read(tmp_path, RASA_SECRET=OTHER).rasa_secret == OTHER


# Kept keys


def test_keys_are_made_once_for_their_owner_alone_and_used_again(tmp_path: Path) -> None:
    first = _read(tmp_path)
    path = tmp_path / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert min(len(first.secret_key), len(first.pseudonym_key)) >= MIN_SECRET
    assert first.secret_key != first.pseudonym_key
    assert _read(tmp_path) == first
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_keys_of_two_machines_differ(tmp_path: Path) -> None:
    assert _read(tmp_path / "a").secret_key != _read(tmp_path / "b").secret_key


def test_a_key_of_the_environment_goes_before_a_kept_one(tmp_path: Path) -> None:
    kept = _read(tmp_path)
    found = _read(tmp_path, SECRET_KEY=SECRET)
    assert (found.secret_key, found.pseudonym_key) == (SECRET, kept.pseudonym_key)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "not json", '{"SECRET_KEY": "a"}'])
def test_kept_keys_that_are_lost_are_never_replaced_in_silence(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text, encoding="utf-8")
    assert _named(_problems(tmp_path)) == ["DATA_DIR"]
    assert (tmp_path / "keys.json").read_text(encoding="utf-8") == text


def test_an_empty_kept_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"SECRET_KEY": "", "PSEUDONYM_KEY": OTHER}), encoding="utf-8")
    assert _named(_problems(tmp_path)) == ["DATA_DIR"]


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    script = "import bot.settings; s = bot.settings.read(); print(s.secret_key, s.pseudonym_key)"
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "new"), "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen([sys.executable, "-c", script], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 4
    assert len(said) == 1
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["keys.json"]


# Hostile values

_VALUES = st.text(max_size=60) | st.sampled_from([value for _name, value in WRONG]) | st.integers().map(str)


@given(environ=st.dictionaries(st.sampled_from([name for name in VARIABLES if name != "DATA_DIR"]), _VALUES))
@example(environ={"PORT": "9" * 5_000})
@example(environ={"CONTENT_DIR": "~x/\x00"})
@example(environ={"CONTENT_DIR": "0\r0"})
@example(environ={"CONTENT_DIR": "9" * 5_000})
@example(environ={"SECRET_KEY": "\udce9" * 40})
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_value_raises_anything_but_a_settings_error(tmp_path: Path, environ: dict[str, str]) -> None:
    try:
        found = _read(tmp_path, **environ)
    except SettingsError as error:
        assert set(_named(str(error).splitlines())) <= set(VARIABLES)
    else:
        assert 0 < found.port < 65_536
        assert min(map(len, (found.secret_key, found.pseudonym_key, found.rasa_secret))) >= MIN_SECRET
