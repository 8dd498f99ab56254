"""The guide and the error pages in a real browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest

from tests.browser.browser import Browser

pytestmark = pytest.mark.browser

#: Bytes of the first visit: page, style, script and picture, with headers; the copy is made of what came already.
BUDGET = 120_000


@pytest.fixture(autouse=True)
def _nothing_kept(browser: Browser) -> Iterator[None]:
    """The browser of somebody who never read the guide; afterwards too, for the tests of other pages."""
    origin = {"origin": browser.site, "storageTypes": "service_workers,cache_storage"}
    browser.driver.execute_cdp_cmd("Storage.clearDataForOrigin", origin)
    yield
    browser.driver.execute_cdp_cmd("Storage.clearDataForOrigin", origin)


@pytest.fixture
def on_paper(browser: Browser) -> Browser:
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_guide_has_no_barrier(browser: Browser, axe: str, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme)
    for path in ("/guide/es", "/guide/fr", "/guide/es/poster", "/guide/fr/poster"):
        browser.open(path, width=320)
        assert browser.violations(axe) == []


@pytest.mark.parametrize("path", ["/guide/es", "/guide/en", "/guide/fr", "/guide/fr/poster"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nobody_has_to_scroll_sideways(browser: Browser, path: str, width: int) -> None:
    browser.open(path, width=width)
    assert browser.overflow() == 0


def test_the_first_visit_is_light(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.transferred()
    browser.open("/guide/fr")
    browser.wait(lambda: browser.find("[data-kept=saved]").is_displayed(), "the copy")
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
    assert browser.find("#return_cost p").is_displayed()
    assert browser.find(".calm .call").is_displayed()
    for selector in (".languages", ".ways", ".kept", ".up", ".also"):
        assert not browser.find(selector).is_displayed(), selector
    assert browser.find("#c-iom_panama").is_displayed()
    background = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    lines = "return [...document.querySelectorAll('main a')].map(one => getComputedStyle(one).textDecorationLine)"
    assert set(browser.run(lines)) == {"none"}
    breaks = (
        "return [...document.querySelectorAll('article, .directory li')].map(one => getComputedStyle(one).breakInside)"
    )
    assert set(browser.run(breaks)) == {"avoid"}


def test_a_contact_is_one_touch_away_from_the_answer_that_names_it(browser: Browser) -> None:
    browser.open("/guide/es")
    browser.click("#return_cost a[href='#c-iom_panama']")
    shown = "return document.getElementById('c-iom_panama').getBoundingClientRect().top"
    browser.wait(lambda: 0 <= browser.run(shown) < 700, "the contact")
    assert browser.find("#c-iom_panama a[href='tel:+5073053350']").is_displayed()


def test_targets_are_large_enough_for_a_thumb(browser: Browser) -> None:
    browser.open("/guide/es", width=360, height=640)
    browser.wait(lambda: browser.find("[data-kept=saved]").is_displayed(), "the copy")
    sizes = browser.run(
        """
        return [...document.querySelectorAll(".contacts a, .directory a, .also a, .index a, .ways a, .kept button")]
          .filter(one => one.offsetParent)
          .map(one => [one.outerHTML.slice(0, 90), one.tagName, one.getBoundingClientRect().height]);
        """
    )
    assert len(sizes) > 100
    for html, tag, height in sizes:
        assert height >= (44 if tag == "BUTTON" else 24), f"{height:.0f}: {html}"


@pytest.mark.parametrize("code", ["es", "en", "fr"])
def test_the_poster_is_one_sheet(browser: Browser, code: str) -> None:
    browser.open(f"/guide/{code}/poster")
    options = {"preferCSSPageSize": True, "printBackground": False}
    document = base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", options)["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 1
    width, height = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", document).groups()
    assert (round(float(width)), round(float(height))) == (595, 842)  # A4 in points


def test_the_code_on_the_poster_is_black_on_white_in_a_dark_scheme_too(browser: Browser) -> None:
    browser.emulate(prefers_color_scheme="dark")
    browser.open("/guide/es/poster")
    box = browser.find(".qr svg").rect
    assert box["width"] == box["height"] > 200
    paths = browser.all(".qr path")
    assert [(one.get_dom_attribute("fill"), one.get_dom_attribute("stroke")) for one in paths] == [
        ("#fff", None),
        (None, "#000"),
    ]


def test_a_page_that_does_not_exist_shows_the_ways_on(browser: Browser, axe: str) -> None:
    browser.open("/guide/xx", width=320)
    assert browser.overflow() == 0
    assert browser.violations(axe) == []
    complaints = browser.errors()
    assert len(complaints) == 1 and "404" in complaints[0]  # of the page itself
    browser.click("a[href='/guide/en']")
    browser.wait(lambda: browser.all("#return_cost"), "the guide")
