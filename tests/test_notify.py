"""The settings by which the team is told: off without them, refused by name when they are wrong or half there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.notify import MailServer
from tests.test_channel_settings import TELEGRAM, problems, read

SMTP = "smtp://faro:pa%2Fss@mail.example.test"


def test_without_settings_nobody_is_told_and_faro_returns_after_two_hours(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert not found.notify.wanted
    assert found.handover_return_minutes == 120


def test_mail_and_telegram_are_read(tmp_path: Path) -> None:
    environ = TELEGRAM | {
        "NOTIFY_EMAIL": "team@faro.example.test, night@faro.example.test",
        "SMTP_URL": SMTP,
        "NOTIFY_TELEGRAM_CHAT": "-1001234567890",
        "HANDOVER_RETURN_MINUTES": "30",
    }
    found = read(tmp_path, **environ)
    assert found.notify.mailboxes == ("team@faro.example.test", "night@faro.example.test")
    assert found.notify.server == MailServer("mail.example.test", 587, "faro", "pa/ss", encrypted=False)
    assert found.notify.chat == "-1001234567890"
    assert found.handover_return_minutes == 30
    assert "pa/ss" not in repr(found) and "pa%2Fss" not in repr(found)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://mail.example.test", MailServer("mail.example.test", 465)),
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525, encrypted=False)),
    ],
)
def test_a_server_without_port_or_password(tmp_path: Path, address: str, server: MailServer) -> None:
    found = read(tmp_path, NOTIFY_EMAIL="team@faro.example.test", SMTP_URL=address)
    assert found.notify.server == server


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"NOTIFY_EMAIL": "team@faro.example.test"}, ["SMTP_URL"]),
        ({"SMTP_URL": SMTP}, ["NOTIFY_EMAIL"]),
        ({"NOTIFY_EMAIL": "team", "SMTP_URL": SMTP}, ["NOTIFY_EMAIL"]),
        ({"NOTIFY_EMAIL": "a@b.test\nBcc: x@y.test", "SMTP_URL": SMTP}, ["NOTIFY_EMAIL"]),
        ({"NOTIFY_EMAIL": "a@b.test", "SMTP_URL": "mail.example.test"}, ["SMTP_URL"]),
        ({"NOTIFY_EMAIL": "a@b.test", "SMTP_URL": "http://mail.example.test"}, ["SMTP_URL"]),
        ({"NOTIFY_EMAIL": "a@b.test", "SMTP_URL": "smtp://faro@mail.example.test"}, ["SMTP_URL"]),
        ({"NOTIFY_EMAIL": "a@b.test", "SMTP_URL": "smtp://faro:pa/ss@mail.example.test"}, ["SMTP_URL"]),
        ({"NOTIFY_EMAIL": "a@b.test", "SMTP_URL": "smtp://mail.example.test:99999"}, ["SMTP_URL"]),
        ({"NOTIFY_TELEGRAM_CHAT": "123"}, ["TELEGRAM_TOKEN"]),
        (TELEGRAM | {"NOTIFY_TELEGRAM_CHAT": "the team"}, ["NOTIFY_TELEGRAM_CHAT"]),
        ({"HANDOVER_RETURN_MINUTES": "9"}, ["HANDOVER_RETURN_MINUTES"]),
        ({"HANDOVER_RETURN_MINUTES": "1441"}, ["HANDOVER_RETURN_MINUTES"]),
    ],
)
def test_what_is_wrong_is_refused_by_name_without_its_value(
    tmp_path: Path, environ: dict[str, str], named: list[str]
) -> None:
    found = problems(tmp_path, **environ)
    assert list(found) == named
    assert "ss@mail" not in "".join(found.values())
