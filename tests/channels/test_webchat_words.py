"""No word that a person reads is typed into a template or the script: all of them are in content/interface.yml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels import webchat
from bot.channels.webchat import languages

FOLDER = Path(webchat.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SCRIPT = FOLDER / "static" / "webchat" / "chat.js"

#: Attributes whose value a person sees or hears.
SPOKEN = r"(?:alt|title|placeholder|aria-label|aria-description|aria-roledescription|label)"

#: What a word of a language looks like, once all that templates and markup are made of is gone.
LETTERS = re.compile(r"[^\W\d_]")

#: Bytes of page, style, script and picture together.
BUDGET = 60_000


def visible(template: str) -> str:
    """What is left of a template for people to read when every value is empty."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template, flags=re.DOTALL)
    spoken = re.findall(rf'\s{SPOKEN}="([^"]*)"', text)
    described = re.findall(r'<meta name="description" content="([^"]*)"', text)
    return " ".join([re.sub(r"<[^>]*>", "", text), *spoken, *described])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    assert not LETTERS.search(visible(path.read_text(encoding="utf-8")))


def test_this_test_sees_words_where_there_are_some() -> None:
    assert LETTERS.search(visible("<p>{{ words.send }} now</p>"))
    assert LETTERS.search(visible('<img alt="Lighthouse" src="{{ x }}">'))
    assert not LETTERS.search(visible('<a href="/x" class="y">{{ words.send }}</a>'))


def literals(script: str) -> list[str]:
    """Every text in quotes in a script, without its comments."""
    code = re.sub(r"(?m)(^|\s)//.*$", "", script)
    return [text for _, text in re.findall(r"""(["'`])((?:\\.|(?!\1).)*)\1""", code)]


def test_the_script_says_nothing_by_itself() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    found = literals(script)
    assert len(found) > 40
    # Names of things that are not for people: selectors, keys, addresses, headers, events, directives.
    technical = re.compile(r"[a-z-]+|[A-Z]\w*-[\w-]+|[#.\[/?$][^ ]*|\w+/[\w-]+|[a-z]+:|[a-z]+_[a-z_]+|")
    others = {
        "use strict",
        "noopener noreferrer",
        "(prefers-reduced-motion: reduce)",
        "location:share",
        "[data-n]:last-child, [data-id]:last-child",
        "#say [name=csrfmiddlewaretoken]",
        "/chat/messages?after=${cursor}&wait=${failures ? 0 : WAIT}",
        "$1-$2-4$3-8$4-$5",
        "Accept",
        "Enter",
        "POST",
        "${composer.offsetHeight}px",
        "0",
    }
    assert [text for text in found if not technical.fullmatch(text) and text not in others] == []
    # And no single word goes to where people read.
    assert not re.search(r"(textContent|innerText|placeholder|title|alt)\s*=\s*[\"'`]", script)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert not re.search(r"append\([^)]*[\"'`]", script)


@pytest.mark.parametrize("code", ["es", "en", "fr"])
def test_every_word_that_the_page_asks_for_is_in_the_content(code: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    sources += (FOLDER / "views.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"words\.(\w+)", sources)) | set(re.findall(r'data-word(?:-label)?="(\w+)"', sources))
    asked |= set(re.findall(r'"(error_\w+|deleted)"', sources))
    asked.discard("items")
    words = languages.words(code)
    assert len(asked) > 20
    assert sorted(key for key in asked if key.islower() and not words.get(key) and key != "html") == []


def test_there_is_no_inline_script_or_style_and_no_other_host() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
        assert "//" not in re.sub(r"{#.*?#}", "", text)
    style = (FOLDER / "static" / "webchat" / "chat.css").read_text(encoding="utf-8")
    assert "@import" not in style and "url(" not in style and "@font-face" not in style


def test_everything_together_is_small() -> None:
    files = [*TEMPLATES, *(FOLDER / "static" / "webchat").iterdir()]
    assert sum(path.stat().st_size for path in files) < BUDGET / 1.5
