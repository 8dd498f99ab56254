"""Places in messages, however they are typed; and names that are nobody's place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.gazetteer import FILE, Found, Gazetteer, Named, PlaceWords

ROOT = Path(__file__).parents[2]

TOWNS = yaml.safe_load((ROOT / "content" / "contacts.yml").read_text(encoding="utf-8"))["places"]
PLACES = [Named(name, (town["name"], *town.get("called", ())), town["province"]) for name, town in TOWNS.items()]
REAL = Gazetteer(PLACES, PlaceWords.read())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Tocumen", "tocumen"),
        ("por Tocumen", "tocumen"),
        ("cerca de Paso Canoas", "paso_canoas"),
        ("estoy en david", "david"),
        ("Metetí, Darién", "meteti"),
        ("METETI DARIEN", "meteti"),
        ("ando por tocumen ahorita", "tocumen"),
        ("i am in Chepo", "chepo"),
        ("near la chorrera please", "la_chorrera"),
        ("je suis à Colón", "colon"),
        ("près de San Miguelito", "san_miguelito"),
        ("mwen nan Tocumen", "tocumen"),
        ("estoy en la ciudad de panama", "panama_city"),
        ("panama city", "panama_city"),
        # Slips of the thumb and of the ear
        ("tokumen", "tocumen"),
        ("por arraijan", "arraijan"),
        ("en la chorera", "la_chorrera"),
        ("paso canoa", "paso_canoas"),
        ("im in changinola", "changuinola"),
        # A town named after a day
        ("estoy en 24 de diciembre", "veinticuatro_de_diciembre"),
        ("24 de Diciembre, Panamá", "veinticuatro_de_diciembre"),
    ],
)
def test_a_place_alone_is_found(text: str, place: str) -> None:
    assert REAL.find(text) == Found(place, alone=True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("mi hijo tiene fiebre y estamos en David, donde lo llevo", "david"),
        ("is there a hospital near Tocumen that takes people without papers", "tocumen"),
        ("où est l'hôpital le plus proche de Colón", "colon"),
        ("me robaron todo llegando a meteti", "meteti"),
    ],
)
def test_a_place_inside_a_question_is_found_but_the_question_stays(text: str, place: str) -> None:
    assert REAL.find(text) == Found(place, alone=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀",
        "mi hijo David tiene fiebre",
        "David my brother is missing",
        "quiero volver a mi país",
        "hola",
        "estoy embarazada",
        "i am pregnant and alone",
        "je veux rentrer chez moi",
        "cuánto cuesta el pasaje",
        "gracias",
        "I am David",
        "je suis David",
        "gracias David",
        "soy de Santiago de Chile",
        "tengo familia en San Francisco California",
        "mi hermana no se quiere levantar de la cama",
        # The country is no place in it.
        "qué hace la OIM en Panamá",
        "which rights do I have in Panama",
        "yes please",
        "911",
        # A day is no town, also without its year; a name with a number is none without it.
        "25 de diciembre",
        "el 10 de diciembre",
        "desde el 3 de diciembre",
        "mi cita es el 15 de diciembre",
        "agua fría no",
    ],
)
def test_nobody_is_sent_to_a_place_that_was_not_named(text: str) -> None:
    assert REAL.find(text) is None


def test_the_province_tells_places_of_one_name_apart() -> None:
    places = [Named("here", ("Santa Fe",), "Veraguas"), Named("there", ("Santa Fe",), "Darién")]
    gazetteer = Gazetteer(places, PlaceWords.read())
    assert gazetteer.find("santa fe") == Found("here", alone=True)
    assert gazetteer.find("estoy en Santa Fé de Darien") == Found("there", alone=True)


def test_every_place_of_the_gazetteer_finds_itself() -> None:
    for place in PLACES:
        found = REAL.find(f"{place.names[0]}, {place.province}")
        assert found is not None
        assert found.alone
        assert place.names[0] in {name for one in PLACES if one.id == found.id for name in one.names}


@pytest.mark.parametrize(
    "text",
    [
        "a " * 2_500,
        "en " * 1_600,
        "cerca de " * 550,
        "".join(f"en {'xyzvwk'[n % 6]}orrer{chr(97 + n % 26)}a " for n in range(500)),
    ],
    ids=["letters", "in", "near", "slips"],
)
def test_no_message_keeps_the_others_waiting(text: str) -> None:
    begin = time.process_time()
    assert REAL.find(text) is None
    assert time.process_time() - begin < 0.5


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    found = REAL.find(text)
    assert found is None or found.id in TOWNS


def test_the_words_around_a_place_are_there_for_every_language() -> None:
    languages = set(yaml.safe_load((ROOT / "content" / "languages.yml").read_text(encoding="utf-8"))["languages"])
    table = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert languages <= set(table["before"])
    assert languages <= set(table["around"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("un albergue cerca de mí", "shelter"),
        ("nearest hospital please", "health"),
        ("où est le médecin le plus proche", "health"),
        ("oficina de la OIM más cercana", "iom"),
        ("qué hay cerca", ""),
        ("un hospital o un albergue", ""),
    ],
)
def test_the_kind_of_service_is_the_one_that_is_named(text: str, kind: str) -> None:
    assert PlaceWords.read().kind(text) == kind


def test_every_kind_is_a_category() -> None:
    categories = yaml.safe_load((ROOT / "content" / "contacts.yml").read_text(encoding="utf-8"))["categories"]
    assert {kind for _, kind in PlaceWords.read().kinds} <= set(categories)
