"""What a channel shows of a reply fits the channel, and says all of it."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.cut import cut
from bot.channels.layout import Laid, Misfit, Reason, Words, lay_out, misfits, pack
from bot.channels.limits import CHANNELS, TELEGRAM, WEB, WHATSAPP, Limit, utf8_bytes, utf16_units
from bot.words import MORE, SHARE_LOCATION, Button, Outgoing

LABEL = "Opciones"
WORDS = Words(LABEL, "Más opciones")
SIGNS = "ab é 👩‍👩‍👧 ñ\u0301\u200d \n.!?"

texts = (
    st.text(max_size=400)
    | st.text(alphabet=SIGNS, max_size=3000)
    | st.integers(0, 9000).map(lambda n: "a b. " * (n // 5))
)
buttons = st.builds(
    Button, st.text(alphabet="aé👩‍👧 ", min_size=1, max_size=30), st.text(alphabet="topic:aé", min_size=1, max_size=90)
)
outgoings = st.builds(
    Outgoing, texts, st.lists(buttons | st.just(Button("Aquí", SHARE_LOCATION)), max_size=14).map(tuple)
)


def options(count: int, title: str = "Tema {}", name: str = "topic:{}") -> tuple[Button, ...]:
    return tuple(Button(title.format(number), name.format(number)) for number in range(count))


def solid(text: str) -> str:
    return re.sub(r"\s", "", text)


# ---- cutting ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)  # cutting long texts takes as long as the machine is busy
@given(text=texts, most=st.integers(2, 5000), last=st.integers(2, 5000))
@example(text="e" + "\u0301" * 50 + " fin", most=20, last=10)
def test_parts_fit_and_together_say_everything(text, most, last):
    last = min(last, most)
    parts = cut(text, most, last, utf16_units)
    assert solid("".join(parts)) == solid(text)
    assert all(0 < utf16_units(part) <= most for part in parts)
    assert all(utf16_units(part) <= last for part in parts[-1:])


@settings(deadline=None)  # cutting long texts takes as long as the machine is busy
@given(text=st.text(alphabet=SIGNS, max_size=500), most=st.integers(40, 400))
def test_no_part_begins_or_ends_inside_a_grapheme(text, most):
    whole = regex.findall(r"\X", text.strip())
    pieces = [piece for part in cut(text, most, most, utf16_units) for piece in regex.findall(r"\X", part)]
    if all(utf16_units(piece) <= most for piece in whole):
        assert [piece for piece in pieces if piece.strip()] == [piece for piece in whole if piece.strip()]


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("Uno dos. Tres cuatro.", 100, ("Uno dos. Tres cuatro.",)),
        ("Uno dos. Tres cuatro.", 14, ("Uno dos.", "Tres cuatro.")),
        ("Uno dos tres. A\n\nOtro.", 16, ("Uno dos tres. A", "Otro.")),
        ("Uno dos tres\ncuatro cinco seis", 20, ("Uno dos tres", "cuatro cinco seis")),
        ("Uno. dos tres cuatro cinco", 16, ("Uno. dos tres", "cuatro cinco")),
        ("abcdefghij", 4, ("abcd", "efgh", "ij")),
        ("👩‍👩‍👧👩‍👩‍👧", 10, ("👩‍👩‍👧", "👩‍👩‍👧")),
        ("  ", 10, ()),
    ],
)
def test_a_text_is_cut_at_the_best_place(text, limit, parts):
    assert cut(text, limit, limit, utf16_units) == parts


def test_only_the_last_part_leaves_room_for_the_options():
    first, last = cut("Una frase de prueba. " * 54, 1000, 200, utf16_units)
    assert 900 < utf16_units(first) <= 1000
    assert utf16_units(last) <= 200


# ---- one reply -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", CHANNELS.values(), ids=CHANNELS)
@settings(deadline=None)  # cutting long texts takes as long as the machine is busy
@given(outgoing=outgoings)
def test_whatever_is_said_fits_and_nothing_of_it_is_lost(limits, outgoing):
    laid = lay_out(outgoing, limits, WORDS)
    for one in laid:
        room = one.room(limits)
        assert room is None or utf16_units(one.text) <= room.value
        assert sum(map(bool, (one.buttons, one.rows, one.numbered))) <= 1
        for options, most, title, id_limit in (
            (one.buttons, limits.buttons, limits.button_title, limits.button_id),
            (one.rows, limits.list_rows, limits.row_title, limits.row_id),
        ):
            assert most is None or len(options) <= most.value
            assert all(title is None or utf16_units(option.title) <= title.value for option in options)
            assert all(id_limit is None or limits.id_length(option.id) <= id_limit.value for option in options)
    pages = [option.id for one in laid for option in one.rows if option.id == MORE]
    assert len(pages) == sum(bool(one.rest) for one in laid)
    shown = [option for one in laid for option in (*one.options, *one.rest) if option.id != MORE]
    asked = [Button(one.asks_location, SHARE_LOCATION) for one in laid if one.asks_location]
    assert set(shown) | set(asked) == set(outgoing.buttons)
    said = solid("".join(one.text for one in laid))
    assert said.startswith(solid(outgoing.text))


@pytest.mark.parametrize("count", range(14))
def test_options_on_whatsapp_are_buttons_then_a_list_then_a_list_in_pages(count):
    (laid,) = lay_out(Outgoing("Hola.", options(count)), WHATSAPP, WORDS)
    assert len(laid.buttons) == (count if count <= 3 else 0)
    assert len(laid.rows) == (min(count, 10) if count > 3 else 0)
    assert laid.list_label == (LABEL if laid.rows else "")
    assert len(laid.rest) == (count - 9 if count > 10 else 0)
    assert laid.numbered == ()
    if laid.rest:
        assert laid.rows[-1] == Button("Más opciones", MORE)
        assert (*laid.rows[:-1], *laid.rest) == options(count)


def test_without_words_for_the_next_page_the_options_are_numbered():
    (laid,) = lay_out(Outgoing("Hola.", options(11)), WHATSAPP, Words(LABEL))
    assert len(laid.numbered) == 11


def test_the_replies_of_a_turn_are_packed_into_as_few_messages_as_hold_them():
    answer, notice = Outgoing("Es gratis.", options(2), topic="return_cost"), Outgoing("Soy Faro.")
    assert pack((answer, notice), WHATSAPP) == (Outgoing("Es gratis.\n\nSoy Faro.", options(2)),)
    assert pack((answer, notice), WHATSAPP)[0].topic == "return_cost"
    assert pack((notice, answer), WHATSAPP) == (Outgoing("Soy Faro.\n\nEs gratis.", options(2)),)
    assert pack((answer, answer), WHATSAPP) == (answer, answer)
    long = Outgoing("x" * 1020, options(2))
    assert pack((long, notice), WHATSAPP) == (long, notice)
    assert len(pack((long, notice), TELEGRAM)) == 1
    assert pack((), WHATSAPP) == ()


@pytest.mark.parametrize("count", range(14))
def test_options_on_telegram_and_on_the_page_are_buttons(count):
    for limits in (TELEGRAM, WEB):
        assert lay_out(Outgoing("Hola.", options(count)), limits, WORDS) == (Laid("Hola.", buttons=options(count)),)


@pytest.mark.parametrize(
    ("title", "shown"), [("x" * 20, "buttons"), ("x" * 21, "rows"), ("x" * 24, "rows"), ("x" * 25, "numbered")]
)
def test_a_title_is_never_shortened(title, shown):
    (laid,) = lay_out(Outgoing("Hola.", (Button(title, "a"),)), WHATSAPP, WORDS)
    assert [one.title for one in getattr(laid, shown)] == [title]


def test_numbered_options_stand_in_the_text():
    (laid,) = lay_out(Outgoing("1. Vaya.\n2. Pida.", options(11)), WHATSAPP, Words(LABEL))
    assert laid.text.splitlines()[:4] == ["1. Vaya.", "2. Pida.", "", "[1] Tema 0"]


def test_an_id_that_telegram_cannot_carry_is_numbered():
    assert utf8_bytes("é" * 33) == 66
    for name, shown in (("é" * 32, "buttons"), ("é" * 33, "numbered")):
        (laid,) = lay_out(Outgoing("Hola.", (Button("Tema", name),)), TELEGRAM, WORDS)
        assert getattr(laid, shown) == (Button("Tema", name),)


def test_two_buttons_with_the_same_words_are_a_list_on_whatsapp():
    twins = (Button("Menú", "a"), Button("Menú", "b"))
    (laid,) = lay_out(Outgoing("Hola.", twins), WHATSAPP, WORDS)
    assert laid.rows == twins
    (laid,) = lay_out(Outgoing("Hola.", (Button("Menú", "a"), Button("Otro", "a"))), WHATSAPP, WORDS)
    assert len(laid.numbered) == 2
    (laid,) = lay_out(Outgoing("Hola.", (Button("Menú", "a"), Button("Menú", "a"))), WHATSAPP, WORDS)
    assert laid.buttons == (Button("Menú", "a"),)


def test_a_long_text_with_options_keeps_them_under_its_last_part():
    laid = lay_out(Outgoing("Una frase de prueba. " * 90, options(2)), WHATSAPP, WORDS)
    assert [bool(one.buttons) for one in laid] == [False, True]
    assert utf16_units(laid[-1].text) <= 1024


def test_where_somebody_is_is_asked_for_in_a_message_of_its_own():
    share = Button("Enviar mi ubicación", SHARE_LOCATION)
    for limits in (TELEGRAM, WHATSAPP):
        first, second = lay_out(Outgoing("¿Dónde está?", (share, *options(2))), limits, WORDS)
        assert first == Laid("¿Dónde está?", buttons=options(2))
        assert second == Laid(share.title, asks_location=share.title)
        (only,) = lay_out(Outgoing("¿Dónde está?", (share,)), limits, WORDS)
        assert only == Laid("¿Dónde está?", asks_location=share.title)
        laid = lay_out(Outgoing("¿Dónde está? " * 400, (share,)), limits, WORDS)
        assert [bool(one.asks_location) for one in laid] == [False] * (len(laid) - 1) + [True]
    (page,) = lay_out(Outgoing("¿Dónde está?", (share, *options(2))), WEB, WORDS)
    assert page.buttons == (share, *options(2)) and not page.asks_location


def test_nothing_said_is_no_message():
    for limits in CHANNELS.values():
        assert lay_out(Outgoing("  "), limits, WORDS) == ()


# ---- what does not fit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outgoing", "label", "found"),
    [
        (Outgoing("x" * 4096), LABEL, []),
        (Outgoing("x" * 4097), LABEL, [("telegram", Reason.PARTS, 4097, 4096), ("whatsapp", Reason.PARTS, 4097, 4096)]),
        (Outgoing("x" * 1024, options(2)), LABEL, []),
        (Outgoing("x" * 1025, options(2)), LABEL, [("whatsapp", Reason.PARTS, 1025, 1024)]),
        (Outgoing("👩" * 600, options(2)), LABEL, [("whatsapp", Reason.PARTS, 1200, 1024)]),
        (Outgoing("x", options(10)), LABEL, []),
        (Outgoing("x", options(11)), LABEL, [("whatsapp", Reason.OPTIONS, 11, 10)]),
        (Outgoing("x", options(1, "x" * 21)), LABEL, []),
        (Outgoing("x", options(1, "x" * 25)), LABEL, [("whatsapp", Reason.TITLE, 25, 24)]),
        (Outgoing("x", options(1, name="é" * 33)), LABEL, [("telegram", Reason.ID, 66, 64)]),
        (Outgoing("x", options(4)), "x" * 21, [("whatsapp", Reason.LABEL, 21, 20)]),
        (Outgoing("x", options(3)), "x" * 21, []),
        (Outgoing("x", options(2, name="same")), LABEL, [("telegram", Reason.TWINS, 2, 1), ("web", Reason.TWINS, 2, 1),
                                                          ("whatsapp", Reason.TWINS, 2, 1)]),
        (Outgoing("x", (Button("y" * 40, SHARE_LOCATION),)), LABEL, []),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_limit(outgoing, label, found):
    all_ = [one for limits in CHANNELS.values() for one in misfits(outgoing, limits, label)]
    assert sorted((one.channel, one.reason, one.length, one.limit) for one in all_) == found


@settings(deadline=None)  # cutting long texts takes as long as the machine is busy
@given(outgoing=outgoings)
def test_what_fits_is_one_message_with_its_options(outgoing):
    for limits in CHANNELS.values():
        if outgoing.text.strip() and not misfits(outgoing, limits, LABEL):
            first, *more = lay_out(outgoing, limits, WORDS)
            assert not first.numbered
            assert [one for one in more if not one.asks_location] == []


def test_every_limit_says_where_it_comes_from_and_when_it_was_read():
    for limits in CHANNELS.values():
        for one in fields(limits):
            value = getattr(limits, one.name)
            if isinstance(value, Limit):
                assert value.value > 0 and len(value.source) > 10 and re.fullmatch(r"20\d\d-\d\d", value.read)


def test_a_misfit_names_the_option_by_its_id():
    (found,) = misfits(Outgoing("x", options(1, "x" * 25)), WHATSAPP, LABEL)
    assert found == Misfit("whatsapp", Reason.TITLE, 25, 24, "topic:0")
