"""The figures in a real browser: on a phone and on a desk, in the light and in the dark, with and without numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.browser.browser import Browser
from tests.browser.conftest import PASSWORD, STAFF

pytestmark = pytest.mark.browser

#: Where the pictures go when somebody wants to look at them.
PICTURES = os.environ.get("FARO_PICTURES", "")


def _keep(browser: Browser, name: str) -> None:
    if PICTURES:
        browser.driver.save_screenshot(str(Path(PICTURES) / f"figures-{name}.png"))


def test_figures_are_read_chosen_and_taken_home(console: Browser, axe: str, tmp_path: Path) -> None:
    browser = console
    browser.open("/console/login")
    browser.find("#id_username").send_keys(STAFF)
    browser.find("#id_password").send_keys(PASSWORD)
    browser.click("form.card button")
    browser.wait(lambda: browser.all(".who > a"), "the console")

    browser.open("/console/figures/", width=390, height=1000)
    assert browser.overflow() == 0 and browser.violations(axe) == []
    assert "No se contó nada." in browser.find("main").text

    subprocess.run(
        [sys.executable, "-m", "tests.console.figures_data", "70"],
        env=os.environ | {"DATA_DIR": str(tmp_path / "site")},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for width, height in ((390, 2_600), (1280, 1_900)):
        browser.open("/console/figures/?period=30", width=width, height=height)
        browser.wait(lambda: browser.all(".piece"), "the bars")
        assert browser.overflow() == 0 and browser.violations(axe) == []
        _keep(browser, str(width))
        browser.emulate(prefers_color_scheme="dark")
        assert browser.violations(axe) == []
        _keep(browser, f"{width}-dark")
        browser.emulate()

    # Each picture has its table, and each pattern stands in the legend with its word.
    assert len(browser.all(".picture[role=img]")) == len(browser.all("section:has(.picture) details")) == 2
    browser.click("section:has(.picture) summary")
    browser.wait(lambda: browser.find("section:has(.picture) table").is_displayed(), "the table")
    assert browser.overflow() == 0 and browser.violations(axe) == []

    browser.run("document.querySelector('#language').value = 'fr'")
    browser.click("form.filters button")
    browser.wait(lambda: "language=fr" in browser.driver.current_url, "the figures of one language")
    assert browser.find("#language").get_attribute("value") == "fr"
    assert [one.text for one in browser.all("[aria-current=true]") if one.text == "30 días"]
    assert browser.violations(axe) == []
    assert browser.errors() == []
