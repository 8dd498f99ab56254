"""Somebody comes into the room: one press leaves the page, and nothing leads back."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from bot.channels.webchat.templatetags.webchat import ELSEWHERE
from tests.browser.browser import Browser

pytestmark = pytest.mark.browser

#: Where the link stands.
PAGES = ("/", "/chat/delete", "/guide/es", "/guide/fr/poster", "/guide/xx")


def leads_to(browser: Browser, address: str) -> None:
    """The real address is outside, where no test goes."""
    link = browser.find("#leave")
    assert link.get_dom_attribute("href") == ELSEWHERE
    assert link.get_dom_attribute("rel") == "noreferrer"
    browser.run("document.getElementById('leave').href = arguments[0]", address)


def test_whoever_has_to_leaves_at_once_and_back_does_not_lead_here(browser: Browser) -> None:
    elsewhere = browser.site + "/healthz"
    browser.ask("How much does it cost?")
    leads_to(browser, elsewhere)
    before = browser.run("return history.length")
    browser.find("#leave").click()
    browser.wait(lambda: browser.driver.current_url == elsewhere, "the other page")
    assert browser.run("return history.length") == before, "it stands in the place of the chat"


def test_from_the_guide_back_leads_neither_to_an_answer_nor_to_the_chat(browser: Browser) -> None:
    elsewhere = browser.site + "/healthz"
    browser.open("/guide/es")
    before = browser.run("return history.length")
    browser.click("#index a[href='#return_cost']")
    browser.wait(lambda: browser.run("return location.hash") == "#return_cost", "the answer")
    assert browser.run("return history.length") == before, "what was looked up is no entry of its own"
    shown = "return document.getElementById('return_cost').getBoundingClientRect().top"
    browser.wait(lambda: 0 <= browser.run(shown) < 100, "the answer at the top of the window, under the link")
    leads_to(browser, elsewhere)
    browser.find("#leave").send_keys(Keys.ENTER)  # without a mouse
    browser.wait(lambda: browser.driver.current_url == elsewhere, "the other page")
    assert browser.run("return history.length") == before
    browser.open("/guide/es")  # who opens it again wants to be there
    assert browser.find("#leave").is_displayed()
    assert browser.run("return sessionStorage.getItem('faro_left')") is None


def test_what_was_open_before_in_the_same_tab_leads_out_again(browser: Browser) -> None:
    browser.open("/guide/es")
    browser.run("sessionStorage.setItem('faro_left', '1')")
    elsewhere = browser.site + "/healthz"
    browser.driver.get(elsewhere)
    # The page that comes back leads to the address of its own link: here to one that no test may reach.
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": [ELSEWHERE + "*"]})
    try:
        browser.driver.back()
        browser.wait(lambda: browser.driver.current_url == ELSEWHERE, "the other page again")
    finally:
        browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
        browser.driver.get(elsewhere)
        browser.run("sessionStorage.clear()")
    complaints = browser.errors()
    assert all("ERR_BLOCKED_BY_CLIENT" in one for one in complaints)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_link_is_within_reach_wherever_somebody_reads(browser: Browser, path: str, width: int) -> None:
    browser.open(path, width=width, height=640)
    browser.run("window.scrollTo({top: document.body.scrollHeight / 2, behavior: 'instant'})")
    box = browser.run(
        """
        const one = document.getElementById("leave"), box = one.getBoundingClientRect();
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return {top: box.top, bottom: box.bottom, width: box.width, height: box.height, hit: hit === one};
        """
    )
    assert box["hit"], "nothing lies over it"
    assert box["top"] >= 0 and box["bottom"] <= 640
    assert box["width"] >= 44 and box["height"] >= 44
    assert browser.overflow() == 0
    browser.errors()  # of the page that does not exist


@pytest.mark.parametrize("path", PAGES)
def test_the_keyboard_gets_there_first(browser: Browser, path: str) -> None:
    browser.open(path)
    for _ in range(3):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        if browser.run("return document.activeElement.id") == "leave":
            break
    assert browser.run("return document.activeElement.id") == "leave"
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.errors()


def test_without_scripts_it_leads_away_as_well(scriptless: Browser) -> None:
    scriptless.open("/guide/es")
    link = scriptless.find("#leave")
    assert link.is_displayed()
    assert (link.get_dom_attribute("href"), link.text) == (ELSEWHERE, "Salir rápido")
