"""The team in a real browser: a telephone is set up, somebody is invited, and everybody comes in."""

from __future__ import annotations

from base64 import b32decode

import pytest
from django_otp.oath import totp

from tests.browser.browser import Browser
from tests.browser.conftest import PASSWORD, STAFF
from tests.browser.test_console_page import log_in

pytestmark = pytest.mark.browser

OTHERS_PASSWORD = "four words upon paper"


def looks_well(browser: Browser, axe: str) -> None:
    """Nothing is wider than a telephone or a screen, and nobody is shut out, in the light or in the dark."""
    for width in (320, 390, 1280):
        browser.size(width, 900)
        assert browser.overflow() == 0, browser.driver.current_url
    browser.size(390, 800)
    for scheme in ("light", "dark"):
        browser.emulate(prefers_color_scheme=scheme)
        assert browser.violations(axe) == [], browser.driver.current_url
    browser.emulate()


def code_of(secret: str) -> str:
    return f"{totp(b32decode(secret.replace(' ', '')), t0=0, step=30) % 10**6:06d}"


def test_a_second_factor_and_an_invitation(console: Browser, axe: str) -> None:
    browser = console
    browser.open("/console/account/")
    log_in(browser, PASSWORD)
    browser.wait(lambda: browser.all("#factor"), "one's own account")
    looks_well(browser, axe)
    recovery = set_up_a_telephone(browser, axe)
    link = invite_eva(browser, axe)
    browser.open("/console/audit/")
    assert "eva: operator" in browser.find(".trail").text
    looks_well(browser, axe)
    leave(browser)

    browser.driver.get(link)
    looks_well(browser, axe)
    for field in ("#new_password1", "#new_password2"):
        browser.find(field).send_keys(OTHERS_PASSWORD)
    browser.click("form.card button.main")
    browser.wait(lambda: browser.all("#id_password"), "the login")
    log_in(browser, OTHERS_PASSWORD, "eva")
    browser.wait(lambda: "eva" in browser.find(".who").text, "eva in the console")
    leave(browser)

    log_in(browser, PASSWORD)
    browser.wait(lambda: browser.all("#code"), "the second factor")
    looks_well(browser, axe)
    browser.find("#code").send_keys(recovery.upper())
    browser.click("form.card button.main")
    browser.wait(lambda: browser.all(".note.warning"), "the console, with the sentence that a code is used up")
    assert "9" in browser.find(".note.warning").text and STAFF in browser.find(".who").text
    assert browser.errors() == []


def set_up_a_telephone(browser: Browser, axe: str) -> str:
    """Type the secret into a telephone; gives the first recovery code."""
    browser.click("a[href='/console/second-factor/new']")
    browser.wait(lambda: browser.all(".qr svg"), "the picture")
    looks_well(browser, axe)
    browser.find("#code").send_keys("000000")
    browser.click("form.columns button")
    browser.wait(lambda: browser.all("[role=alert]"), "the sentence that it was wrong")
    assert browser.violations(axe) == []
    browser.find("#code").send_keys(code_of(browser.find(".secret").text))
    browser.click("form.columns button")
    browser.wait(lambda: len(browser.all(".codes li")) == 10, "the recovery codes")
    assert browser.find("[data-save]").is_displayed()
    looks_well(browser, axe)
    return str(browser.find(".codes code").text)


def invite_eva(browser: Browser, axe: str) -> str:
    """Make an account for eva; gives her link."""
    browser.click("a[href='/console/team/']")
    browser.wait(lambda: browser.all("a[href='/console/team/new']"), "the team")
    browser.click("a[href='/console/team/new']")
    browser.wait(lambda: browser.all("#name"), "the form")
    looks_well(browser, axe)
    browser.find("#name").send_keys("eva")
    browser.click("#role-operator")
    browser.click("form.card button.main")
    browser.wait(lambda: browser.all("#link"), "the link")
    looks_well(browser, axe)
    link = str(browser.find("#link").get_attribute("value"))
    browser.click("main a.button")
    browser.wait(lambda: browser.all("#way"), "the account of eva")
    looks_well(browser, axe)
    browser.open("/console/team/")
    looks_well(browser, axe)
    return link


def leave(browser: Browser) -> None:
    browser.click(".who button")
    browser.wait(lambda: browser.all("#id_password"), "the login")


def test_a_page_that_looks_for_news_goes_to_the_login_as_a_whole(console: Browser) -> None:
    browser = console
    browser.open("/console/account/")
    log_in(browser, PASSWORD)
    browser.wait(lambda: browser.all("#factor"), "one's own account")
    other = {"name": "faro_staff", "value": "gone", "path": "/console/"}
    browser.driver.delete_cookie("faro_staff")
    browser.driver.add_cookie(other)
    browser.run("htmx.ajax('GET', '/console/audit/', '#factor')")
    browser.wait(lambda: browser.all("#id_password"), "the login")
    assert browser.driver.current_url.endswith("/console/login?next=/console/account/")
