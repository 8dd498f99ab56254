"""A browser's client that checks every page it gets: what notifications-admin calls its client request."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from tinyhtml5.parser import HTMLParser as StandardParser

from bot.web.headers import HEADERS

#: Tags that a label belongs to.
_FIELDS = ("input", "select", "textarea")


class _Reading(HTMLParser):
    """Every start tag with its attributes, and the text of the title and of what is inline."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        if tag in ("title", "script", "style", "h1"):
            self._within.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within:
            self.texts[self._within[-1]][-1] += data


def faults(html: str, *, whole: bool = True) -> list[str]:
    """What is wrong with a page, or with a piece of one: a line each."""
    parser = StandardParser(namespace_html_elements=False)
    (parser.parse if whole else parser.parse_fragment)(html)
    found = [f"HTML: {name} {about} at {place}" for place, name, about in parser.errors]
    reading = _Reading()
    reading.feed(html)
    ids = [attributes["id"] for _, attributes in reading.tags if "id" in attributes]
    found += [f"id {one} stands {ids.count(one)} times" for one in sorted(set(ids)) if ids.count(one) > 1]
    if whole:
        title = "".join(reading.texts.get("title", [])).strip()
        found += [] if title and not title.startswith("·") else ["no title"]
        found += [] if len(reading.texts.get("h1", [])) == 1 else ["not one h1"]
        found += [] if any(t == "html" and a.get("lang") for t, a in reading.tags) else ["no language"]
    labelled = {attributes.get("for") for tag, attributes in reading.tags if tag == "label"}
    for tag, attributes in reading.tags:
        if any(name.startswith("on") for name in attributes) or "style" in attributes:
            found.append(f"{tag} has a script or a style of its own: {sorted(attributes)}")
        for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
            found += [
                f"{name} names {one}, which is not there" for one in attributes.get(name, "").split() if one not in ids
            ]
        if tag in _FIELDS and attributes.get("type") not in ("hidden", "submit"):
            named = attributes.get("id") in labelled or "aria-label" in attributes or "aria-labelledby" in attributes
            found += [] if named else [f"{tag} {attributes.get('name')} has no label"]
        if tag == "form":
            found += [] if attributes.get("method") in ("post", "get") else ["a form without its method"]
        if tag == "img" and "alt" not in attributes:
            found.append("an image without alt")
    found += ["a script in the page"] if any(text.strip() for text in reading.texts.get("script", [])) else []
    found += ["a style in the page"] if "style" in reading.texts else []
    found += [f"not translated by a template: {one}" for one in re.findall(r"\{[%{].{0,40}", html)]
    return found


class CheckingClient(Client):
    """A client that reads each page as a browser and a screen reader would, and fails on what is wrong with it."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and response.content:
            html = response.content.decode()
            found = faults(html, whole="<html" in html)
            assert not found, f"{request.get('PATH_INFO')}:\n" + "\n".join(found)
            for name, value in HEADERS.items():
                assert response.headers[name] == value
        return response
