"""No sign of a text is lost because WhatsApp takes it for markup, and no link is broken by saving it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.speaker import Speaker
from bot.channels.limits import utf16_units
from bot.channels.whatsapp.markup import plain
from tests.channels.whatsapp.conftest import LIBRARY


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Llame al 911", "Llame al 911"),
        ("*Importante*: llame", "∗Importante∗: llame"),
        ("el _nombre_ suyo", "el ˍnombreˍ suyo"),
        ("~507 507-0000~", "∼507 507-0000∼"),
        ("`código` y ```más```", "ˋcódigoˋ y ˋˋˋmásˋˋˋ"),
        ("(*uno*) y «_dos_»", "(∗uno∗) y «ˍdosˍ»"),
        ("marque *611 o *67", "marque *611 o *67"),  # no twin at the end of a word
        ("marque *611* para saldo", "marque ∗611∗ para saldo"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("nombre_de_archivo", "nombre_de_archivo"),
        ("~ 5 km, ~ 10 km", "~ 5 km, ~ 10 km"),
        ("*una línea\notra*", "*una línea\notra*"),
        ("vea https://x.example/_a_/*b* ya", "vea https://x.example/_a_/*b* ya"),
        ("escriba a _a_@x.example o www.x.example/~b~", "escriba a _a_@x.example o www.x.example/~b~"),
        ("*vea* https://x.example/_a_ y _eso_", "∗vea∗ https://x.example/_a_ y ˍesoˍ"),
        ("_*los dos*_", "ˍ∗los dos∗ˍ"),
        ("", ""),
    ],
)
def test_a_sign_that_would_be_markup_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(st.sampled_from("*_~`a1 .\n(é"), max_size=60))
def test_what_is_shown_is_as_long_and_has_no_markup_left(text: str) -> None:
    shown = plain(text)
    assert utf16_units(shown) == utf16_units(text)
    assert plain(shown) == shown
    assert shown.translate(str.maketrans("∗ˍ∼ˋ", "*_~`")) == text


def test_no_answer_of_ours_needs_it_today() -> None:
    speaker, content = Speaker(LIBRARY), LIBRARY.current()
    said = [speaker.answer(topic, code).text for topic in content.answers for code in content.languages]
    said += [speaker.sentence(key, code).text for key in content.interface.sentences for code in content.languages]
    assert len(said) > 200
    assert [text for text in said if plain(text) != text] == []
