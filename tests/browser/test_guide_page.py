"""The guide and the error pages in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.browser import Browser

pytestmark = pytest.mark.browser

#: Bytes of the first visit: page, style and picture, with headers.
BUDGET = 120_000


@pytest.fixture
def on_paper(browser: Browser) -> Browser:
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_guide_has_no_barrier(browser: Browser, axe: str, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme)
    for path in ("/guide/es", "/guide/fr"):
        browser.open(path, width=320)
        assert browser.violations(axe) == []


@pytest.mark.parametrize("path", ["/guide/es", "/guide/en", "/guide/fr"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nobody_has_to_scroll_sideways(browser: Browser, path: str, width: int) -> None:
    browser.open(path, width=width)
    assert browser.overflow() == 0


def test_the_first_visit_is_light(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.transferred()
    browser.open("/guide/fr")
    total = browser.transferred()
    assert 5_000 < total < BUDGET / 2  # compressed
    assert len(browser.driver.page_source.encode()) < BUDGET


def test_the_index_leads_to_the_answer_and_back(browser: Browser) -> None:
    browser.open("/guide/es")
    browser.click("#index a[href='#return_cost']")
    shown = "const box = document.getElementById(arguments[0]).getBoundingClientRect(); return box.top"
    browser.wait(lambda: 0 <= browser.run(shown, "return_cost") < 100, "the answer at the top of the window")
    browser.click("#area-return .up a")
    browser.wait(lambda: 0 <= browser.run(shown, "index") < 100, "the index")


def test_the_language_changes_and_the_chat_is_one_link_away(browser: Browser) -> None:
    browser.open("/guide/")
    assert browser.driver.current_url.endswith("/guide/en")
    browser.click(".languages [lang=fr]")
    browser.wait(lambda: browser.run("return document.documentElement.lang") == "fr", "the page in French")
    assert browser.find(".languages [aria-current]").text == "Français"
    browser.click("main .button[href='/']")
    browser.wait(lambda: browser.all("#say"), "the chat")


def test_paper_gets_the_answers_and_no_buttons(on_paper: Browser) -> None:
    browser = on_paper
    browser.open("/guide/es", width=320)
    assert browser.overflow() == 0
    assert browser.find("#return_cost .text").is_displayed()
    assert browser.find(".calm .call").is_displayed()
    for selector in (".languages", ".ways", ".up", ".also"):
        assert not browser.find(selector).is_displayed(), selector
    background = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def test_a_page_that_does_not_exist_shows_the_ways_on(browser: Browser, axe: str) -> None:
    browser.open("/guide/xx", width=320)
    assert browser.overflow() == 0
    assert browser.violations(axe) == []
    complaints = browser.errors()
    assert len(complaints) == 1 and "404" in complaints[0]  # of the page itself
    browser.click("a[href='/guide/en']")
    browser.wait(lambda: browser.all("#return_cost"), "the guide")
