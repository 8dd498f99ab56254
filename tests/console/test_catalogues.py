"""The console speaks every language wholly: nothing untranslated, nothing left over, no variable lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from console import catalogues
from console.catalogues import FOLDER, TRANSLATED
from tests.console.words import used

_VARIABLE = re.compile(r"%\(\w+\)[sdf]|%[sdf%]|\{\w*\}")


def entries(language: str) -> dict[tuple[str | None, str], tuple[tuple[str, ...], str]]:
    """What a language's catalogues hold: (context, words) -> (translations, file)."""
    found = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open(encoding="utf-8") as file:
            for one in read_po(file, locale=language):
                if not one.id:
                    continue
                words = one.id[0] if isinstance(one.id, tuple) else one.id
                texts = one.string if isinstance(one.string, tuple) else (one.string,)
                assert (one.context, words) not in found, (
                    f"{path.name}: {words!r} stands in {found[one.context, words][1]} too"
                )
                assert "fuzzy" not in one.flags, f"{path.name}: {words!r} is fuzzy"
                found[one.context, words] = (texts, path.name)
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_of_the_console_is_translated(language: str) -> None:
    there = entries(language)
    missing = [
        f'{place}\nmsgid "{words}"' for (context, words), place in used().items() if (context, words) not in there
    ]
    assert not missing, f"add these to console/locale/{language}/<subject>.po:\n" + "\n".join(missing)
    empty = [words for (_, words), (texts, _) in there.items() if not all(texts)]
    assert empty == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: str) -> None:
    wanted = used()
    over = [
        f"{place}: {words!r}"
        for (context, words), (_, place) in entries(language).items()
        if (context, words) not in wanted
    ]
    assert over == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_keeps_the_variables(language: str) -> None:
    wrong = [
        f"{place}: {words!r}"
        for (_, words), (texts, place) in entries(language).items()
        for text in texts
        if sorted(set(_VARIABLE.findall(text))) != sorted(set(_VARIABLE.findall(words)))
        and not (len(texts) > 1 and set(_VARIABLE.findall(text)) < set(_VARIABLE.findall(words)))
    ]
    assert wrong == []


def test_the_reader_finds_words_in_templates_and_code() -> None:
    found = {words for _, words in used()}
    assert {"Log in", "%(number)d day", "Conversations"} <= found


def test_a_changed_catalogue_is_compiled_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in TRANSLATED:
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.po").write_text(
            'msgid ""\nmsgstr ""\n\nmsgid "Log in"\nmsgstr "X"\n', encoding="utf-8"
        )
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    catalogues.compile_stale()
    made = tmp_path / "es" / "LC_MESSAGES" / "django.mo"
    first = made.stat().st_mtime_ns
    catalogues.compile_stale()
    assert made.stat().st_mtime_ns == first


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "title"), [("es", "Entrar"), ("en", "Log in"), ("fr", "Se connecter")])
def test_the_language_is_chosen_on_the_page_and_remembered(code: str, title: str) -> None:
    client = Client()
    response = client.post("/console/language", {"language": code, "next": "/console/login"})
    assert (response.status_code, response["Location"]) == (302, "/console/login")
    page = client.get("/console/login")
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert page["Content-Language"] == code
    assert translation.get_language() == "en"


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/console/", "/", "/chat"])
def test_choosing_a_language_leads_nowhere_else(elsewhere: str) -> None:
    response = Client().post("/console/language", {"language": "fr", "next": elsewhere})
    assert response["Location"] == "/console/"
