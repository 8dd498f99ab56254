"""The pages of the guide, as a browser gets them."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers import render, speaker
from bot.answers.choose import Choice, choose
from bot.answers.schema import CONVERSATION
from bot.channels.webchat import languages, session
from bot.conversations.models import Contact
from bot.guide import pages, views
from tests.guide.conftest import TODAY, Clock, Edit

LANGUAGES = ("es", "en", "fr")

#: Bytes of the page before it is compressed, and of the page with its style and scripts as they travel.
BUDGET, PACKED_BUDGET = 120_000, 40_000
STATIC = Path(views.__file__).parent / "static/guide"


class Reading(HTMLParser):
    """What a page says: ids, links and the text under each id of an article."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and tag == "a":
                self.hrefs.append(value or "")


def get(path: str = "/guide/es", **headers: str) -> HttpResponse:
    return Client().get(path, headers=headers)


def text(path: str = "/guide/es") -> str:
    response = get(path)
    assert response.status_code == 200
    return response.content.decode()


def article(html: str, topic: str) -> str:
    return re.search(f'<article id="{topic}">.*?</article>', html, re.DOTALL)[0]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_answer_of_the_day_is_on_the_page_once_with_its_anchor(folder: Path, code: str) -> None:
    content = languages.library().current()
    valid = {
        topic
        for topic, answer in content.answers.items()
        if answer.area != CONVERSATION and isinstance(choose(content, topic, code, TODAY), Choice)
    }
    reading = Reading(text(f"/guide/{code}"))
    assert len(valid) >= 31
    assert [one for one in reading.ids if one in valid] == sorted(valid, key=reading.ids.index)
    assert len(reading.ids) == len(set(reading.ids))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_link_within_the_page_leads_somewhere(folder: Path, code: str) -> None:
    reading = Reading(text(f"/guide/{code}"))
    inner = [href[1:] for href in reading.hrefs if href.startswith("#")]
    assert len(inner) > 31 and set(inner) <= set(reading.ids)
    assert all(re.match(r"#|/$|/guide/|tel:\+?\d+$|mailto:|https://", href) for href in reading.hrefs)


def test_areas_come_in_their_order_and_the_general_question_first(folder: Path) -> None:
    ids = Reading(text()).ids
    assert [one for one in ids if one.startswith("area-")] == [f"area-{area}" for area in pages.AREAS]
    assert ids.index("return_overview") < ids.index("return_change_mind")


def test_the_numbers_for_danger_stand_before_everything_else_to_call(folder: Path) -> None:
    calls = [href for href in Reading(text()).hrefs if href.startswith("tel:")]
    assert calls[:2] == ["tel:911", "tel:104"]


def shown(html: str) -> str:
    """What a reader sees, without white space."""
    return "".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_whole_text_of_an_answer_is_the_one_of_the_chat_and_its_contacts_stand_in_the_directory(
    folder: Path,
) -> None:
    said, content = speaker.Speaker(languages.library(), today=lambda: TODAY), languages.library().current()
    page = text("/guide/fr")
    directory = shown(page[page.index('id="directory"') :])
    for topic in ("return_cost", "suicide_crisis", "asylum_apply", "emergency_numbers"):
        rest = said.answer(topic, "fr").text
        names = [one.name for one in content.answers[topic].contacts]
        assert names
        for name in names:
            block, *note = render.contact_blocks(content, [content.contacts[name]], "fr")
            assert block in rest and "".join(block.split()) in directory
            assert f'href="#c-{name}"' in article(page, topic)
            for known in (block, *note):
                rest = rest.replace(known, "")
        words = re.sub(r"^(?:-|\d+\.) ", "", rest, flags=re.MULTILINE)
        assert "".join(words.split()) in shown(article(page, topic))


def test_every_contact_is_printed_once(folder: Path) -> None:
    page, content = text(), languages.library().current()
    listed = [one.removeprefix("c-") for one in Reading(page).ids if one.startswith("c-")]
    assert sorted(listed) == sorted(content.contacts)
    assert page.count("+507 305-3350") == 1
    noted = content.interface.sentences["may_have_changed"].get(("es",))
    assert page.count(escape(noted)) == 1


def test_a_hotline_can_be_called_from_the_answer_itself(folder: Path) -> None:
    html = article(text(), "domestic_violence")
    assert re.search(r'href="#c-women_182">[^<]+</a> <a href="tel:182">☎ 182</a>', html)


def test_a_doubtful_number_stands_with_its_date_or_not_at_all(folder: Path, edit: Edit) -> None:
    old = "value: '182'"
    file = (folder / "contacts.yml").read_text(encoding="utf-8")
    line = re.search(rf"{old}\n(?:.*\n)*?.*confidence: high", file)[0]
    edit("contacts.yml", line, line.replace("confidence: high", "confidence: medium"))
    html = article(text(), "domestic_violence")
    assert 'href="#c-women_182"' in html and "☎ 182" not in html


def test_further_reading_is_in_another_area(folder: Path) -> None:
    content = languages.library().current()
    page = text()
    led = 0
    for topic, answer in content.answers.items():
        if answer.area == CONVERSATION:
            continue
        further = re.search(r'<p class="also">.*', article(page, topic))
        for other in re.findall(r'href="#([a-z_]+)"', further[0] if further else ""):
            led += 1
            assert content.answers[other].area != answer.area and other in {one.name for one in answer.next}
    assert led > 10


def test_numbers_and_addresses_are_links(folder: Path) -> None:
    html = text()
    assert 'href="tel:+5073053350"' in html
    assert 'href="mailto:iompanama@iom.int"' in html
    assert 'href="https://panama.iom.int" rel="noopener noreferrer"' in html


def test_an_answer_that_is_over_or_not_yet_valid_is_nowhere_on_the_page(folder: Path, edit: Edit) -> None:
    edit("answers/return/return_cost.yml", "review_every: 90", "review_every: 90\nvalid_to: 2026-11-22")
    edit("answers/health/snakebite.yml", "review_every: 90", "review_every: 90\nvalid_from: 2026-11-24")
    html = text()
    assert "return_cost" not in html and "snakebite" not in html


def test_the_day_after_its_last_day_an_answer_is_gone_without_an_edit(
    folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit("answers/return/return_cost.yml", "review_every: 90", "review_every: 90\nvalid_to: 2026-11-23")
    assert 'id="return_cost"' in text()
    monkeypatch.setattr(speaker, "panama_today", lambda: TODAY + timedelta(days=1))
    assert 'id="return_cost"' not in text()


def test_an_edit_is_seen_at_the_next_request_and_a_broken_one_is_not(folder: Path, edit: Edit) -> None:
    edit("answers/return/return_cost.yml", "No le cuesta nada", "No le cuesta ni un centavo")
    assert "ni un centavo" in text()
    edit("answers/return/return_cost.yml", "topic: return_cost", "topic: [")
    assert "ni un centavo" in text()


def test_what_staff_write_is_text_and_never_markup(folder: Path, edit: Edit) -> None:
    edit("answers/return/return_cost.yml", "es: Costo del retorno", 'es: "<b>Costo</b>"')
    edit("answers/return/return_cost.yml", "No le cuesta nada", "<script>alert(1)</script> {{ words }} No le cuesta")
    html = text()
    assert "<script>" not in html and "<b>Costo" not in html
    assert "&lt;script&gt;" in html and "{{ words }}" in html


def test_a_language_without_its_own_texts_shows_those_of_the_next_one_and_says_so(folder: Path, edit: Edit) -> None:
    edit("languages.yml", "default:", "  qfa:\n    name: Tok Faro\n    fallback: [fr]\ndefault:")
    html = article(text("/guide/qfa"), "return_cost")
    assert 'lang="fr"' in html and "(Français)" in html
    assert 'href="/guide/qfa"' in text("/guide/es")


def test_an_area_that_staff_add_comes_last_under_its_own_name(folder: Path, clock: Clock) -> None:
    (folder / "answers/about").rename(folder / "answers/zoo")
    clock.now += 2
    areas = [one for one in Reading(text()).ids if one.startswith("area-")]
    assert areas[-1] == "area-zoo" and "area-about" not in areas


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_is_light_and_needs_nothing_but_its_own_style(folder: Path, code: str) -> None:
    response = get(f"/guide/{code}")
    reading = Reading(response.content.decode())
    assert len(response.content) < BUDGET
    parts = [response.content, *((STATIC / name).read_bytes() for name in ("guide.css", "guide.js", "worker.js"))]
    assert sum(len(gzip.compress(part)) for part in parts) < PACKED_BUDGET
    assert not {"style", "form", "iframe"} & set(reading.tags)
    scripts = re.findall(r"<script\b.*?</script>", response.content.decode(), re.DOTALL)
    names = [re.fullmatch(r'<script defer src="/static/(\S+)\?v=[0-9a-f]+"></script>', one) for one in scripts]
    assert [name and name[1] for name in names] == ["webchat/leave.js", "guide/guide.js"]
    assert not [name for name in reading.attributes if name == "style" or name.startswith("on")]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


def test_a_browser_that_can_gets_the_page_compressed(folder: Path) -> None:
    packed = get(accept_encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == get().content
    assert len(packed.content) < 30_000


def test_a_page_that_has_not_changed_is_not_sent_again(folder: Path, edit: Edit) -> None:
    first = get()
    known = {"if_none_match": first["ETag"]}
    assert get(**known).status_code == 304 and get(**known).content == b""
    assert get(if_modified_since=first["Last-Modified"]).status_code == 304
    packed = get(accept_encoding="gzip")
    assert get(accept_encoding="gzip", if_none_match=packed["ETag"]).status_code == 304
    assert get("/guide/fr", **known).status_code == 200
    edit("answers/return/return_cost.yml", "No le cuesta nada", "Es gratis")
    assert get(**known).status_code == 200
    assert first["Cache-Control"] == "public, no-cache"


def test_last_modified_is_the_time_at_which_the_page_was_made(folder: Path) -> None:
    made = datetime.strptime(get()["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - made).total_seconds()) < 60


def test_pages_of_the_past_are_not_kept_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(views.MOST_KEPT * 2):
        monkeypatch.setattr(speaker, "panama_today", lambda day=day: TODAY + timedelta(days=day))
        get()
    assert len(views._printed) <= views.MOST_KEPT


def test_the_page_says_of_when_it_is(folder: Path) -> None:
    html = text("/guide/fr")
    assert '<time datetime="2026-11-23">23 novembre 2026</time>' in html
    assert languages.library().version in html


def test_a_day_is_written_in_a_known_language_or_in_digits() -> None:
    assert pages.day_words(date(2026, 11, 23), ("qfa", "es")) == "23 de noviembre de 2026"
    assert pages.day_words(date(2026, 11, 23), ("qfa",)) == "2026-11-23"
    assert pages.day_words(None, ("es",)) == ""


@pytest.mark.parametrize("path", ["/guide", "/guide/"])
@pytest.mark.parametrize(
    ("accept", "cookie", "code"),
    [("", "", "es"), ("fr-CA,fr;q=0.9", "", "fr"), ("de,en;q=0.5", "", "en"), ("fr", "en", "en"), ("fr", "xx", "fr")],
)
def test_the_door_leads_to_the_language_of_the_person(path: str, accept: str, cookie: str, code: str) -> None:
    client = Client()
    if cookie:
        client.cookies[languages.COOKIE] = cookie
    response = client.get(path, headers={"accept-language": accept})
    assert (response.status_code, response["Location"]) == (302, f"/guide/{code}")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_the_door_knows_the_language_of_the_conversation() -> None:
    client = Client()
    client.get("/")
    request = type("Request", (), {"COOKIES": {session.COOKIE: client.cookies[session.COOKIE].value}})()
    now = datetime.now(UTC)
    Contact.objects.create(
        channel="web",
        pseudonym=session.pseudonym_of(session.read(request)),
        language="fr",
        language_chosen=True,
        created_at=now,
        seen_at=now,
    )
    assert client.get("/guide/")["Location"] == "/guide/fr"


def test_the_door_opens_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_address: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(session, "contact_of", away)
    assert get("/guide/", accept_language="en")["Location"] == "/guide/en"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("path", ["/guide/", "/guide/es", "/guide/es/poster", "/guide/worker.js"])
def test_the_guide_is_only_read(method: str, path: str) -> None:
    assert getattr(Client(), method)(path).status_code == 405


@given(st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_language_that_faro_does_not_speak_is_a_page_that_does_not_exist(code: str) -> None:
    # What stands in an address arrives decoded.
    response = Client(raise_request_exception=False).get("/guide/" + re.sub(r"[?#%;]", "", code) + "x")
    assert response.status_code == 404


def test_no_word_of_the_page_is_written_in_a_template() -> None:
    templates = Path(views.__file__).parent / "templates"
    files = sorted(templates.rglob("*.html"))
    assert len(files) == 4
    for file in files:
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", file.read_text(encoding="utf-8"))
        assert re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>", " ", source)) == [], file.name
        assert not re.search(r"(?:alt|title|aria-label|placeholder)=\"[^\"]*[a-z]", source), file.name


def test_no_attribute_stands_between_apostrophes() -> None:
    # They are not escaped, see views._print.
    for file in (Path(views.__file__).parent / "templates").rglob("*.html"):
        without_tags = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", file.read_text(encoding="utf-8"))
        assert "='" not in without_tags, file.name


def test_the_page_is_made_of_the_words_and_not_of_their_codes(folder: Path) -> None:
    assert "l'" in text("/guide/fr") and "&#x27;" not in text("/guide/fr")


def test_the_worker_is_served_where_it_may_answer_for_the_guide_and_for_nothing_else() -> None:
    response = get("/guide/worker.js")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, no-cache"
    assert "Service-Worker-Allowed" not in response  # its own folder, /guide/, is the widest scope that it can have
    assert response.content == (STATIC / "worker.js").read_bytes()
    assert get("/guide/worker.js", if_none_match=response["ETag"]).status_code == 304


def test_no_word_that_a_person_reads_is_written_in_a_script() -> None:
    for name in ("guide.js", "worker.js"):
        source = re.sub(r"//.*", "", (STATIC / name).read_text(encoding="utf-8"))
        assert not re.findall(r"""["'`][^"'`\n]*[a-z]+ [a-z]+ [a-z]+[^"'`\n]*["'`]""", source), name


def test_page_and_worker_agree_on_the_name_of_the_copies() -> None:
    names = {
        re.search(r'const KEPT = "([^"]+)"', (STATIC / name).read_text(encoding="utf-8"))[1]
        for name in ("guide.js", "worker.js")
    }
    assert len(names) == 1


def test_the_directory_is_sorted_by_what_a_contact_is_for(client: Client) -> None:
    content = languages.library().current()
    page = client.get("/guide/en").content.decode()
    directory = page[page.index('id="directory"') :]
    places = []
    for name, title in content.categories.items():
        places.append(directory.index(f"<h3>{title.texts['en']}</h3>"))
        for contact in content.contacts.values():
            if contact.category and contact.category.name == name:
                places.append(directory.index(f'id="c-{contact.id}"'))
    assert places == sorted(places)
