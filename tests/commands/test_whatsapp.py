"""`bot whatsapp`: what is wrong with the number is said in words, with what to do; nothing secret is ever printed."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.channels.whatsapp.check import examine
from bot.channels.whatsapp.codes import remedy_of
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.profile import ABOUT, TooLong, profile
from bot.commands import whatsapp
from bot.commands.content_parser import STAFF_LANGUAGES
from bot.commands.whatsapp_sentences import SENTENCES
from bot.errors import Remedy
from bot.settings import ROOT
from tests.channels.whatsapp import standin
from tests.channels.whatsapp.conftest import LIBRARY
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Fault, Meta

PUBLIC = "https://faro.example.org"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def meta() -> Iterator[Meta]:
    with standin.running() as one:
        yield one


@pytest.fixture
def run(meta: Meta, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    values = {
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY,
        "WHATSAPP_API_BASE": meta.url,
        "PUBLIC_URL": PUBLIC,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)

    def type_(*arguments: str) -> tuple[int, str]:
        code = whatsapp.run(list(arguments))
        told = capsys.readouterr()
        assert [one for one in (TOKEN, APP_SECRET, VERIFY) if one in told.out + told.err] == []
        assert [query for query in meta.queries if TOKEN in query] == []
        return code, told.out

    return type_


@pytest.mark.parametrize("language", STAFF_LANGUAGES)
def test_all_is_well(run: Run, language: str) -> None:
    code, told = run("check", "--lang", language)
    assert code == 0
    assert "+507 6000-0000" in told
    assert f"{PUBLIC}/webhooks/whatsapp" in told
    assert all(line.startswith("+ ") for line in told.splitlines())
    assert len(told.splitlines()) == 5


def health(meta: Meta, entity: int, state: str, *codes: int) -> None:
    found = meta.number["health_status"]
    found["can_send_message"] = found["entities"][entity]["can_send_message"] = state
    found["entities"][entity]["errors"] = [{"error_code": code, "error_description": "x"} for code in codes]


TROUBLES: dict[str, Callable[[Meta], object]] = {
    "token_refused": lambda meta: meta.faults.append(Fault(401, 190)),
    "no_permission": lambda meta: meta.faults.append(Fault(403, 200)),
    "wrong_number": lambda meta: meta.faults.append(Fault(400, 100, subcode=33)),
    "not_reached": lambda meta: meta.faults.append(Fault(503, body="down")),
    "refused": lambda meta: meta.faults.append(Fault(400, 2635)),
    "quality": lambda meta: meta.number.update(quality_rating="RED"),
    "may_not_send": lambda meta: health(meta, 1, "BLOCKED", 141006),
    "not_subscribed": lambda meta: meta.subscribed.clear(),
    "subscription_unknown": lambda meta: meta.number.pop("health_status"),
    "webhook_elsewhere": lambda meta: meta.number.update(webhook_configuration={"application": "https://old.example"}),
    "webhook_unknown": lambda meta: meta.number.pop("webhook_configuration"),
}


@pytest.mark.parametrize("language", STAFF_LANGUAGES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_trouble_is_said_with_what_to_do(run: Run, meta: Meta, trouble: str, language: str) -> None:
    TROUBLES[trouble](meta)
    code, told = run("check", "--lang", language)
    assert code == 1
    (line,) = [line for line in told.splitlines() if line.startswith("- ")]
    beginning = SENTENCES[trouble][language].split("{")[0]
    assert line.removeprefix("- ").startswith(beginning)
    assert "{" not in line


def test_what_blocks_an_account_is_named_by_its_code(run: Run, meta: Meta) -> None:
    health(meta, 1, "BLOCKED", 141006)
    assert "WABA: 141006" in run("check")[1]


def test_without_https_nobody_can_call_us(meta: Meta) -> None:
    graph = Graph(meta.settings())
    found = {one.name: one.good for one in examine(graph, "http://127.0.0.1:8000")}
    graph.close()
    assert found["no_https"] is False


def test_the_app_is_subscribed_on_request(run: Run, meta: Meta) -> None:
    meta.subscribed.clear()
    assert run("check")[0] == 1
    assert run("check", "--subscribe")[0] == 0


def test_a_channel_that_is_off_is_said_to_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "PHONE_NUMBER_ID", "APP_SECRET", "VERIFY_TOKEN"):
        monkeypatch.delenv(f"WHATSAPP_{name}")
    assert run("check") == (1, SENTENCES["off"]["es"] + "\n")


@pytest.mark.parametrize("language", STAFF_LANGUAGES)
def test_the_profile_is_shown_and_then_set_from_the_content(run: Run, meta: Meta, language: str) -> None:
    code, told = run("profile", "--lang", language)
    content = LIBRARY.current()
    tagline = content.interface.web["tagline"].get((language,))
    assert code == 0
    assert tagline in told
    assert "/menu: " in told
    assert meta.automation == {}
    assert run("profile", "--set", "--lang", language)[0] == 0
    assert meta.profile["about"] == tagline
    assert meta.profile["websites"] == [PUBLIC]
    assert meta.automation["prompts"][0] == content.languages[language].name
    assert {one["command_name"] for one in meta.automation["commands"]} >= {"menu", "idioma", "effacer", "human"}
    assert tagline in run("profile", "--lang", language)[1].split(PUBLIC)[0]


def test_a_refusal_while_the_profile_is_set_is_said(run: Run, meta: Meta) -> None:
    meta.faults.append(Fault(401, 190))
    code, told = run("profile", "--set")
    assert code == 1
    assert "190" in told


def test_a_text_that_does_not_fit_is_not_shortened() -> None:
    content = LIBRARY.current()
    tagline = replace(content.interface.web["tagline"], texts={"es": "a" * (ABOUT + 1)})
    longer = replace(content, interface=replace(content.interface, web={**content.interface.web, "tagline": tagline}))
    with pytest.raises(TooLong, match="tagline"):
        profile(longer, "es", PUBLIC)


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_says_the_same_in_every_language(name: str) -> None:
    def places(text: str) -> set[str | None]:
        return {place for _, place, _, _ in string.Formatter().parse(text) if place}

    assert set(SENTENCES[name]) == set(STAFF_LANGUAGES)
    assert len({frozenset(places(text)) for text in SENTENCES[name].values()}) == 1


TASKS = ROOT / "docs" / "tasks"


@pytest.mark.parametrize("name", ["whatsapp.md", "es/whatsapp.md"])
def test_every_command_of_the_task_works_as_it_is_written(run: Run, name: str) -> None:
    text = (TASKS / name).read_text(encoding="utf-8")
    typed = re.findall(r"^ {4,}\.venv/bin/bot whatsapp (.+)$", text, re.MULTILINE)
    assert len(typed) == 4
    for line in typed:
        code, told = run(*line.split())
        assert code == 0, told


def test_the_task_names_the_codes_by_what_they_are() -> None:
    """A code of the table that Faro treats otherwise would mislead whoever looks for help."""
    for name in ("whatsapp.md", "es/whatsapp.md"):
        text = (TASKS / name).read_text(encoding="utf-8")
        rows = {row.split("|")[1]: row for row in text.splitlines() if row.startswith("| `")}
        stops = next(row for key, row in rows.items() if "channel stopped" in key)
        fails = next(row for key, row in rows.items() if "delivery failed" in key)
        stopping = {remedy_of(int(code)) for code in re.findall(r"\b\d{3,6}\b", stops)}
        failing = {remedy_of(int(code)) for code in re.findall(r"\b\d{6}\b", fails)}
        assert stopping == {Remedy.STOP}
        assert failing == {Remedy.UNREACHABLE, Remedy.CLOSED, Remedy.WAIT, Remedy.SLOW}
