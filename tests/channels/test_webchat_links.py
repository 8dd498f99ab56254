"""Numbers and addresses in answers."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat import languages, links
from bot.channels.webchat.templatetags.webchat import asset, linked

HOTLINES = frozenset({"911", "104"})


def hrefs(text: str) -> list[str]:
    return [link.href for link in links.find(text, HOTLINES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("☎ +507 305-3350, 512-7228", ["tel:+5073053350", "tel:+5075127228"]),
        ("WhatsApp +507 6378-3466", ["tel:+50763783466"]),
        ("Llame al 6378-3466.", ["tel:+50763783466"]),
        ("+5073053350", ["tel:+5073053350"]),
        ("llame al 911 o al 104.", ["tel:911", "tel:104"]),
        ("911: emergencias", ["tel:911"]),
        ("✉ iompanama@iom.int", ["mailto:iompanama@iom.int"]),
        ("Vea https://panama.iom.int/es?a=1&b=2.", ["https://panama.iom.int/es?a=1&b=2"]),
        ("(https://help.unhcr.org/panama)", ["https://help.unhcr.org/panama"]),
        ("WhatsApp +507 6670-2222 (abril de 2020)", ["tel:+50766702222"]),
    ],
)
def test_what_can_be_called_written_to_or_opened_is_a_link(text: str, expected: list[str]) -> None:
    assert hrefs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "147 personas",
        "US$911",
        "911.50",
        "911,5",
        "911 %"[:3] + "%",
        "1911",
        "2023-2025",
        "2025-10-28",
        "72 horas",
        "30-60 días",
        "a las 9:104",
        "edificios 110, 113 y 115",
        "http://example.org",
        "javascript:alert(1)",
        "https://",
        "a@b",
        "Ley 23 de 1986",
    ],
)
def test_quantities_dates_and_other_schemes_are_not(text: str) -> None:
    assert hrefs(text) == []


def test_every_number_and_address_of_our_contacts_is_found() -> None:
    hotlines = languages.hotlines()
    assert {"911", "104"} <= hotlines
    for contact in languages.library().current().contacts.values():
        for fact in contact.facts:
            if fact.kind in ("phone", "whatsapp", "email", "url"):
                value = fact.value.get(())
                found = [value[link.start : link.end] for link in links.find(value, hotlines)]
                assert found == [value]


@given(st.text(alphabet=st.sampled_from("<>&\"'@.:/+- 0123456789abhptsé😀\n") | st.characters(), max_size=200))
def test_any_text_is_escaped_and_loses_nothing(text: str) -> None:
    shown = linked(text)
    tags = re.findall(r"<[^>]*>", shown)
    assert all(re.fullmatch(r'</a>|<a href="[^"<>]*"( rel="noopener noreferrer")?>', tag) for tag in tags)
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)) == html.unescape(html.escape(text))


@given(st.text(alphabet="https://+507 911-@.a😀", max_size=120))
def test_links_lie_in_order_within_the_text_and_lead_only_where_they_may(text: str) -> None:
    end = 0
    for link in links.find(text, HOTLINES):
        assert end <= link.start < link.end <= len(text)
        assert re.match(r"tel:\+?\d+$|mailto:[^:]+@|https://.", link.href)
        end = link.end


@given(st.text(alphabet="+507 911-😀", max_size=60))
def test_the_browser_counts_in_utf_16(text: str) -> None:
    units = text.encode("utf-16-le")
    found = list(links.find(text, HOTLINES))
    for link, (start, end, href) in zip(found, links.in_script_units(text, iter(found)), strict=True):
        assert units[2 * int(start) : 2 * int(end)].decode("utf-16-le") == text[link.start : link.end]
        assert href == link.href


def test_a_long_hostile_text_takes_no_time() -> None:
    for hostile in ("+1" * 20_000, "a@" * 20_000, "a." * 20_000, "1-" * 20_000, "https://" * 5_000, "+1 22 " * 8_000):
        assert len(list(links.find(hostile, HOTLINES))) >= 0


def test_a_static_file_has_its_digest_in_the_address() -> None:
    assert re.fullmatch(r"/static/webchat/chat\.js\?v=[0-9a-f]{8}", asset("webchat/chat.js"))
    assert asset("webchat/absent.js") == "/static/webchat/absent.js"
