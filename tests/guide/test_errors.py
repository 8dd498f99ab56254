"""The pages for what went wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from bot.answers.speaker import LAST_RESORT
from bot.channels.webchat import languages
from bot.web import errors
from bot.web.urls import handler400, handler404, handler500  # Django looks for them in this module

# No test here is marked for the database: touching it fails the test, also the one of a page that failed.

SENTENCES = {
    "es": {404: "Esta página no existe", 500: "Hay un problema técnico", 400: "No pudimos leer"},
    "en": {404: "This page does not exist", 500: "There is a technical problem", 400: "We could not read"},
    "fr": {404: "Cette page n", 500: "Il y a un problème technique", 400: "Nous n"},
}


def failing(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a word that nobody may read")


def suspicious(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("a word that nobody may read")


urlpatterns = [path("failing", failing), path("suspicious", suspicious)]


def get(address: str, **headers: str) -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        return Client(raise_request_exception=False).get(address, headers=headers)


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize(("address", "status"), [("/nowhere", 404), ("/failing", 500), ("/suspicious", 400)])
def test_a_short_sentence_in_the_language_of_the_person(address: str, status: int, code: str) -> None:
    response = get(address, accept_language=code)
    html = response.content.decode()
    assert response.status_code == status
    assert SENTENCES[code][status] in html and f'<html lang="{code}">' in html
    assert "nobody may read" not in html and "Traceback" not in html
    assert 'href="tel:911"' in html and f'href="/guide/{code}"' in html
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_a_program_gets_the_sentence_as_json() -> None:
    response = get("/nowhere", accept="application/json", accept_language="en")
    assert response.status_code == 404
    assert response.json() == {"error": "This page does not exist. Go to the start."}


def test_when_the_error_page_fails_too_the_number_to_call_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise OSError

    monkeypatch.setattr(languages, "of_page", broken)
    response = get("/failing")
    assert response.status_code == 500
    assert response.content.decode() == LAST_RESORT


def test_the_site_uses_these_pages() -> None:
    assert (handler400, handler404, handler500) == (errors.bad_request, errors.not_found, errors.server_error)
    response = Client().get("/nowhere", headers={"accept-language": "fr"})
    assert response.status_code == 404 and "Cette page" in response.content.decode()
