"""The page of figures and its file: what is counted is there, small numbers are not, and nothing of anybody is."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.conversations.counting import count_next
from bot.conversations.models import Contact, DailyCount, Message
from bot.conversations.tally import Key
from bot.words import SAFEGUARDING_TOPIC
from console.audit.models import AuditEntry
from console.figures import charts, choice, export, forms, words
from console.figures.names import Names, names
from console.figures.period import Period, Step
from console.figures.protection import HIDDEN, NOTHING, shown
from console.figures.reading import Scope
from console.figures.report import Report, make, topic_rows
from console.permissions import Role
from tests.console.figures_data import invent
from tests.console.page import CheckingClient

PANAMA = ZoneInfo("America/Panama")
NOW = datetime(2026, 11, 23, 15, tzinfo=PANAMA)
TODAY = NOW.date()
PAGE, FILE = "/console/figures/", "/console/figures/file"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def some_weeks(db: None, now: None) -> None:
    invent(now=NOW, days=20, people=14, chance=random.Random(3))  # noqa: S311 - invented people
    while count_next():
        pass


def counts(numbers: dict[str, int], *, day: date = TODAY, channel: str = "web", language: str = "es") -> None:
    from bot.conversations.counting import add

    tally = {}
    for name, number in numbers.items():
        topic, _, measure = name.rpartition(" ")
        tally[Key(day, topic, channel, language, measure)] = number
    add(tally)


def report(period: Period = Period(TODAY, TODAY), channel: str = "", language: str = "") -> Report:  # noqa: B008
    with translation.override("en"):
        return make(Scope(period, channel, language), names())


def cells(found: Report, table: str) -> dict[str, tuple[str, ...]]:
    (one,) = (each for each in found.everything() if each.name == table)
    with translation.override("en"):
        return {row.words: tuple(map(forms.number, row.values)) for row in one.rows}


def test_the_page_shows_figures_in_every_language(some_weeks: None, somebody: Callable[..., CheckingClient]) -> None:
    client = somebody(Role.READER)
    for language, sentence in (
        ("es", "Lo que más se pregunta"),
        ("fr", "Ce qui est le plus demandé"),
        ("en", "What people ask most"),
    ):
        client.cookies["faro_console_language"] = language
        for query in ("", "?period=today", "?period=30", "?period=month&channel=whatsapp&language=fr"):
            html = client.get(PAGE + query).content.decode()
            assert sentence in html
    assert AuditEntry.objects.count() == 0, "looking at figures is nothing that the trail is about"


def test_who_may_not_see_figures_does_not(somebody: Callable[..., CheckingClient]) -> None:
    assert somebody(name="new").get(PAGE).status_code == 403
    assert somebody(name="new").post(FILE).status_code == 403
    assert somebody(Role.READER).get(FILE).status_code == 405


@pytest.mark.django_db
def test_every_measure_finds_its_place(now: None) -> None:
    counts(
        {
            "in:answered": 80, "in:suggested": 10, "in:not_understood": 10, "in:stale": 20, "in:held": 5,
            "shelter in:answered": 50, "return_cost in:answered": 30, "return_cost missed": 15, "shelter vote:unhelpful": 5,
            "person": 40, "new_person": 25, "conversation": 60, "conversation_with_team": 15,
            "vote:helpful": 20, "vote:unhelpful": 5,
            "out:sent": 190, "out:failed": 10, "failed:131026": 10, "by_team": 5,
            "reply:1": 30, "reply:2": 60, "reply:10": 10,
            "handover:asked": 10, "handover:safety": 5, "handover_taken": 10, "wait:300": 5, "wait:600": 10,
        }
    )  # fmt: skip
    found = report()
    tiles = {one.words: (one.value, one.about) for one in found.tiles}
    assert tiles["Conversations begun"] == ("60", "125 messages of people")
    assert tiles["People a day"] == ("40", "25 for the first time")
    assert tiles["Understood"][0] == "80%"
    assert tiles["Answered without a person"][0] == "75%"
    assert tiles["It helped"] == ("80%", "20 yes, 5 no")
    assert tiles["Time to the answer"] == ("within 2 s", "Half of all; 95 of 100: within 10 s")
    assert tiles["Time to a person"] == ("within 10 min", "Half of all; 15 requests")
    assert tiles["Not delivered"] == ("10", "5% of all answers")
    assert cells(found, "outcomes")["Buttons from long ago"] == ("20",)
    assert (
        cells(found, "topics") == {"Where to sleep": ("50",), "Cost of going home": ("30",)}
        or len(cells(found, "topics")) == 2
    )
    assert list(cells(found, "missed").values()) == [("15",)]
    assert list(cells(found, "unhelpful").values()) == [("5",)]
    assert cells(found, "failures") == {"131026": ("10",)}
    assert cells(found, "languages") == {"Español": ("125", "60")}
    assert cells(found, "totals")["Requests: the person asked"] == ("10", "0")
    assert list(cells(found, "messages").values()) == [("80", "10", "10", "5", "20")]


@pytest.mark.django_db
def test_channel_language_and_the_period_before(now: None) -> None:
    counts({"in:answered": 10, "conversation": 10})
    counts({"in:answered": 20, "conversation": 20}, channel="telegram", language="fr")
    counts({"in:answered": 50, "conversation": 50}, day=TODAY - timedelta(days=1))
    tiles = {one.words: (one.value, one.before) for one in report().tiles}
    assert tiles["Conversations begun"] == ("30", "50")
    assert report(channel="telegram").tiles[0].value == "20"
    assert report(language="es").tiles[0].value == "10"
    assert report(channel="telegram", language="es").tiles[0].value == "0"


@pytest.mark.django_db
@given(
    days=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 40)), max_size=12),
    first=st.integers(0, 900),
    length=st.integers(1, 900),
)
def test_months_and_days_give_what_the_days_alone_would(days: list[tuple[int, int]], first: int, length: int) -> None:
    from django.db import transaction

    from console.figures import reading

    begin = date(2024, 6, 1)
    period = Period(begin + timedelta(days=first), begin + timedelta(days=first + length - 1))
    with transaction.atomic():
        for back, number in days:
            counts({"in:answered": number, "shelter in:answered": number}, day=begin + timedelta(days=back))
        expected = sum(n for back, n in days if period.first <= begin + timedelta(days=back) <= period.last)
        scope = Scope(period)
        assert sum(reading.sums(scope).values()) == expected
        over_time = reading.over_time(scope, ["in:answered"])
        assert sum(over_time.values()) == expected
        assert {bar for bar, _, _ in over_time} <= set(period.bars())
        assert sum(reading.by_topic(scope)["in:answered"].values()) == expected
        transaction.set_rollback(True)


def test_the_days_of_a_period_are_each_in_one_part() -> None:
    for first, last in (
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 2), date(2026, 3, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 2, 15), date(2026, 3, 15)),
        (date(2026, 2, 15), date(2026, 2, 15)),
    ):
        period = Period(first, last)
        months = period.months()
        parts = [*period.around(months), *([months] if months else [])]
        assert sorted(one.first + timedelta(days=place) for one in parts for place in range(one.days)) == [
            first + timedelta(days=place) for place in range(period.days)
        ]
    assert Period(date(2026, 3, 1), date(2026, 3, 7)).before() == Period(date(2026, 2, 22), date(2026, 2, 28))


def test_a_long_period_has_weeks_and_then_months() -> None:
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert year.step is Step.WEEK and list(year.bars())[:2] == [date(2026, 1, 1), date(2026, 1, 5)]
    assert year.bar_of(date(2026, 1, 3)) == date(2026, 1, 1)
    assert Period(date(2025, 1, 15), date(2026, 12, 31)).step is Step.MONTH


@pytest.mark.django_db
def test_small_numbers_are_shown_nowhere(now: None, somebody: Callable[..., CheckingClient]) -> None:
    counts(
        {
            "in:answered": 23, "in:not_understood": 3, "conversation": 4, "person": 4,
            "sexual_violence_care in:answered": 1, "shelter in:answered": 22, "failed:131026": 2, "out:failed": 2,
        }
    )  # fmt: skip
    found = report()
    assert list(cells(found, "topics").values()) == [("20",)], "and the other topic is not named"
    assert {value for table in found.everything() for row in table.rows for value in map(forms.number, row.values)} <= {
        "0", "<5", "20", "25", forms.KEPT_BACK,
    }  # fmt: skip
    html = somebody(Role.READER).get(PAGE + "?period=today").content.decode()
    title = names().topics["sexual_violence_care"]
    assert title not in html and "&lt;5" in html


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.integers(0, 60), max_size=40))
def test_a_topic_below_5_is_like_one_that_nobody_asked_for(numbers: dict[str, int]) -> None:
    without = {topic: number for topic, number in numbers.items() if number >= 5}
    named = Names(topics={}, languages={})
    assert topic_rows(numbers, named) == topic_rows(without, named)


@pytest.mark.django_db
def test_nothing_of_a_report_about_an_aid_worker_is_on_the_page(now: None, staff: CheckingClient) -> None:
    contact = Contact.objects.create(channel="web", pseudonym="f" * 64, created_at=NOW, seen_at=NOW, safeguarding=True)
    for number in range(9):
        Message.objects.create(
            contact=contact, direction="in", channel="web", provider_id=str(number), text="what happened to me",
            state="answered", outcome="answered", topic=SAFEGUARDING_TOPIC, language="es", created_at=NOW,
        )  # fmt: skip
    while count_next():
        pass
    html = staff.get(PAGE).content.decode()
    assert "what happened to me" not in html and str(contact.pk) not in html and SAFEGUARDING_TOPIC not in html
    assert not DailyCount.objects.exists()
    assert SAFEGUARDING_TOPIC not in names().topics


def test_the_file_holds_what_the_page_shows(some_weeks: None, somebody: Callable[..., CheckingClient]) -> None:
    client = somebody(Role.READER)
    response = client.post(FILE, {"from": "2026-11-10", "to": "2026-11-23", "channel": "whatsapp", "language": ""})
    assert response["Content-Disposition"] == 'attachment; filename="faro-2026-11-10-2026-11-23.csv"'
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert tuple(lines[0]) == export.HEAD
    assert {len(line) for line in lines} == {8}
    assert {(line[0], line[1], line[2]) for line in lines[1:]} == {("2026-11-10", "2026-11-23", "whatsapp")}
    allowed = {"<5", forms.KEPT_BACK}
    assert all(line[-1] in allowed or int(line[-1]) % 5 == 0 for line in lines[1:])
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.about) == ("exported_figures", "2026-11-10 2026-11-23")


def test_the_command_writes_the_same_file(
    some_weeks: None, somebody: Callable[..., CheckingClient], capsys: pytest.CaptureFixture[str]
) -> None:
    period = {"from": "2026-11-10", "to": "2026-11-23"}
    page = somebody(Role.READER).post(FILE, period).content.decode()
    assert main(["figures", "--from", period["from"], "--to", period["to"]]) == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == list(csv.reader(io.StringIO(page)))
    assert main(["figures", "--from", "yesterday", "--in", "en"]) == 2
    assert capsys.readouterr() == ("", "bot figures: A date could not be read\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert export.safe(text) == f"'{text}"
    assert export.safe("Costo del retorno") == "Costo del retorno"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("period=ever", "no existe"),
        ("from=2026-13-01&to=2026-11-02", "No se pudo leer una fecha"),
        ("from=2026-11-09&to=2026-11-02", "posterior al último"),
        ("from=2027-01-01&to=2027-01-09", "en el futuro"),
        ("from=1900-01-01&to=2026-11-02", "diez años"),
        ("channel=pigeon", "Ese canal no existe"),
        ("language=%3Cscript%3E", "Ese idioma no existe"),
    ],
)
def test_what_cannot_be_right_is_said_and_something_is_shown(
    now: None, staff: CheckingClient, query: str, sentence: str
) -> None:
    html = staff.get(f"{PAGE}?{query}").content.decode()
    assert sentence in html and "<script>" not in html
    assert 'value="2026-11-17"' in html or "channel" in query or "language" in query


def test_a_period_with_a_name_is_known_by_its_days() -> None:
    def read(**given_: str) -> choice.Choice:
        given_ = {name.rstrip("_"): value for name, value in given_.items()}
        return choice.read(given_, today=TODAY, channels=words.CHANNELS, languages=["es"])

    assert read().name == "7" and read().scope.period.days == 7
    assert read(from_="2026-11-23", to="2026-11-23").name == "today"
    assert read(from_="2026-11-01", to="2026-11-23").name == "month"
    assert read(from_="2026-11-02", to="2026-11-23").name == ""
    assert read(to="2026-12-31", from_="2026-11-20").scope.period.last == TODAY
    assert read(from_="2026-11-20").problems == ()


def test_shares_are_made_of_what_is_shown() -> None:
    with translation.override("en"):
        assert forms.share(shown(80), shown(20)) == "80%"
        assert forms.share(shown(96), shown(3)) == ">95%"
        assert forms.share(shown(3), shown(96)) == "<5%"
        assert forms.share(shown(0), shown(96)) == "0%" and forms.share(shown(96), shown(0)) == "100%"
        for part, rest in ((0, 0), (3, 2), (3, 0), (0, 3)):
            assert forms.share(shown(part), shown(rest)) == forms.NONE
        assert forms.share(HIDDEN, shown(9)) == forms.NONE
        assert forms.number(shown(1234)) == "1,235"
    with translation.override("fr"):
        assert forms.number(shown(1234)) == "1\u202f235"


def test_a_median_needs_enough() -> None:
    few = [shown(2), shown(2)]
    assert forms.quantile(few, 0.5, enough=10) is None
    assert forms.quantile([shown(10), shown(40), shown(5)], 0.5, enough=10) == 1
    assert forms.quantile([shown(10), shown(40), shown(5)], 0.95, enough=10) == 2


@given(st.lists(st.lists(st.integers(0, 5_000), min_size=3, max_size=3), min_size=1, max_size=70))
def test_a_picture_stays_in_its_frame(rows: list[list[int]]) -> None:
    series = [charts.Series(str(place), [shown(row[place]) for row in rows]) for place in range(3)]
    said = [f"{place} {line}" for place in range(3) for line in range(len(rows))]
    drawing = charts.stacked([str(line) for line in range(len(rows))], series, words=said)
    for piece in drawing.pieces:
        x, y, width, height = (float(one.rstrip("%")) for one in (piece.x, piece.y, piece.width, piece.height))
        assert x >= 0 and x + width <= 100.01
        assert y >= 0 and y + height <= charts.ABOVE + charts.PLOT + 0.1
    drawn = sum(one.number > 0 for each in series for one in each.values)
    assert len(drawing.pieces) == drawn
    assert len({piece.words for piece in drawing.pieces}) == drawn
    assert len(drawing.labels) <= charts.LABELS and drawing.labels[0].on_phone
    assert NOTHING.number == 0


def test_every_outcome_and_channel_has_its_words() -> None:
    assert {*Message.Outcome.values, "withdrawn"} == set(words.OUTCOMES)
    from bot.channels.limits import CHANNELS

    assert set(words.CHANNELS) == set(CHANNELS)
