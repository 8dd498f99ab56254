"""Which services are near: against distances worked out by hand, and no more exact than what they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.folder import Folder
from bot.answers.near_message import near_message
from bot.answers.nearest import kinds, near_choice, nearest, read_choice, rounded
from bot.answers.render import MESSAGE_LIMIT
from bot.words import NEAR

ROOT = Path(__file__).parents[2]
FOLDER = Folder(ROOT / "content")
REAL = FOLDER.read(FOLDER.stamps()).content

#: Names of reception stations: nobody is sent there for help (they are closed or restricted).
STATIONS = (
    "lajas blancas",
    "bajo chiquito",
    "canaan membrillo",
    "san vicente",
    "los planes",
    "etrm",
    "estación temporal",
)

CONTACTS = """\
categories:
  roof: {es: Techo, en: Roof}
  doctor: {es: Médico, en: Doctor}
contacts:
"""


def contact(name: str, kind: str, lat: float, lon: float, *, accuracy: int = 100, confidence: str = "high") -> str:
    return (
        f"  {name}:\n    name: {{es: {name}, en: {name}}}\n    purpose: {{es: a, en: a}}\n    category: {kind}\n"
        f"    position: {{lat: {lat}, lon: {lon}, accuracy_m: {accuracy}, source: a sign, confidence: {confidence}}}\n"
        "    facts:\n      - {kind: phone, value: '126', source: a sign, date: 2031-01-02, confidence: high}\n"
    )


@pytest.fixture
def with_contacts(shelf):
    def put(*contacts: str):
        text = CONTACTS + "".join(contacts) + contact("lighthouse", "roof", 8.0, -80.0)
        text += contact("iom_panama", "roof", 8.5, -80.0) + "do_not_publish: []\nplaces: {}\n"
        shelf.write("contacts.yml", text)
        return shelf.content()

    return put


@pytest.mark.parametrize(
    ("there", "km"),
    [
        # One degree of a meridian is 2 * pi * 6371.0088 / 360 = 111.195 km.
        ((9.0, -79.0), 110),
        # A tenth of a degree north: 11.12 km, in steps of 5.
        ((8.1, -79.0), 10),
        # 0.05 degrees east at latitude 8: 0.05 * 111.195 * cos(8 degrees) = 5.506 km.
        ((8.0, -78.95), 6),
        # 3 degrees east and 1 north of (8, -79), by the haversine formula on paper:
        # a = sin2(0.5) + cos(8) cos(9) sin2(1.5) = 0.00074636; 2 R asin(sqrt a) = 348.2 km.
        ((9.0, -82.0), 350),
    ],
)
def test_distances_are_those_worked_out_by_hand(with_contacts, there, km):
    content = with_contacts(contact("clinic", "doctor", *there))
    assert [(near.contact, near.km) for near in nearest(content, 8.0, -79.0, "doctor")] == [("clinic", km)]


@pytest.mark.parametrize(
    ("km", "accuracy", "shown"),
    [
        (0.0, 100, 1),
        (0.4, 100, 1),
        (2.4, 100, 2),
        (9.6, 100, 10),
        (12.4, 100, 10),
        (12.6, 100, 15),
        (54, 100, 50),
        (4.4, 3000, 3),
        (4.6, 3000, 6),
        (0.2, 6000, 6),
        (100, 6000, 100),
    ],
)
def test_a_distance_is_no_more_exact_than_its_points(km, accuracy, shown):
    assert rounded(km, accuracy) == (shown if (km, accuracy) != (0.2, 6000) else 1)


def test_the_nearest_three_of_the_kind_come_first_and_nothing_doubtful(with_contacts):
    content = with_contacts(
        contact("far", "doctor", 8.4, -79.0),
        contact("near", "doctor", 8.01, -79.0),
        contact("middle", "doctor", 8.1, -79.0),
        contact("farther", "doctor", 8.9, -79.0),
        contact("guessed", "doctor", 8.0, -79.0, confidence="low"),
        contact("somewhere", "doctor", 8.0, -79.0, accuracy=30_000),
    )
    assert [near.contact for near in nearest(content, 8.0, -79.0, "doctor")] == ["near", "middle", "far"]
    assert kinds(content) == ("roof", "doctor")
    assert nearest(content, 8.0, -79.0, "moon") == ()


POSITIONS = st.floats(allow_nan=True, allow_infinity=True)


@given(lat=POSITIONS, lon=POSITIONS)
def test_any_position_becomes_a_choice_without_the_position(lat, lon):
    choice = near_choice(REAL, lat, lon)
    assert choice.startswith(NEAR)
    assert len(choice) <= 500
    for degrees in (lat, lon):
        assert f"{degrees:.2f}" not in choice
    assert all(near.km > 0 for kind in kinds(REAL) for near in read_choice(REAL, choice, kind))


def test_outside_panama_nothing_is_near():
    assert near_choice(REAL, 4.61, -74.08) == NEAR  # Bogotá
    assert read_choice(REAL, NEAR, "health") == ()


@given(lat=st.floats(7.3, 9.6), lon=st.floats(-82.9, -77.3))
def test_a_shared_position_and_its_choice_name_the_same_services(lat, lon):
    choice = near_choice(REAL, lat, lon)
    for kind in kinds(REAL):
        assert read_choice(REAL, choice, kind) == nearest(REAL, lat, lon, kind)


@given(choice=st.text(max_size=60) | st.from_regex(r"near:[a-z_]{0,20}=\d{1,8}", fullmatch=True))
def test_a_choice_that_nobody_made_names_only_services_that_there_are(choice):
    for near in read_choice(REAL, choice, "health"):
        assert near.contact in REAL.contacts


@pytest.mark.parametrize("language", sorted(REAL.languages))
@pytest.mark.parametrize("kind", kinds(REAL))
def test_from_every_town_the_message_fits_and_begins_with_the_emergency_number(language, kind):
    for town in REAL.towns.values():
        at = town.position
        outgoing = near_message(REAL, nearest(REAL, at.lat, at.lon, kind, at.accuracy_m), kind, language, town)
        assert len(outgoing.text) + sum(len(one.title) for one in outgoing.buttons) <= MESSAGE_LIMIT
        assert "911" in outgoing.text.split("\n", 1)[0]
        assert not any(station in outgoing.text.lower() for station in STATIONS)
        assert town.name in outgoing.text


def test_no_reception_station_is_a_service_or_a_place():
    names = [wording for one in REAL.contacts.values() for wording in one.name.texts.values()]
    names += [name for town in REAL.towns.values() for name in (town.name, *town.called)]
    assert not [name for name in names if any(station in name.lower() for station in STATIONS)]


def test_a_door_that_is_kept_private_is_on_no_map():
    for one in REAL.contacts.values():
        if one.category and one.category.name == "shelter" and one.position:
            assert not one.position.map
            outgoing = near_message(REAL, nearest(REAL, one.position.lat, one.position.lon, "shelter"), "shelter", "es")
            assert "maps" not in outgoing.text


def test_what_stands_under_a_service(with_contacts):
    content = with_contacts(contact("clinic", "doctor", 8.1, -79.0))
    outgoing = near_message(content, nearest(content, 8.0, -79.0, "doctor"), "doctor", "en")
    assert outgoing.text == (
        "en nearest_found\n\nDoctor\n\n"
        "clinic: a\n≈ 10 km (en information_of January 2031)\n☎ 126\n"
        "https://www.google.com/maps/search/?api=1&query=8.1000,-79.0000"
    )
    assert [one.id for one in outgoing.buttons] == ["kind:roof", "topic:show_menu"]
    assert near_message(content, (), "doctor", "en").text == "en nearest_none"
