"""The web chat in a real browser."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.browser import Browser

pytestmark = pytest.mark.browser

#: Bytes of the first visit: page, style, script and picture, with headers.
BUDGET = 60_000


def test_a_question_is_answered_and_the_state_line_is_empty_again(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    assert browser.texts("you") == ["How much does it cost?"]
    assert len(browser.texts("faro")) >= 1
    assert browser.state() == ""
    assert browser.find("#text").get_attribute("value") == ""


def test_an_answer_carries_its_numbers_as_links(browser: Browser) -> None:
    browser.ask("contact")
    addresses = [link.get_dom_attribute("href") for link in browser.all(".faro .text a")]
    assert any(address.startswith("tel:+507") for address in addresses)
    assert any(address.startswith("mailto:") for address in addresses)
    assert all(re.match(r"tel:|mailto:|https://", address) for address in addresses)
    # The script and the server make the same links.
    browser.open()
    assert [link.get_dom_attribute("href") for link in browser.all(".faro .text a")] == addresses


def test_a_button_is_pressed_and_answered_with_its_own_words(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    title, before = browser.find(".choices button").text, len(browser.texts("faro"))
    browser.click(".choices button")
    browser.wait(lambda: len(browser.texts("faro")) > before, "an answer to the button")
    assert browser.texts("you")[-1] == title


def test_markup_in_a_message_stays_text(browser: Browser) -> None:
    browser.ask("<img src=x onerror=alert(1)> cost & <b>more</b>")
    assert browser.texts("you") == ["<img src=x onerror=alert(1)> cost & <b>more</b>"]
    browser.open()
    assert browser.texts("you") == ["<img src=x onerror=alert(1)> cost & <b>more</b>"]
    assert browser.all(".message img, .message b") == []


def test_the_language_of_the_page_changes_in_place_and_stays(browser: Browser) -> None:
    browser.run("window.same = true")
    browser.find("#text").send_keys("half a question")
    browser.click("#language [value=fr]")
    browser.wait(lambda: browser.find(".send").text == "Envoyer", "the page in French")
    assert browser.run("return document.documentElement.lang") == "fr"
    assert browser.driver.title.startswith("Faro : informations")
    assert browser.run("return window.same") is True
    assert browser.find("#text").get_attribute("value") == "half a question"
    assert browser.find("#language [aria-pressed=true]").get_attribute("value") == "fr"
    assert browser.find("#text").accessible_name == "Votre question"
    browser.open()
    assert browser.find(".send").text == "Envoyer"


def test_the_page_follows_the_language_of_the_conversation(browser: Browser) -> None:
    browser.ask("¿Cuánto cuesta?")
    browser.wait(lambda: browser.find(".send").text == "Enviar", "the page in Spanish")
    assert browser.run("return document.documentElement.lang") == "es"
    assert browser.find(".faro[data-n] .text").get_attribute("lang") == "es"
    browser.open()
    assert browser.find(".send").text == "Enviar"


def test_loading_again_keeps_the_conversation(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    said = browser.texts("you"), browser.texts("faro")
    browser.open()
    assert (browser.texts("you"), browser.texts("faro")) == said


def test_everything_can_be_done_with_the_keyboard(browser: Browser) -> None:
    browser.find("body").send_keys(Keys.TAB)
    skip = browser.driver.switch_to.active_element
    assert skip.get_attribute("class") == "skip" and skip.is_displayed()
    skip.send_keys(Keys.ENTER)
    browser.wait(lambda: browser.driver.switch_to.active_element.get_attribute("id") == "text", "the field")
    field = browser.driver.switch_to.active_element
    field.send_keys("first line", Keys.SHIFT + Keys.ENTER)
    field.send_keys("cost", Keys.ENTER)
    browser.wait(lambda: browser.texts("faro"), "an answer")
    assert browser.texts("you") == ["first line\ncost"]
    for _ in range(20):
        browser.driver.switch_to.active_element.send_keys(Keys.SHIFT + Keys.TAB)
        if browser.run("return document.activeElement.name") == "choice":
            break
    before = len(browser.texts("faro"))
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    browser.wait(lambda: len(browser.texts("faro")) > before, "an answer to the button")


def test_what_has_the_focus_is_seen_and_not_covered(browser: Browser) -> None:
    browser.ask("cost")
    browser.ask("contact")
    seen = 0
    for _ in range(30):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        found = browser.run(
            """
            const one = document.activeElement, box = one.getBoundingClientRect();
            if (one === document.body) return null;
            const hit = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);
            return {name: one.outerHTML.slice(0, 120), hit: one.contains(hit) || hit === one,
                    outline: getComputedStyle(one).outlineStyle};
            """
        )
        if found is None:
            continue
        seen += 1
        assert found["hit"], f"covered: {found['name']}"
        assert found["outline"] == "solid", f"no visible focus: {found['name']}"
    assert seen >= 10


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(browser: Browser, width: int) -> None:
    browser.fresh(width=width, height=700)
    assert browser.overflow() == 0
    browser.ask("contact " + "x" * 300)
    assert browser.overflow() == 0
    browser.click("#language [value=fr]")
    browser.wait(lambda: browser.find(".send").text == "Envoyer", "the page in French")
    assert browser.overflow() == 0
    browser.open("/chat/delete", width=width)
    assert browser.overflow() == 0


def test_targets_are_large_enough_for_a_thumb(browser: Browser) -> None:
    browser.ask("contact")
    sizes = browser.run(
        """
        return [...document.querySelectorAll("a, button, textarea")]
          .filter(one => one.offsetParent && !one.classList.contains("skip"))
          .map(one => [one.outerHTML.slice(0, 90), one.tagName, one.getBoundingClientRect()])
          .map(([html, tag, box]) => [html, tag, box.width, box.height]);
        """
    )
    assert len(sizes) > 8
    for html, tag, width, height in sizes:
        least = 44 if tag == "BUTTON" else 24
        assert height >= least and width >= 24, f"{width:.0f} x {height:.0f}: {html}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, axe: str, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.fresh(width=320, height=640)
    paper = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) == (scheme == "dark")
    assert browser.violations(axe) == []
    browser.ask("contact")
    browser.ask("How much does it cost?")
    browser.open()
    assert browser.violations(axe) == []
    browser.run("for (const one of document.querySelectorAll('[data-state]')) one.hidden = false")
    assert browser.violations(axe) == []
    browser.open("/chat/delete")
    assert browser.violations(axe) == []


def test_no_motion_for_those_who_asked_for_none(browser: Browser) -> None:
    browser.emulate(prefers_reduced_motion="reduce")
    browser.open()
    browser.run("document.querySelector('[data-state=writing]').hidden = false")
    assert browser.run("return document.getAnimations().length") == 0
    browser.emulate(prefers_reduced_motion="no-preference")
    assert browser.run("return document.getAnimations().length") == 3


def test_the_first_visit_costs_less_than_60_kb_and_nothing_from_elsewhere(browser: Browser, site: str) -> None:
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.fresh()
    browser.transferred()
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.driver.get(site + "/")
    browser.wait(lambda: browser.run("return document.readyState") == "complete", "the page")
    size = browser.transferred()
    assert 5_000 < size < BUDGET
    hosts = browser.run("return performance.getEntriesByType('resource').map(one => new URL(one.name).origin)")
    assert set(hosts) == {site}


def test_a_message_written_without_connection_is_sent_once_when_it_is_back(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    browser.connected(False)
    browser.say("contact")
    browser.wait(lambda: browser.state() == "offline", "the note that there is no connection")
    assert browser.find(".unsent .retry").is_displayed()
    gap = """return document.querySelector(".composer").getBoundingClientRect().top -
                    document.querySelector(".unsent .retry").getBoundingClientRect().bottom"""
    assert browser.run(gap) >= 0  # the button is not under the state line that has grown
    browser.connected(True)
    browser.wait(lambda: len(browser.texts("you")) == 2, "the message on its way")
    browser.wait(lambda: not browser.all(".unsent") and browser.state() == "", "the answer")
    browser.open()
    assert browser.texts("you") == ["How much does it cost?", "contact"]


def test_a_message_whose_receipt_was_lost_is_not_sent_twice(browser: Browser) -> None:
    # The server receives the message, the browser never hears of it: as if the connection broke in between.
    browser.run(
        """
        const real = window.fetch;
        let lost = 0;
        window.fetch = async (address, options) => {
          const response = await real(address, options);
          if (options && options.method === "POST" && lost++ < 2) throw new TypeError("lost");
          return response;
        };
        """
    )
    browser.say("How much does it cost?")
    browser.wait(lambda: browser.texts("faro"), "the answer")
    browser.open()
    assert browser.texts("you") == ["How much does it cost?"]


def test_an_unsent_message_survives_loading_again(browser: Browser) -> None:
    browser.run("window.fetch = async () => { throw new TypeError('lost') }")
    browser.say("How much does it cost?")
    browser.wait(lambda: browser.all(".unsent"), "the unsent message")
    browser.open()
    browser.wait(lambda: browser.texts("faro"), "the answer")
    assert browser.texts("you") == ["How much does it cost?"]


def test_a_message_that_is_too_large_says_so_and_is_kept(browser: Browser) -> None:
    browser.run("document.getElementById('text').value = 'é'.repeat(70000)")
    browser.click(".send")
    browser.wait(lambda: browser.state() == "error_too_large", "the sentence")
    assert browser.find(".unsent .retry").is_displayed()
    complaints = [one for one in browser.errors() if "413" not in one]
    assert complaints == []


def test_a_lost_session_begins_a_new_one_without_losing_the_message(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.say("How much does it cost?")
    browser.wait(lambda: browser.texts("faro"), "the answer")
    assert browser.texts("you") == ["How much does it cost?"]
    assert [one for one in browser.errors() if "403" not in one] == []


def test_deleting_on_the_page_leaves_nothing(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    browser.click("a[href='/chat/delete']")
    browser.click("form[action='/chat/delete'] button")
    browser.wait(lambda: browser.all("#messages"), "the page")
    assert "deleted" in browser.find("[data-word=deleted]").text
    assert browser.texts("you") == browser.texts("faro") == []
    assert browser.run("return location.pathname") == "/"
    browser.open()
    assert browser.texts("you") == browser.texts("faro") == []


def test_deleting_in_the_conversation_empties_the_screen_but_for_the_receipt(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    browser.ask("delete everything")
    browser.click("[value='erase:yes']")
    browser.wait(lambda: browser.texts("faro")[-1].startswith("Done."), "the receipt")
    assert len(browser.texts("faro")) == 1
    assert browser.texts("you") == []
    browser.ask("How much does it cost?")
    assert browser.texts("you") == ["How much does it cost?"]


def test_deleting_in_the_conversation_does_not_change_the_language_of_the_page(browser: Browser) -> None:
    browser.ask("¿Cuánto cuesta?")
    browser.wait(lambda: browser.find(".send").text == "Enviar", "the page in Spanish")
    browser.ask("borrar todo")
    browser.click("[value='erase:yes']")
    browser.wait(lambda: browser.texts("faro")[-1].startswith("Listo."), "the receipt")
    assert browser.texts("you") == []
    # Nothing is known any more of who wrote Spanish, and this browser asks for English.
    browser.driver.execute_async_script("setTimeout(arguments[0], 700)")
    assert browser.find(".send").text == "Enviar"


def test_another_tab_shows_what_was_said_and_forgets_what_was_deleted(browser: Browser) -> None:
    first = browser.driver.current_window_handle
    browser.ask("How much does it cost?")
    browser.driver.switch_to.new_window("tab")
    browser.open()
    assert browser.texts("you") == ["How much does it cost?"]
    browser.ask("contact")
    second = browser.driver.current_window_handle
    browser.driver.switch_to.window(first)
    browser.wait(lambda: len(browser.texts("you")) == 2, "what was said in the other tab")
    browser.driver.switch_to.window(second)
    browser.open("/chat/delete")
    browser.click("form[action='/chat/delete'] button")
    browser.wait(lambda: browser.all("#messages"), "the page")
    browser.driver.close()
    browser.driver.switch_to.window(first)
    browser.wait(lambda: not browser.texts("you") and not browser.texts("faro"), "an empty screen")


def test_a_hidden_page_does_not_poll(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    browser.run(
        """
        window.polls = 0;
        const real = window.fetch;
        window.fetch = (address, options) => { window.polls += 1; return real(address, options); };
        Object.defineProperty(document, "hidden", {value: true, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
        """
    )
    browser.run("document.getElementById('text').focus()")
    assert browser.driver.execute_async_script("setTimeout(() => arguments[0](window.polls), 1500)") == 0
    browser.run(
        """
        Object.defineProperty(document, "hidden", {value: false, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
        """
    )
    browser.wait(lambda: browser.run("return window.polls") > 0, "a poll")


def test_the_log_tells_a_screen_reader_who_speaks(browser: Browser) -> None:
    browser.ask("How much does it cost?")
    log = browser.find("[role=log]")
    assert log.get_attribute("aria-live") == "polite" and log.accessible_name == "Conversation with Faro"
    assert browser.run("return document.querySelector('.you[data-n]').textContent").startswith("You")
    assert browser.run("return document.querySelector('.faro[data-n]').textContent").startswith("Faro")
    assert browser.find("#text").accessible_name == "Your question"


def test_it_works_without_javascript(scriptless: Browser) -> None:
    browser = scriptless
    assert browser.find("#messages .faro").is_displayed()
    browser.say("How much does it cost?")
    browser.wait(lambda: len(browser.all("[data-n].faro")) >= 1, "the answer")
    assert browser.find("[data-n].you .text").text == "How much does it cost?"
    assert browser.driver.current_url.endswith("/")
    browser.click(".choices button")
    browser.wait(lambda: len(browser.all("[data-n].you")) == 2, "the button as a message")
    browser.click("#language [value=es]")
    browser.wait(lambda: browser.find(".send").text == "Enviar", "the page in Spanish")
    browser.say("slowly")
    browser.wait(lambda: browser.all("noscript meta"), "the page that waits")
    browser.wait(lambda: not browser.all("noscript meta"), "the answer, by itself")
    browser.click("a[href='/chat/delete']")
    browser.click("form[action='/chat/delete'] button")
    browser.wait(lambda: browser.all("[data-word=deleted]"), "the sentence that all is deleted")
    assert browser.all("[data-n]") == []


def test_no_word_of_the_page_comes_from_anywhere_but_the_content(marked: Browser) -> None:
    browser = marked
    visible = """
        const said = ".message[data-n] .text, .message[data-n] .choices, .message.unsent .text";
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        while (walker.nextNode()) {
          const parent = walker.currentNode.parentElement;
          if (!parent.closest(`${said}, noscript, #language button`))
            found.push(walker.currentNode.textContent);
        }
        for (const one of document.querySelectorAll("*"))
          for (const name of ["alt", "title", "placeholder", "aria-label", "aria-description"])
            if (one.hasAttribute(name)) found.push(one.getAttribute(name));
        return [document.title, ...found].map(text => text.trim()).filter(text => text);
    """

    def foreign() -> list[str]:
        return [text for text in browser.run(visible) if not re.fullmatch(r"\[[a-z_:]+\]", text)]

    assert foreign() == []
    browser.ask("How much does it cost?")
    browser.click("#language [value=fr]")
    browser.wait(lambda: browser.run("return document.documentElement.lang") == "fr", "the page in French")
    browser.connected(False)
    browser.say("contact")
    browser.wait(lambda: browser.state() == "offline", "the note that there is no connection")
    assert foreign() == []
    assert len(browser.run(visible)) > 15
    browser.connected(True)
    browser.open("/chat/delete")
    assert foreign() == []
