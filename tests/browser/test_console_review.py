"""Reviewing in a real browser: by keys, by touch, on a phone and on a desk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from bot.settings import ROOT
from tests.browser.browser import Browser
from tests.browser.conftest import PASSWORD, STAFF

pytestmark = pytest.mark.browser

#: Where pictures of the pages are put, for whoever wants to see them.
PICTURES = os.environ.get("FARO_PICTURES", "")

_FILL = """\
import sys
from datetime import timedelta
from bot.web import setup
setup()
from django.utils import timezone
from bot.conversations.models import Contact, Message
now = timezone.now()
ASKED = [
    ("es", "me piden el papel del colegio anterior, de dónde lo saco", "suggested",
     [["school_enrolment", 0.41], ["birth_registration", 0.22], ["return_documents", 0.12]], 1),
    ("es", "¿los perritos pueden ir en el vuelo?", "not_understood", [["return_family", 0.2], ["greet", 0.1]], 3),
    ("fr", "ma fille n'a pas de carnet, où faire ses piqûres", "answered",
     [["vaccination", 0.44], ["health_where", 0.40], ["pregnancy_care", 0.05]], 1),
    ("en", "Marta from Lima says you give blankets", "not_understood", [["rights_overview", 0.2]], 2),
]
number = 0
for language, text, outcome, ranking, people in ASKED:
    for _ in range(people):
        number += 1
        contact = Contact.objects.create(channel="web", pseudonym=f"p{number}", created_at=now, seen_at=now)
        asked = Message.objects.create(contact=contact, direction="in", channel="web", provider_id=f"i{number}",
            text=text, language=language, outcome=outcome, topic=ranking[0][0], confidence=ranking[0][1],
            ranking=ranking, state="answered", created_at=now - timedelta(minutes=number))
        Message.objects.create(contact=contact, direction="out", channel="web", provider_id=f"o{number}",
            text="¿Quiso decir una de estas?", state="sent", created_at=now, answers=asked)
"""


def fill(browser: Browser, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FILL],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    browser.open("/console/login?next=/console/review/", width=1280, height=900)
    browser.find("#id_username").send_keys(STAFF)
    browser.find("#id_password").send_keys(PASSWORD)
    browser.click("form.card button")
    browser.wait(lambda: browser.all("#entry blockquote"), "the first question")


def picture(browser: Browser, name: str) -> None:
    if PICTURES:
        browser.driver.save_screenshot(f"{PICTURES}/{name}.png")


def asked(browser: Browser) -> str:
    return browser.find("#entry blockquote").text


def press(browser: Browser, key: str) -> None:
    browser.driver.switch_to.active_element.send_keys(key)


def test_a_queue_is_worked_off_with_the_keys(console: Browser, axe: str, tmp_path: Path) -> None:
    browser = console
    fill(browser, tmp_path / "site")
    assert "perritos" in asked(browser)
    assert browser.driver.switch_to.active_element.get_attribute("id") == "entry"
    assert browser.overflow() == 0 and browser.violations(axe) == []
    picture(browser, "review-1280")

    press(browser, "o")
    browser.wait(lambda: "Marta" in asked(browser), "the next question")
    assert "Hecho" in browser.find(".notes").text
    assert browser.driver.switch_to.active_element.get_attribute("id") == "entry"

    # Words that are marked with the mouse are hidden with one key.
    browser.run(
        "const text = document.querySelector('#entry blockquote').firstChild;"
        "window.getSelection().setBaseAndExtent(text, 0, text, 14)"
    )
    press(browser, "m")
    browser.wait(lambda: browser.all("#entry em.masked"), "the words hidden")
    assert asked(browser).startswith("[hidden] says")

    press(browser, "n")
    name = browser.driver.switch_to.active_element
    assert name.get_attribute("id") == "name"
    name.send_keys("Mantas y ropa", Keys.ENTER)
    browser.wait(lambda: "Marta" not in asked(browser) and "[hidden]" not in asked(browser), "the next question")
    third = asked(browser)

    press(browser, "t")
    field = browser.driver.switch_to.active_element
    field.send_keys("o no existe")
    assert field.get_attribute("value") == "o no existe", "letters in a field are letters"
    field.send_keys(Keys.ENTER)
    browser.wait(lambda: "No existe ese tema" in browser.find(".notes").text, "the sentence")
    assert browser.find("#topic").get_attribute("value") == "o no existe"
    assert asked(browser) == third

    press(browser, "1")
    browser.wait(lambda: asked(browser) != third, "the last question")
    press(browser, "z")
    browser.wait(lambda: asked(browser) == third, "the question back")
    press(browser, "1")
    browser.wait(lambda: asked(browser) != third, "the last question")
    press(browser, "1")
    browser.wait(lambda: browser.all("#entry.empty"), "an empty queue")
    assert browser.errors() == []

    browser.open("/console/review/changes/", width=1280, height=900)
    browser.click("form button.main")
    browser.wait(lambda: browser.all("pre.diff ins"), "the difference")
    assert len(browser.all("pre.diff ins")) == 3
    assert browser.overflow() == 0 and browser.violations(axe) == []
    picture(browser, "change-1280")
    browser.click("#run form button")
    browser.wait(lambda: browser.all("#run progress"), "the measurement in the queue")
    assert browser.violations(axe) == []
    browser.size(390, 800)
    assert browser.overflow() == 0
    picture(browser, "change-390")


def test_a_queue_is_worked_off_on_a_phone(console: Browser, axe: str, tmp_path: Path) -> None:
    browser = console
    fill(browser, tmp_path / "site")
    browser.open("/console/review/", width=390, height=844)
    assert browser.overflow() == 0 and browser.violations(axe) == []
    picture(browser, "review-390")
    first = asked(browser)
    browser.click("#entry [value=ignore]")
    browser.wait(lambda: asked(browser) != first, "the next question")
    browser.emulate(prefers_color_scheme="dark")
    assert browser.violations(axe) == []
    picture(browser, "review-390-dark")
    for address in ("decisions/", "wanted/", "changes/"):
        browser.open(f"/console/review/{address}", width=390, height=844)
        assert browser.overflow() == 0, address
        assert browser.violations(axe) == [], address
    assert browser.errors() == []
