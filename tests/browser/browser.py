"""A real Chromium for the tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

#: Seconds that a page may take for anything.
PATIENCE = 20

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

#: Accessibility rules: WCAG 2.2, levels A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


class Browser:
    """One Chromium and the page in it."""

    def __init__(self, driver: webdriver.Chrome, site: str) -> None:
        self.driver, self.site = driver, site

    def open(self, path: str = "/", *, width: int = 390, height: int = 800) -> None:
        self.size(width, height)
        self.driver.get(self.site + path)

    def fresh(self, path: str = "/", **size: int) -> None:
        """Open a page as somebody who was never here."""
        self.driver.get(self.site + "/healthz")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.driver.execute_script("sessionStorage.clear()")
        self.open(path, **size)

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def emulate(self, **features: str) -> None:
        """Media features, e.g. prefers_color_scheme="dark"."""
        pairs = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": pairs})

    def connected(self, connected: bool) -> None:
        conditions = {"offline": not connected, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        """Click the first element that fits, as a person would: brought to the middle of the window first.

        The driver itself would leave it at the edge, under a bar that stays in place.
        """
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition: Any, what: str) -> Any:
        # An element that was found a moment ago may be gone with a page that loaded again.
        gone = (StaleElementReferenceException, NoSuchElementException)
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05, ignored_exceptions=gone).until(
            lambda _: condition(), what
        )

    def texts(self, sender: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map(one => one.textContent)"
        return list(self.run(script, f"[data-n].{sender} .text"))

    def state(self) -> str:
        """The name of the state that is shown, or ""."""
        return str(self.run("return document.querySelector('[data-state]:not([hidden])')?.dataset.state ?? ''"))

    def say(self, text: str) -> None:
        self.find("#text").send_keys(text)
        self.find(".send").click()

    def ask(self, text: str) -> None:
        """Say something and wait for the answer."""
        before = len(self.texts("faro"))
        self.say(text)
        self.wait(lambda: len(self.texts("faro")) > before and self.state() != "writing", f"an answer to {text!r}")

    def violations(self, axe: str) -> list[str]:
        """What axe-core finds wrong, one line a finding."""
        self.run(axe)
        script = """
            const done = arguments[arguments.length - 1];
            axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]})
               .then(found => done(found.violations), error => done([{id: String(error), nodes: []}]));
        """
        self.driver.set_script_timeout(60)
        found = self.driver.execute_async_script(script, RULES)
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"] or [{"html": ""}]]

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        return int(self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def transferred(self) -> int:
        """Bytes that came over the network since the driver's log was read last."""
        total = 0
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.loadingFinished":
                total += int(message["params"]["encodedDataLength"])
        return total

    def errors(self) -> list[str]:
        """What the browser complained about, other than lost connections."""
        complaints = [str(entry["message"]) for entry in self.driver.get_log("browser")]
        return [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one and "favicon.ico" not in one]


@contextmanager
def chromium(site: str, folder: Path, *, scripts: bool = True) -> Iterator[Browser]:
    """A Chromium with a new profile in `folder`; skips the test when there is none on this machine."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium with its chromedriver on this machine")
    options = Options()
    options.binary_location = CHROMIUM
    for switch in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--lang=en",
        f"--user-data-dir={folder}",
    ):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    preferences: dict[str, Any] = {"intl.accept_languages": "en"}
    if not scripts:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver, site)
    finally:
        driver.quit()
