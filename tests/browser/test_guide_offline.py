"""The guide without a connection, in a real browser.

The connection is a wire of our own between browser and site. The driver's "offline" would cut it for the page only: the
service worker has a network of its own.
"""

from __future__ import annotations

import select
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from babel.dates import format_date
from selenium.common.exceptions import WebDriverException

from bot.settings import ROOT
from tests.browser.browser import CHROMIUM, DRIVER, Browser, chromium
from tests.browser.conftest import serving

pytestmark = pytest.mark.browser


class State(Enum):
    """What is the matter with a wire."""

    WHOLE = "carries everything"
    CUT = "hangs up"
    MUTE = "listens and says nothing"
    NOBODY = "a server in front of the site says that the site is away"
    CROWDED = "a server in front of the site counts too many visits from one connection, as in a shelter"


AWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\nAway"
LATER = AWAY.replace(b"502 Bad Gateway", b"429 Too Many Requests")


class Wire:
    """Carries bytes between the browser and the site, as its state lets it."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self._site = (parts.hostname, parts.port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._state = State.WHOLE
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def becomes(self, state: State) -> None:
        self._state = state
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # whoever waits for it wakes up and closes it
        self._open.clear()

    def close(self) -> None:
        self.becomes(State.CUT)
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._door.accept()
                self._open.append(browser)
                threading.Thread(target=self._carry, args=(browser,), daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        with browser, suppress(OSError):
            state = self._state
            while state is not State.WHOLE:
                if state is State.CUT or not browser.recv(65536):
                    return
                if state is State.NOBODY:
                    browser.sendall(AWAY)
                if state is State.CROWDED:
                    browser.sendall(LATER)
            with socket.create_connection(self._site) as site:
                other = {browser: site, site: browser}
                while True:
                    for source in select.select([browser, site], [], [])[0]:
                        if not (data := source.recv(65536)):
                            return
                        other[source].sendall(data)


@dataclass
class Reader:
    """Somebody with a phone, and the content of the site that the phone reads."""

    browser: Browser
    wire: Wire
    content: Path

    def open(self, path: str = "/guide/es") -> bool:
        """Whether a page of the guide came."""
        with suppress(WebDriverException):
            self.browser.open(path)
        return bool(self.browser.all("#return_cost"))

    def shows(self, name: str) -> bool:
        return self.browser.find(f"[data-kept={name}]").is_displayed()

    def read(self, path: str = "/guide/es") -> None:
        """Read a page with a connection and until its copy is saved."""
        assert self.open(path)
        self.browser.wait(lambda: self.shows("saved"), "the copy")
        self.browser.wait(lambda: self._workers() == ["activated"], "the worker")

    def _workers(self) -> list[str]:
        script = """
            const done = arguments[arguments.length - 1];
            navigator.serviceWorker.getRegistrations().then(all => done(all.map(one => one.active?.state ?? "")));
        """
        return list(self.browser.driver.execute_async_script(script))

    def kept(self) -> list[str]:
        """What the browser keeps: names of caches and scopes of workers."""
        script = """
            const done = arguments[arguments.length - 1];
            Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])
              .then(([names, workers]) => done([...names, ...workers.map(one => new URL(one.scope).pathname)]));
        """
        return list(self.browser.driver.execute_async_script(script))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium with its chromedriver on this machine")
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    (tmp_path / "site").mkdir()
    with serving(tmp_path / "site", CONTENT_DIR=str(content)) as site:
        wire = Wire(site)
        try:
            with chromium(wire.address, tmp_path / "profile") as browser:
                yield Reader(browser, wire, content)
        finally:
            wire.close()


def test_who_read_the_guide_can_read_it_without_a_connection(reader: Reader) -> None:
    browser = reader.browser
    reader.read()
    assert not reader.shows("copy") and not reader.shows("forgotten")
    assert sorted(reader.kept()) == ["/guide/", "faro-guide-es"]
    reader.wire.becomes(State.CUT)

    assert reader.open()
    assert browser.find("#return_cost p").is_displayed()
    assert browser.find(".calm .call[href='tel:911']").is_displayed()
    # It looks as it did, and says that it is a copy and of when.
    assert browser.run("return getComputedStyle(document.querySelector('.calm')).borderLeftStyle") == "solid"
    assert browser.run("return document.querySelector('.brand img').naturalWidth") > 0
    assert reader.shows("copy") and reader.shows("saved")
    today = datetime.now(UTC).astimezone()
    assert browser.find("[data-kept=copy] time").text == format_date(today, "long", locale="es")

    assert reader.open("/guide/es?from=a+link")
    assert reader.open("/guide/")
    assert browser.driver.current_url.endswith("/guide/es")
    # Nothing else is answered for: not the chat, not the poster, not a language that was not read.
    for path in ("/", "/guide/es/poster", "/guide/fr"):
        assert not reader.open(path)
        assert not browser.all("main")

    reader.wire.becomes(State.WHOLE)
    assert reader.open() and not reader.shows("copy")


def test_with_a_connection_the_newest_facts_are_read(reader: Reader) -> None:
    reader.read()
    file = reader.content / "answers/return/return_cost.yml"
    before = file.read_text(encoding="utf-8")
    assert "No le cuesta nada" in before
    file.write_text(before.replace("No le cuesta nada", "No le cuesta ni un centavo"), encoding="utf-8")
    time.sleep(1.5)  # the library looks once a second
    reader.read()
    assert "ni un centavo" in reader.browser.find("#return_cost").text and not reader.shows("copy")
    reader.wire.becomes(State.CUT)
    assert reader.open() and reader.shows("copy")
    assert "ni un centavo" in reader.browser.find("#return_cost").text


def test_a_connection_that_does_not_answer_is_not_waited_for(reader: Reader) -> None:
    reader.read()
    reader.wire.becomes(State.MUTE)
    reader.browser.driver.set_page_load_timeout(15)
    begun = time.monotonic()
    assert reader.open() and reader.shows("copy")
    assert 2 < time.monotonic() - begun < 14


@pytest.mark.parametrize("state", [State.NOBODY, State.CROWDED], ids=lambda state: state.name)
def test_an_error_in_place_of_the_guide_is_neither_shown_nor_saved(reader: Reader, state: State) -> None:
    reader.read()
    reader.wire.becomes(state)
    for _ in range(2):
        assert reader.open() and reader.shows("copy")
        time.sleep(0.5)
    reader.wire.becomes(State.CUT)
    assert reader.open()


def test_a_language_whose_copy_was_never_finished_is_not_where_the_door_leads(reader: Reader) -> None:
    reader.read()
    # The connection ended between the first and the last step of saving these.
    script = """
        const done = arguments[arguments.length - 1];
        Promise.all(["en", "fr"].map((code) => caches.open("faro-guide-" + code))).then(() => done(""));
    """
    reader.browser.driver.execute_async_script(script)
    reader.wire.becomes(State.CUT)
    assert reader.open("/guide/")
    assert reader.browser.driver.current_url.endswith("/guide/es")


def test_a_copy_of_a_copy_says_once_of_when_it_is(reader: Reader) -> None:
    for _ in range(2):
        reader.read()
    script = """
        const done = arguments[arguments.length - 1];
        caches.open("faro-guide-es").then(cache => cache.match("/guide/es")).then(found => found.text()).then(done);
    """
    saved = reader.browser.driver.execute_async_script(script)
    assert 'id="return_cost"' in saved and saved.count("data-saved=") == 1


def test_deleting_the_copy_leaves_nothing_and_it_does_not_come_back_by_itself(reader: Reader) -> None:
    browser = reader.browser
    reader.read("/guide/fr")
    reader.read()
    assert len(reader.kept()) == 3
    browser.click("[data-kept=saved] button")
    browser.wait(lambda: reader.shows("forgotten"), "the receipt")
    assert not reader.shows("saved") and not reader.shows("copy")
    assert browser.run("return document.activeElement.dataset.kept") == "forgotten"
    assert reader.kept() == []

    assert reader.open()  # as one does to see whether it worked
    time.sleep(1)
    assert reader.kept() == [] and not reader.shows("saved")
    reader.wire.becomes(State.CUT)
    for path in ("/guide/es", "/guide/fr", "/guide/"):
        assert not reader.open(path)


def test_the_copy_can_be_deleted_without_a_connection(reader: Reader) -> None:
    reader.read()
    reader.wire.becomes(State.CUT)
    assert reader.open() and reader.shows("copy")
    reader.browser.click("[data-kept=saved] button")
    reader.browser.wait(lambda: reader.shows("forgotten"), "the receipt")
    assert reader.kept() == []
    assert not reader.open()


def test_the_chat_is_not_touched(reader: Reader) -> None:
    browser = reader.browser
    reader.read()
    browser.open("/")
    assert browser.run("return navigator.serviceWorker.controller") is None
    browser.ask("How much does it cost?")
    assert browser.texts("you") == ["How much does it cost?"]


def test_the_page_without_connection_has_no_barrier(reader: Reader, axe: str) -> None:
    reader.read()
    reader.wire.becomes(State.CUT)
    assert reader.open() and reader.shows("copy")
    assert reader.browser.violations(axe) == []
    reader.browser.click("[data-kept=saved] button")
    reader.browser.wait(lambda: reader.shows("forgotten"), "the receipt")
    assert reader.browser.violations(axe) == []
