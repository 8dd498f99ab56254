"""How Mozilla's HTTP Observatory grades a response: its tests and modifiers as data, for what can be seen on this machine.

Source: MDN, "HTTP Observatory: tests and scoring" (developer.mozilla.org/en-US/observatory/docs/tests_and_scoring; text in
github.com/mdn/yari, copy/observatory/tests_and_scoring.md), read 2026-11-30. Two of its tests need a public host: whether
http leads to https (Caddy does it) and whether the host is in the browsers' preload list (it is not: 0 points, no penalty).
"""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import httpx

#: (points from, grade), the highest first.
GRADES = (
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (0, "D or worse"),
)

BASELINE = 100

#: Bonuses count only when the penalties have left this much.
BONUSES_FROM = 90

#: Result of a test -> modifier.
MODIFIERS = {
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-not-found": 0,
    "cookies-without-secure-flag": -20,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-not-implemented": -25,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-not-implemented": -20,
    # The table gives +5 to a site without the header and 0 to one with it, against its own text ("preventing leaks"). We
    # keep the header and count nothing for it either way.
    "corp-implemented-with-same-origin": 0,
    "corp-not-implemented": 0,
}

_SIX_MONTHS = 15_768_000
_PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def results(response: httpx.Response) -> list[str]:
    """The result of each test."""
    headers = response.headers
    policy = headers.get("content-security-policy", "")
    return [
        _cookies(response),
        _sharing(headers.get("access-control-allow-origin", "")),
        _policy(policy),
        _transport(headers.get("strict-transport-security", "")),
        _referrer(headers.get("referrer-policy", "")),
        _scripts(response),
        "x-content-type-options-"
        + ("nosniff" if headers.get("x-content-type-options") == "nosniff" else "not-implemented"),
        _frames(policy, headers.get("x-frame-options", "")),
        "corp-implemented-with-same-origin"
        if headers.get("cross-origin-resource-policy") == "same-origin"
        else "corp-not-implemented",
    ]


def score(response: httpx.Response) -> int:
    """The points: penalties first, bonuses only for who has hardly any."""
    modifiers = [MODIFIERS[result] for result in results(response)]
    after_penalties = BASELINE + sum(one for one in modifiers if one < 0)
    bonuses = sum(one for one in modifiers if one > 0)
    return max(0, after_penalties + (bonuses if after_penalties >= BONUSES_FROM else 0))


def grade(points: int) -> str:
    """The letter for that many points."""
    return next(letter for least, letter in GRADES if points >= least)


def cookies(response: httpx.Response) -> SimpleCookie:
    """Every cookie that a response sets, with its attributes."""
    found = SimpleCookie()
    for line in response.headers.get_list("set-cookie"):
        found.load(line)
    return found


def _cookies(response: httpx.Response) -> str:
    found = cookies(response)
    if not found:
        return "cookies-not-found"
    if not all(one["secure"] for one in found.values()):
        return "cookies-without-secure-flag"
    if not all(one["samesite"] in ("Lax", "Strict") for one in found.values()):
        return "cookies-anticsrf-without-samesite-flag"
    if not all(one["httponly"] for one in found.values()):
        return "cookies-session-without-httponly-flag"
    return "cookies-secure-with-httponly-sessions-and-samesite"


def _sharing(allowed: str) -> str:
    return "cross-origin-resource-sharing-" + ("implemented-with-universal-access" if allowed else "not-implemented")


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy by directive."""
    parts = (part.split() for part in policy.split(";"))
    return {part[0].lower(): part[1:] for part in parts if part}


def _policy(policy: str) -> str:
    found = directives(policy)
    if not found:
        return "csp-not-implemented"
    fallback = found.get("default-src", ["*"])
    sources = [one for name in ("script-src", "object-src", "style-src") for one in found.get(name, fallback)]
    if {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*"} & set(sources):
        return "csp-implemented-with-unsafe-inline"
    return "csp-implemented-with-no-unsafe" + ("-default-src-none" if fallback == ["'none'"] else "")


def _transport(given: str) -> str:
    age = re.search(r"max-age=(\d+)", given)
    if age is None:
        return "hsts-not-implemented"
    least = int(age[1]) >= _SIX_MONTHS
    return "hsts-implemented-max-age-" + ("at-least" if least else "less-than") + "-six-months"


def _referrer(given: str) -> str:
    if not given:
        return "referrer-policy-not-implemented"
    return "referrer-policy-private" if given in _PRIVATE else "referrer-policy-unsafe"


def _scripts(response: httpx.Response) -> str:
    sources = re.findall(r"<script\b[^>]*\bsrc=[\"']([^\"']*)", response.text) if _is_page(response) else []
    own = all(source.startswith("/") and not source.startswith("//") for source in sources)
    secure = "but-all-scripts-loaded-from-secure-origin"
    return "sri-not-implemented-" + (secure if own else "and-external-scripts-not-loaded-securely")


def _is_page(response: httpx.Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith("text/html")


def _frames(policy: str, given: str) -> str:
    if directives(policy).get("frame-ancestors") in (["'none'"], ["'self'"]):
        return "x-frame-options-implemented-via-csp"
    return "x-frame-options-" + ("sameorigin-or-deny" if given in ("DENY", "SAMEORIGIN") else "not-implemented")
