"""Content and health in a real browser: a topic is read, a number confirmed and taken back, and what failed is seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.browser.browser import Browser, chromium
from tests.browser.conftest import PASSWORD, STAFF, serving

pytestmark = pytest.mark.browser

#: A bot that nobody has, on a machine that answers nobody: deliveries fail.
TELEGRAM = {"TELEGRAM_TOKEN": "1234567:" + "t" * 35, "TELEGRAM_API_BASE": "http://127.0.0.1:9"}

#: Somebody with every role, and two messages that were given up.
PREPARE = f"""
from datetime import timedelta
from bot.web import setup
setup()
from django.contrib.auth.models import User
from django.utils import timezone
from bot.conversations.models import Contact, Line, Message
from console import roles
from console.permissions import Role
roles.give(User.objects.create_user("{STAFF}", password="{PASSWORD}"), *Role)
now = timezone.now()
for number, (code, minutes) in enumerate([("network", 2), ("unsure", 90)]):
    contact = Contact.objects.create(
        channel="telegram", pseudonym=str(number), created_at=now, seen_at=now - timedelta(minutes=5)
    )
    Message.objects.create(
        contact=contact, direction="out", channel="telegram", provider_id=str(number), text="words of a person",
        state="failed", error=code, created_at=now - timedelta(minutes=minutes), done_at=now,
    )
Line.objects.create(channel="telegram", trouble="token_refused", troubled_at=now)
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content in a checkout of its own."""
    shutil.copytree(ROOT / "content", tmp_path / "checkout" / "content")
    identity = ("-c", "user.name=Eva Editora", "-c", "user.email=eva@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "The answers as IOM checked them")):
        subprocess.run(["git", *arguments], cwd=tmp_path / "checkout", check=True)
    return tmp_path / "checkout" / "content"


@pytest.fixture
def console(tmp_path: Path, content: Path) -> Iterator[Browser]:
    """A browser of somebody who is logged in to a site over that copy."""
    (tmp_path / "site").mkdir()
    with (
        serving(tmp_path / "site", CONTENT_DIR=str(content), **TELEGRAM) as site,
        chromium(site, tmp_path / "profile") as browser,
    ):
        environ = os.environ | TELEGRAM | {"DATA_DIR": str(tmp_path / "site"), "CONTENT_DIR": str(content)}
        subprocess.run([sys.executable, "-c", PREPARE], env=environ, cwd=ROOT, check=True)
        browser.open("/console/content/")
        browser.find("#id_username").send_keys(STAFF)
        browser.find("#id_password").send_keys(PASSWORD)
        browser.click("form.card button")
        browser.wait(lambda: browser.all(".topics"), "the topics")
        yield browser


def picture(browser: Browser, name: str) -> None:
    """Keep what is seen, when somebody asks for it, with the whole page in it."""
    if folder := os.environ.get("FARO_PICTURES"):
        height = browser.run("return document.documentElement.scrollHeight")
        width = browser.run("return document.documentElement.clientWidth")
        browser.size(width, min(height, 3000))
        browser.driver.save_screenshot(f"{folder}/{name}-{width}.png")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_editor_reads_confirms_and_takes_back(console: Browser, content: Path, axe: str, width: int) -> None:
    browser = console
    for number, address in enumerate(
        ("", "topics/return_cost/", "topics/show_menu/", "contacts/", "errors/", "history/")
    ):
        browser.open(f"/console/content/{address}", width=width)
        assert browser.overflow() == 0, address
        assert browser.violations(axe) == [], address
        picture(browser, f"content-{number}")

    before = (content / "contacts.yml").read_bytes()
    browser.open("/console/content/contacts/?q=OIM", width=width)
    browser.click(".contact .facts button")
    browser.driver.switch_to.alert.accept()
    browser.wait(lambda: browser.all(".note.success"), "the sentence that it was confirmed")
    assert b"confirmed_by: ana" in (content / "contacts.yml").read_bytes()
    assert "q=OIM" in browser.driver.current_url
    assert browser.violations(axe) == []
    picture(browser, "content-confirmed")

    browser.open("/console/content/history/", width=width)
    assert "confirmed_by: ana" in browser.find(".diff").text
    assert browser.violations(axe) == [] and browser.overflow() == 0
    picture(browser, "content-uncommitted")
    browser.click(".changes a")
    browser.wait(lambda: "/history/" in browser.driver.current_url and browser.all(".diff"), "the change")
    assert browser.violations(axe) == [] and browser.overflow() == 0

    browser.open("/console/content/contacts/", width=width)
    browser.click(".undo button")
    browser.wait(lambda: browser.all(".note.success"), "the sentence that it was taken back")
    assert (content / "contacts.yml").read_bytes() == before
    assert browser.errors() == []


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_given_up_is_seen_and_sent_again(console: Browser, axe: str, width: int) -> None:
    browser = console
    browser.open("/console/health/", width=width)
    assert browser.overflow() == 0 and browser.violations(axe) == []
    assert "words of a person" not in browser.find("body").text
    assert len(browser.all(".failed > li")) == 2
    picture(browser, "health")
    browser.emulate(prefers_color_scheme="dark")
    assert browser.violations(axe) == []
    picture(browser, "health-dark")
    browser.emulate()

    before = browser.find("#now .quiet").text
    browser.wait(lambda: browser.find("#now .quiet").text != before, "the part that renews itself")
    assert browser.violations(axe) == []
    simple = next(one for one in browser.all(".failed form") if "checkbox" not in one.get_attribute("innerHTML"))
    simple.find_element("css selector", "button").click()
    browser.wait(lambda: browser.all(".note.success"), "the sentence that it is sent again")
    assert len(browser.all(".failed > li")) == 1
    assert browser.errors() == []
