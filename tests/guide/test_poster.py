"""The poster."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import segno
from django.test import Client

from bot.channels.webchat import languages
from bot.guide import poster
from bot.settings import ROOT
from tests.guide.conftest import Edit

PUBLIC = "https://faro.example.org"
DAY = date(2026, 11, 23)


def made(public_url: str = PUBLIC, code: str = "es") -> poster.Poster:
    return poster.poster(languages.library().current(), code, DAY, public_url)


def modules(svg: str) -> list[list[int]]:
    """The dark (1) and light (0) modules that an SVG draws, with their quiet zone."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    drawn = re.search(r'stroke="#000" d="([^"]+)"', svg)[1]
    rows = [[0] * side for _ in range(side)]
    x = y = 0.0
    for command, amounts in re.findall(r"([Mmh])([-\d. ]+)", drawn):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", amounts)]
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            for column in range(int(x), int(x + numbers[0])):
                rows[int(y)][column] = 1
            x += numbers[0]
    return rows


def test_the_code_is_that_of_the_chat_and_has_its_quiet_zone(folder: Path) -> None:
    expected = segno.make_qr(f"{PUBLIC}/", error="q")
    assert expected.error in ("Q", "H")
    drawn = modules(made().svg)
    assert drawn == [list(row) for row in expected.matrix_iter(border=4)]
    assert not any(drawn[0]) and sum(map(sum, drawn)) > 200
    assert drawn != modules(made("https://faro.example.com").svg)


def test_the_code_is_dark_on_light_in_every_scheme_and_as_large_as_the_style_says(folder: Path) -> None:
    svg = made().svg
    assert 'fill="#fff"' in svg and " width=" not in svg and "style=" not in svg


def test_an_address_is_written_as_one_types_it(folder: Path) -> None:
    assert made().typed == "faro.example.org"
    assert made("http://192.0.2.7:8000").typed == "http://192.0.2.7:8000"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_an_address_that_no_phone_can_open_is_known(folder: Path, host: str) -> None:
    assert made(f"http://{host}").only_here
    assert not made().only_here


def test_the_numbers_come_from_the_contacts_and_one_that_is_gone_is_not_printed(folder: Path, edit: Edit) -> None:
    found = made().hotlines
    assert [one.number for one in found] == list(poster.NUMBERS)
    assert all(one.name and one.purpose for one in found)
    edit("contacts.yml", "value: '147'", "value: '148'")
    assert [one.number for one in made().hotlines] == ["911", "104", "182"]


def test_the_sheet_says_everything_in_its_language(folder: Path, settings: Any) -> None:
    settings.SETTINGS = replace(settings.SETTINGS, public_url=PUBLIC)
    for code in ("es", "en", "fr"):
        response = Client().get(f"/guide/{code}/poster")
        html, words = response.content.decode(), languages.words(code)
        assert response.status_code == 200 and f'<html lang="{code}">' in html
        for key in ("guide_poster_title", "guide_poster_about", "guide_poster_scan", "guide_poster_type"):
            assert words[key] in html
        assert words["guide_poster_local"] not in html
        assert '<strong class="typed">faro.example.org</strong>' in html
        assert "Español" in html and "English" in html and "Français" in html
        assert html.count("<script") == 1 and not response.cookies  # the link that leaves
        assert "default-src 'none'" in response["Content-Security-Policy"]


def test_on_a_machine_without_an_address_the_sheet_says_that_it_is_not_for_a_wall(folder: Path) -> None:
    assert languages.words("es")["guide_poster_local"] in Client().get("/guide/es/poster").content.decode()


def test_the_guide_leads_to_the_sheet_and_an_unknown_language_has_none(folder: Path) -> None:
    assert 'href="/guide/fr/poster"' in Client().get("/guide/fr").content.decode()
    assert Client().get("/guide/xx/poster").status_code == 404


def test_a_sheet_that_has_not_changed_is_not_sent_again(folder: Path) -> None:
    first = Client().get("/guide/es/poster")
    assert Client().get("/guide/es/poster", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert Client().get("/guide/es", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_library_that_draws_the_code_is_one_that_the_project_declares() -> None:
    assert re.search(r'^ +"segno\b', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
