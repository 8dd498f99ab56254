"""The menu before a first word, and the nearest services from a shared position, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.browser import Browser

#: The middle of Tocumen, near the hospital of 24 de Diciembre.
TOCUMEN = {"latitude": 9.0894, "longitude": -79.3831, "accuracy": 20}


@pytest.fixture
def somewhere(browser: Browser) -> Iterator[Browser]:
    """A browser that is allowed to say that it is in Tocumen."""
    grant = {"origin": browser.site, "permissions": ["geolocation"]}
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", grant)
    browser.driver.execute_cdp_cmd("Emulation.setGeolocationOverride", TOCUMEN)
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.clearGeolocationOverride", {})
    browser.driver.execute_cdp_cmd("Browser.resetPermissions", {})


def _press(browser: Browser, value: str) -> None:
    before = len(browser.texts("faro"))
    browser.click(f"button[value='{value}']")
    browser.wait(lambda: len(browser.texts("faro")) > before and browser.state() == "", f"an answer to {value}")


def test_the_menu_is_there_before_a_word_is_written_and_changes_its_language(browser: Browser) -> None:
    assert [button.text for button in browser.all(".choices button")][:2] == ["Going home", "Health"]
    browser.click("#language [value=fr]")
    browser.wait(lambda: browser.find(".choices button").text == "Rentrer au pays", "the menu in French")
    browser.click("button[value='area:health']")
    browser.wait(lambda: len(browser.texts("faro")) > 0 and browser.state() == "", "the topics of health")
    assert browser.texts("faro")[0].startswith("Santé")
    assert browser.texts("you") == ["Santé"]


def test_a_shared_position_brings_the_nearest_services(somewhere: Browser) -> None:
    somewhere.ask("what is near me?")
    _press(somewhere, "location:share")
    answer = somewhere.texts("faro")[-1]
    assert answer.startswith("If there is danger now, call 911.")
    assert "24 de Diciembre" in answer
    assert "≈ 1 km" in answer
    links = [link.get_dom_attribute("href") for link in somewhere.all(".faro .text a")]
    assert any(link.startswith("https://www.google.com/maps/search/?api=1&query=9.09") for link in links)
    # Nothing of it stays in the browser but what the answer says.
    assert "9.0894" not in somewhere.driver.page_source
    assert somewhere.run("return JSON.stringify([sessionStorage, localStorage])") == "[{},{}]"


def test_whoever_does_not_share_is_asked_for_the_name_of_the_place(browser: Browser) -> None:
    denied = {"permission": {"name": "geolocation"}, "setting": "denied", "origin": browser.site}
    browser.driver.execute_cdp_cmd("Browser.setPermission", denied)
    browser.ask("what is near me?")
    _press(browser, "location:share")
    assert "Write the name of your town" in browser.texts("faro")[-1]
    browser.driver.execute_cdp_cmd("Browser.resetPermissions", {})


def test_without_a_script_the_menu_is_pressed_too(scriptless: Browser) -> None:
    scriptless.click("button[value='area:health']")
    scriptless.wait(lambda: scriptless.find(".message.faro .text").text.startswith("Health"), "the topics of health")
