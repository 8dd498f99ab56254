"""`bot telegram`: what is arranged with Telegram, typed as staff type it, and what is said when it cannot be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.channels.telegram.faults import FAULTS
from bot.channels.telegram.polling import AWAY, SECOND_POLLER, TOKEN_REFUSED, WEBHOOK_SET
from bot.commands.telegram_sentences import SENTENCES, said
from bot.settings import ROOT
from tests.channels.telegram.faro import SECRET
from tests.channels.telegram.stand_in import BOT, TOKEN, Fault, StandIn
from tests.commands.test_tasks import TASKS, commands

Typed = Callable[..., "subprocess.CompletedProcess[str]"]

PUBLIC = "https://faro.example.org"
HOOK = f"{PUBLIC}/webhooks/telegram"
WEBHOOK = {"TELEGRAM_MODE": "webhook", "TELEGRAM_SECRET": SECRET, "PUBLIC_URL": PUBLIC}


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    assert stand_in.wrong == []


@pytest.fixture
def typed(telegram: StandIn, tmp_path: Path) -> Typed:
    """Types a command; the token is never in what it says."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        settings = {"DATA_DIR": str(tmp_path / "var"), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": telegram.url}
        done = subprocess.run(
            [sys.executable, "-m", "bot", "telegram", *arguments],
            cwd=ROOT,
            env={**kept, **settings, **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = done.stdout + done.stderr
        assert TOKEN.partition(":")[2] not in told and SECRET not in told
        assert "Traceback" not in told
        return done

    return run


def test_a_webhook_is_set_with_our_secret_and_the_four_kinds(typed: Typed, telegram: StandIn) -> None:
    done = typed("set-webhook", "--lang", "en", **WEBHOOK)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{said('webhook_set', 'en', url=HOOK)}\n{said('profile_told', 'en')}\n"
    assert telegram.webhook == {
        "url": HOOK,
        "secret_token": SECRET,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }
    assert {"setMyCommands:", "setMyCommands:es", "setMyDescription:fr"} <= set(telegram.profile)


def test_a_webhook_is_deleted_without_throwing_messages_away(typed: Typed, telegram: StandIn) -> None:
    telegram.webhook = {"url": HOOK}
    done = typed("delete-webhook", "--lang", "fr")
    assert done.returncode == 0
    assert done.stdout.startswith(said("webhook_deleted", "fr"))
    assert telegram.webhook == {}
    assert telegram.of("deleteWebhook")[0].parameters.get("drop_pending_updates") in (None, False)


def test_whoami_says_who_and_that_nothing_is_in_the_way(typed: Typed) -> None:
    done = typed("whoami", "--lang", "en")
    assert done.returncode == 0
    assert f"@{BOT['username']}" in done.stdout
    assert said("fetched", "en") in done.stdout


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_a_webhook_beside_polling_is_found(typed: Typed, telegram: StandIn, language: str) -> None:
    telegram.webhook = {"url": HOOK}
    done = typed("whoami", "--lang", language)
    assert done.returncode == 1
    assert done.stderr.strip() == said("webhook_in_the_way", language, url=HOOK)


def test_a_webhook_that_is_missing_is_found(typed: Typed) -> None:
    done = typed("whoami", "--lang", "en", **WEBHOOK)
    assert done.returncode == 1
    assert done.stderr.strip() == said("webhook_missing", "en", url="", wanted=HOOK)


@pytest.mark.parametrize(
    ("verb", "environ", "code"),
    [
        ("whoami", {"TELEGRAM_TOKEN": ""}, "no_token"),
        ("whoami", {"TELEGRAM_TOKEN": "123456789:" + "x" * 35}, "token_refused"),
        ("whoami", {"TELEGRAM_API_BASE": "http://127.0.0.1:9"}, "not_reached"),
        ("set-webhook", {}, "mode_is_polling"),
        ("set-webhook", WEBHOOK | {"PUBLIC_URL": "http://faro.example.org"}, "no_https"),
        ("set-webhook", WEBHOOK | {"PUBLIC_URL": "https://faro.example.org:8000"}, "wrong_port"),
        ("delete-webhook", {"TELEGRAM_TOKEN": "123456789:" + "x" * 35}, "token_refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_with_what_to_do(typed: Typed, verb: str, environ: dict[str, str], code: str) -> None:
    done = typed(verb, **environ)
    assert (done.returncode, done.stdout) == (1, "")
    beginning = SENTENCES[code]["es"].partition("{")[0]
    assert done.stderr.startswith(beginning) and done.stderr.count("\n") == 1


def test_what_telegram_says_against_the_address_is_passed_on(typed: Typed, telegram: StandIn) -> None:
    telegram.fail(
        "setWebhook", Fault(400, "Bad Request: bad webhook: Failed to resolve host: Name or service not known")
    )
    done = typed("set-webhook", "--lang", "en", **WEBHOOK)
    assert done.returncode == 1
    assert "failed to resolve host" in done.stderr


def test_an_answer_that_is_none_of_telegrams_is_no_traceback(typed: Typed, telegram: StandIn) -> None:
    telegram.fail("getMe", Fault(200, body=b'{"ok": true, "result": {"id": 1}}'))
    assert typed("whoami").returncode == 1


def test_every_sentence_is_there_in_every_language() -> None:
    assert all(set(texts) == {"es", "en", "fr"} for texts in SENTENCES.values())


@pytest.mark.parametrize("name", ["telegram.md", "es/telegram.md"])
def test_every_command_of_the_task_works_as_it_is_written(typed: Typed, name: str) -> None:
    found = commands(name)
    assert [one[0] for one in found] == ["set-webhook", "whoami", "delete-webhook"]
    for arguments in found:
        done = typed(*arguments, **WEBHOOK)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


@pytest.mark.parametrize("name", ["telegram.md", "es/telegram.md"])
def test_every_trouble_of_the_table_is_one_that_faro_tells(name: str) -> None:
    table = (TASKS / name).read_text(encoding="utf-8")
    codes = {AWAY, SECOND_POLLER, TOKEN_REFUSED, WEBHOOK_SET} | {fault.code for fault in FAULTS}
    named = set(re.findall(r"`(polling_\w+|token_refused|too_many_requests)`|error=(\w+)", table))
    told = {one for pair in named for one in pair if one}
    assert {AWAY, SECOND_POLLER, TOKEN_REFUSED, WEBHOOK_SET} <= told <= codes
