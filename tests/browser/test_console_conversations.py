"""Reading conversations in a real browser, on a phone and on a screen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.browser.browser import Browser
from tests.browser.conftest import PASSWORD
from tests.browser.test_console_page import log_in

pytestmark = pytest.mark.browser

LIST = "/console/conversations/"


def test_somebody_finds_and_reads_a_conversation(console: Browser, axe: str, tmp_path: Path) -> None:
    environ = os.environ | {"DATA_DIR": str(tmp_path / "site")}
    invented = [sys.executable, "-m", "bot", "demo", "--messages", "600"]
    subprocess.run(invented, env=environ, cwd=ROOT, check=True, capture_output=True)
    browser = console
    browser.open(LIST, width=390)
    log_in(browser, PASSWORD)
    browser.wait(lambda: browser.all(".conversations li"), "the list")
    assert browser.overflow() == 0 and browser.violations(axe) == []
    look(browser, "list-390")

    # Filters, by the keyboard's form; they stand in the address.
    browser.click("details.card summary")
    browser.find("#id_outcome").send_keys("Temas")
    browser.click("details.card button.main")
    browser.wait(lambda: "outcome=suggested" in browser.driver.current_url, "the filter in the address")
    assert browser.overflow() == 0 and browser.violations(axe) == []
    shown = {one.text for one in browser.all(".conversations .mark") if "Temas" in one.text}
    assert shown == {"Temas sugeridos"}

    # Words stand in no address.
    browser.open(LIST, width=1280, height=900)
    browser.find("#words").send_keys("gracias")
    browser.click(".seek button.main")
    browser.wait(lambda: browser.all("button[name=clear]"), "the list of what was found")
    assert "gracias" not in browser.driver.current_url and browser.all(".conversations li")
    assert browser.overflow() == 0 and browser.violations(axe) == []
    look(browser, "list-1280")
    browser.click("button[name=clear]")
    browser.wait(lambda: not browser.all("button[name=clear]"), "the whole list")

    browser.click(".conversations li a")
    browser.wait(lambda: browser.all("#talk li"), "the conversation")
    browser.click(".known summary")
    assert browser.overflow() == 0 and browser.violations(axe) == []
    look(browser, "conversation-1280")
    browser.size(390, 800)
    assert browser.overflow() == 0 and browser.violations(axe) == []
    look(browser, "conversation-390")
    browser.emulate(prefers_color_scheme="dark")
    assert browser.violations(axe) == []
    assert browser.errors() == []


def test_what_is_said_meanwhile_appears_without_moving_what_one_does(console: Browser, tmp_path: Path) -> None:
    environ = os.environ | {"DATA_DIR": str(tmp_path / "site")}
    subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--messages", "40", "--contacts", "1"],
        env=environ,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    browser = console
    browser.open(LIST, width=1280, height=900)
    log_in(browser, PASSWORD)
    browser.click(".conversations li a")
    browser.wait(lambda: browser.all("#talk li"), "the conversation")
    before = len(browser.all("#talk li"))
    script = (
        "from bot.web import setup; setup()\n"
        "from django.utils import timezone; from bot.conversations.models import Contact, Message\n"
        "Message.objects.create(contact=Contact.objects.get(), direction='in', channel='web', provider_id='later',"
        " text='sigo aquí 6123-4567', state='answered', created_at=timezone.now())"
    )
    subprocess.run([sys.executable, "-c", script], env=environ, cwd=ROOT, check=True, capture_output=True)
    browser.wait(lambda: len(browser.all("#talk li")) == before + 1, "the new message, by itself")
    last = browser.all("#talk > li")[-1]
    assert "sigo aquí teléfono" in last.text.replace("\n", " ")
    first = browser.find("#newer").get_attribute("hx-get")
    assert first.endswith(f"after={last.get_attribute('id')[1:]}"), "asks for what comes after it from now on"
    assert browser.errors() == []


def look(browser: Browser, name: str) -> None:
    """Keep a picture where SCREENSHOTS says, for people."""
    if folder := os.environ.get("SCREENSHOTS"):
        browser.driver.get_screenshot_as_file(str(Path(folder) / f"conversations-{name}.png"))
