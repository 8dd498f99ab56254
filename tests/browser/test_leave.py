"""Somebody comes into the room: one press leaves the page, and nothing leads back."""

from __future__ import annotations

import pytest

from bot.channels.webchat.templatetags.webchat import ELSEWHERE
from tests.browser.browser import Browser

pytestmark = pytest.mark.browser


def test_whoever_has_to_leaves_at_once_and_back_does_not_lead_here(browser: Browser) -> None:
    elsewhere = browser.run("return location.origin") + "/healthz"  # the real one is outside, where no test goes
    browser.ask("How much does it cost?")
    link = browser.find("#leave")
    assert link.get_dom_attribute("href") == ELSEWHERE
    assert link.get_dom_attribute("rel") == "noreferrer"
    browser.run("document.getElementById('leave').href = arguments[0]; window.before = history.length", elsewhere)
    before = browser.run("return history.length")
    link.click()
    browser.wait(lambda: browser.driver.current_url == elsewhere, "the other page")
    assert browser.run("return history.length") == before, "it stands in the place of the chat"
