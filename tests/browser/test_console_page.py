"""The console in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.browser import Browser
from tests.browser.conftest import PASSWORD, STAFF

pytestmark = pytest.mark.browser


def test_staff_come_in_see_the_state_and_leave(console: Browser, axe: str) -> None:
    browser = console
    browser.open("/console/", width=320)
    assert browser.driver.current_url.endswith("/console/login?next=/console/")
    assert browser.overflow() == 0 and browser.violations(axe) == []

    log_in(browser, "wrong")
    browser.wait(lambda: browser.all("[role=alert]"), "the sentence that it was wrong")
    assert browser.violations(axe) == []

    log_in(browser, PASSWORD)
    browser.wait(lambda: browser.all("nav [aria-current=page]"), "the first part of the console")
    browser.open("/console/health/", width=320)
    assert browser.overflow() == 0 and browser.violations(axe) == []
    browser.emulate(prefers_color_scheme="dark")
    assert browser.violations(axe) == []
    assert STAFF in browser.find(".who").text

    # The cookie is for the console alone and not for scripts.
    assert browser.run("return document.cookie") == ""
    cookies = {one["name"]: one for one in browser.driver.get_cookies()}
    assert cookies["faro_staff"]["path"] == "/console/" and cookies["faro_staff"]["sameSite"] == "Strict"

    browser.click(".who form:not(.languages) button")
    browser.wait(lambda: browser.all("#id_password"), "the login")
    browser.open("/console/")
    assert "/console/login" in browser.driver.current_url
    assert browser.errors() == []


def log_in(browser: Browser, password: str, name: str = STAFF) -> None:
    browser.find("#id_username").send_keys(name)
    browser.find("#id_password").send_keys(password)
    browser.click("form.card button.main")
