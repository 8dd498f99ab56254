"""A person on one page and an operator on another: asking, taking, answering, silence, and giving back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.browser import Browser, chromium
from tests.browser.conftest import PASSWORD, STAFF

pytestmark = pytest.mark.browser


@pytest.fixture
def person(console: Browser, tmp_path: Path) -> Iterator[Browser]:
    """Another browser on the same site: that of somebody who needs help."""
    with chromium(console.site, tmp_path / "person") as browser:
        browser.emulate(prefers_reduced_motion="reduce")
        browser.open()
        yield browser


def test_a_person_of_the_team_answers_instead_of_faro(
    console: Browser, person: Browser, axe: str, tmp_path: Path
) -> None:
    operator = console
    operator.emulate(prefers_reduced_motion="reduce")
    operator.open("/console/waiting/", width=1280, height=900)
    log_in(operator)
    operator.wait(lambda: operator.all("#board .empty"), "an empty list")
    assert operator.violations(axe) == []

    person.ask("cuánto cuesta volver")
    person.ask("quiero hablar con alguien")
    assert "No sabemos cuándo" in person.texts("faro")[-1]

    # The list finds the news by itself; the number is in the title of the page and in the menu.
    operator.wait(lambda: operator.all(".board li"), "somebody on the list")
    operator.wait(lambda: operator.driver.title.startswith("(1)"), "the number in the title")
    operator.wait(lambda: operator.find(".waiting-count").text == "1", "the number in the menu")
    look(operator, axe, "waiting", tmp_path)
    operator.click(".board li a")
    operator.wait(lambda: operator.all("#desk"), "the conversation")
    look(operator, axe, "offered", tmp_path)
    operator.click("#desk button.main")

    # Taken: the person is told, and Faro is silent.
    person.wait(lambda: "no contesto" in person.texts("faro")[-1], "that somebody writes now")
    person.wait(lambda: person.state() == "held", "the line that somebody is there")
    before = person.texts("faro")
    person.say("¿cuánto cuesta volver a mi país?")
    person.wait(lambda: len(person.texts("you")) == 3, "the message sent")
    operator.wait(
        lambda: "volver a mi país" in operator.find("#talk-box").text, "what the person wrote, without a click"
    )
    assert person.texts("faro") == before and person.state() == "held"

    operator.find("#desk-text").send_keys("Buenos días, soy del equipo. Es gratis. ¿En qué provincia está?")
    look(operator, axe, "answering", tmp_path)
    operator.click("#write button")
    person.wait(lambda: person.all(".message.team"), "the answer")
    assert person.find(".message.team .author").text == "Una persona del equipo"
    assert "¿En qué provincia está?" in person.texts("team")[-1]
    assert person.violations(axe) == [] and person.overflow() == 0
    person.run("window.scrollTo(0, document.body.scrollHeight)")
    person.driver.save_screenshot(str(tmp_path / "person-390.png"))

    # An approved answer, looked at before it is sent; its buttons work.
    operator.wait(lambda: operator.all("#desk summary"), "the panel")
    operator.click("#desk summary")
    operator.run("document.getElementById('desk-topic').value = 'return_cost'")
    operator.click("details form button")
    operator.wait(lambda: operator.all(".saved .said"), "the answer to look at")
    look(operator, axe, "approved", tmp_path)
    operator.click(".saved form button")
    person.wait(lambda: len(person.all(".message.team")) == 2, "the approved answer")

    # Loading again shows the same, also who wrote it.
    person.open()
    assert len(person.all(".message.team .author")) == 2 and person.state() == "held"

    operator.wait(lambda: operator.all("form[action$='give-back'] button"), "the panel")
    operator.click("form[action$='give-back'] button")
    person.wait(lambda: "Soy Faro otra vez" in person.texts("faro")[-1], "that Faro is back")
    person.wait(lambda: person.state() == "", "the line gone")
    person.ask("cuánto cuesta")
    assert operator.errors() == [] and person.errors() == []


def log_in(browser: Browser) -> None:
    browser.find("#id_username").send_keys(STAFF)
    browser.find("#id_password").send_keys(PASSWORD)
    browser.click("form.card button")


def look(browser: Browser, axe: str, name: str, folder: Path) -> None:
    """Check a page in both widths, and keep its pictures."""
    for width in (390, 1280):
        browser.size(width, 900)
        assert browser.overflow() == 0, f"{name} at {width}"
        assert browser.violations(axe) == [], f"{name} at {width}"
        browser.driver.save_screenshot(str(folder / f"{name}-{width}.png"))
