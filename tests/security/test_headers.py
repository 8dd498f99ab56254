"""The headers of every kind of response, graded as Mozilla's HTTP Observatory grades them, and more than it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from bot.web.bodies import MAX_BODY
from bot.web.headers import HEADERS
from tests.security import observatory
from tests.security.web import Browser, Web

pytestmark = pytest.mark.processes

#: The letter that SECURITY.md names.
GRADE = "A+"

#: What is the same for everybody and may be kept, by its beginning; all else is kept nowhere.
KEPT = ("/static/", "/guide/es", "/guide/worker.js", "/chat/words/es")

#: Method, path and status of one response of each kind: page, file, redirect, refusal, error, provider's call, console.
KINDS = (
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/chat/delete", 200),
    ("GET", "/chat/words/es", 200),
    ("GET", "/chat/words/xx", 404),
    ("GET", "/chat/messages", 403),
    ("GET", "/chat/messages?after=x", 400),
    ("POST", "/chat/say", 403),
    ("DELETE", "/chat/say", 403),
    ("OPTIONS", "/", 405),
    ("TRACE", "/", 405),
    ("GET", "/chat/say", 405),
    ("GET", "/guide", 302),
    ("GET", "/guide/", 302),
    ("GET", "/guide/es", 200),
    ("GET", "/guide/es/poster", 200),
    ("GET", "/guide/xx", 404),
    ("GET", "/guide/worker.js", 200),
    ("GET", "/static/webchat/chat.js", 200),
    ("GET", "/static/console/console.css", 200),
    ("GET", "/static/nothing", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 503),
    ("GET", "/console", 302),
    ("GET", "/console/", 302),
    ("GET", "/console/login", 200),
    ("POST", "/console/login", 403),
    ("GET", "/console/nothing", 302),
    ("GET", "/console/invitation/unknown", 404),
    ("POST", "/webhooks/telegram", 403),
    ("GET", "/webhooks/telegram", 405),
    ("POST", "/webhooks/whatsapp", 401),
    ("GET", "/webhooks/whatsapp", 403),
    ("PUT", "/webhooks/whatsapp", 405),
    ("GET", "/webhooks/elsewhere", 404),
)


@pytest.fixture(scope="module")
def responses(web: Web) -> dict[str, httpx.Response]:
    """One response of each kind."""
    found = {}
    for method, path, status in KINDS:
        response = web.ask(method, path)
        assert response.status_code == status, (method, path, response.status_code)
        found[f"{method} {path}"] = response
    body = b"x" * (MAX_BODY + 1)
    found["POST /chat/say, too large"] = web.ask("POST", "/chat/say", content=body)
    assert found["POST /chat/say, too large"].status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    browser = Browser(web)
    for name, response in {
        "said": browser.say("hola"),
        "polled": browser.ask("GET", "/chat/messages"),
        "no JSON": browser.ask("POST", "/chat/messages", content=b"x"),
        "language": browser.ask("POST", "/chat/language", data={"language": "fr"}),
        "deleted": browser.ask("POST", "/chat/delete"),
    }.items():
        found[name] = response
    etag = found["GET /guide/es"].headers["etag"]
    found["not modified"] = web.ask("GET", "/guide/es", headers={"If-None-Match": etag})
    assert found["not modified"].status_code == httpx.codes.NOT_MODIFIED
    return found


def test_every_response_has_the_best_grade(responses: dict[str, httpx.Response]) -> None:
    grades = {name: observatory.grade(observatory.score(response)) for name, response in responses.items()}
    assert {name: letter for name, letter in grades.items() if letter != GRADE} == {}
    worst = min(observatory.score(response) for response in responses.values())
    assert worst >= 120, "as SECURITY.md says"


def test_every_response_carries_every_header_once(responses: dict[str, httpx.Response]) -> None:
    for name, response in responses.items():
        for header, value in HEADERS.items():
            assert response.headers.get_list(header) == [value], (name, header)
        assert response.headers.get_list("strict-transport-security") == ["max-age=31536000"], name


def test_no_response_says_what_it_is_made_with_or_lets_another_site_read_it(
    responses: dict[str, httpx.Response],
) -> None:
    for name, response in responses.items():
        assert not [one for one in response.headers if one in ("server", "x-powered-by", "via")], name
        assert not [one for one in response.headers if one.startswith("access-control-")], name


def test_nothing_personal_is_kept_by_anybody(responses: dict[str, httpx.Response]) -> None:
    for name, response in responses.items():
        path, said = response.request.url.path, response.headers.get("cache-control", "")
        if response.status_code == httpx.codes.NOT_MODIFIED:
            continue  # silent: what the browser was told with the page stays true
        kept = path.startswith(KEPT) and response.status_code == httpx.codes.OK
        assert ("public" in said and "no-store" not in said) if kept else "no-store" in said, (name, said)
        assert not (kept and response.headers.get_list("set-cookie")), name


def test_cookies_go_to_this_host_over_tls_alone_and_to_no_script(responses: dict[str, httpx.Response]) -> None:
    seen = {}
    for response in responses.values():
        for name, cookie in observatory.cookies(response).items():
            assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict"), name
            assert not cookie["domain"], name
            seen[name] = cookie["path"]
    assert seen == {"__Host-faro_session": "/", "__Host-faro_csrf": "/", "faro_lang": "/"}


def test_a_redirect_stays_here_whatever_host_was_asked(web: Web) -> None:
    for path in ("/guide", "/guide/", "/console", "/console/", "//console/", "/console//elsewhere.example/"):
        location = web.ask("GET", path, headers={"Host": "elsewhere.example"}).headers.get("location", "/")
        assert re.match(r"/(?![/\\])", location), (path, location)


def _sources(responses: dict[str, httpx.Response]) -> Iterator[tuple[str, str]]:
    for name, response in responses.items():
        if response.headers.get("content-type", "").startswith("text/html"):
            yield from ((name, one) for one in re.findall(r"""<(\w+)\b[^>]*\s(?:src|style|on\w+)=""", response.text))


def test_the_policy_names_what_the_pages_use_and_nothing_else(responses: dict[str, httpx.Response]) -> None:
    policy = observatory.directives(HEADERS["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert all(sources in (["'self'"], ["'none'"]) for sources in policy.values())
    assert {tag for _, tag in _sources(responses)} == {"script", "img"}


def test_the_grading_grades() -> None:
    """A response without headers fails, so that the best grade means something."""
    bare = httpx.Response(
        200, headers={"content-type": "text/html"}, text="<script src=https://elsewhere.example/a.js>"
    )
    assert observatory.grade(observatory.score(bare)) == "D or worse"
    weak = {**HEADERS, "Content-Security-Policy": "default-src 'self' 'unsafe-inline'", "Set-Cookie": "a=b"}
    assert observatory.grade(observatory.score(httpx.Response(200, headers=weak))) != GRADE
