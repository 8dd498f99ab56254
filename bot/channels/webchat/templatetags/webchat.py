"""Template tags of the web chat."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from bot.channels.webchat import languages, links

register = template.Library()

#: Where the link leads that leaves the page at once: a page that everybody opens every day. Nothing is loaded from there.
ELSEWHERE = "https://www.google.com/"


@register.filter
def linked(text: str) -> SafeString:
    """An answer as HTML: everything escaped, numbers and addresses as links."""
    parts: list[SafeString] = []
    done = 0
    for link in links.find(text, languages.hotlines()):
        parts.append(conditional_escape(text[done : link.start]))
        shown = text[link.start : link.end]
        away = link.href.startswith("https:")
        pattern = '<a href="{}" rel="noopener noreferrer">{}</a>' if away else '<a href="{}">{}</a>'
        parts.append(format_html(pattern, link.href, shown))
        done = link.end
    parts.append(conditional_escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 (every part was escaped above)


@register.simple_tag
@cache
def asset(path: str) -> str:
    """The address of a static file with a digest of its content, so that no browser keeps an old one."""
    found = finders.find(path)
    if not isinstance(found, str):
        return static(path)
    digest = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8]
    return f"{static(path)}?v={digest}"


@register.simple_tag
def elsewhere() -> str:
    """The address of a page of no importance."""
    return ELSEWHERE
