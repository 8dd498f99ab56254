"""Whole conversations on Telegram through the real processes, by webhook and by polling, in every language."""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.answers.library import Library
from bot.answers.speaker import Speaker
from bot.settings import ROOT
from bot.words import Outgoing
from tests.channels.telegram.deliveries import Deliveries
from tests.channels.telegram.people import Person
from tests.channels.telegram.stand_in import TOKEN, Called, StandIn
from tests.processes.running import Faro, running

pytestmark = pytest.mark.processes

SECRET = "processes-" + "s" * 32

#: The middle of Panama City, where services of every kind are near.
PLACE = (8.9824, -79.5199)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes in a language."""

    code: str
    own: str
    question: str
    follow_up: str
    human: str
    delete: str


LANGUAGES = [
    Words("es", "Español", "dónde puedo hacerme la prueba del vih", "¿y es gratis?", "/persona", "/borrar"),
    Words("en", "English", "where can I get tested for hiv", "and is it free?", "/human", "/delete"),
    Words(
        "fr", "Français", "où est-ce que je peux faire le test du vih", "et c'est gratuit ?", "/personne", "/effacer"
    ),
]


@dataclass(slots=True)
class House:
    """Faro as `make run` starts it, and Telegram."""

    faro: Faro
    telegram: StandIn


@pytest.fixture(scope="module", params=["webhook", "polling"])
def house(request: pytest.FixtureRequest, model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    environ = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_MODE": request.param}
    if request.param == "webhook":
        environ["TELEGRAM_SECRET"] = SECRET
    with ExitStack() as stack:
        telegram = StandIn()
        stack.callback(telegram.close)
        folder = tmp_path_factory.mktemp(f"telegram-{request.param}")
        faro = stack.enter_context(running(folder, TELEGRAM_API_BASE=telegram.url, **environ))
        if request.param == "webhook":
            stack.enter_context(Deliveries(telegram, f"{faro.url}/webhooks/telegram", SECRET))
        yield House(faro, telegram)
        assert telegram.wrong == []


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    return Speaker(Library(ROOT / "content"))


def text_of(message: Called) -> str:
    return html.unescape(message.text)


def pressed(person: Person, message: Called, title: str) -> None:
    """Press a button by its words."""
    person.press(dict(message.buttons)[title])


def begins(message: Called, answer: Outgoing) -> None:
    """A message begins with an answer (the introduction may follow in the same one), under its buttons."""
    assert text_of(message).startswith(answer.text), (text_of(message)[:200], answer.text[:200])


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.code)
def test_a_whole_conversation(house: House, speaker: Speaker, words: Words) -> None:
    person = Person(house.telegram, "de")  # the app's language is none of Faro's: it is chosen in the chat
    person.say("/start")
    begins(person.next(), speaker.answer("greet", "es"))

    person.say("/language")
    asked = person.next()
    begins(asked, speaker.answer("choose_language", "es"))
    pressed(person, asked, words.own)
    assert person.next().text

    person.say(words.question)
    answered = person.next()
    begins(answered, speaker.answer("hiv_sti", words.code))
    offered = speaker.answer("hiv_sti", words.code).buttons
    assert [title for title, _ in answered.buttons][: len(offered)] == [one.title for one in offered]

    person.say(words.follow_up)
    begins(person.next(), speaker.follow_up("ask_cost", "hiv_sti", words.code))

    pressed(person, answered, offered[0].title)
    begins(person.next(), speaker.answer(offered[0].id.removeprefix("topic:"), words.code))

    before = len(person.heard())
    person.share(*PLACE)
    heard = house.telegram.wait(
        lambda: [one for one in person.heard()[before:] if " km" in one.text], "the nearest services"
    )
    begins(heard[0], speaker.sentence("nearest_found", words.code))
    house.telegram.wait(lambda: house.telegram.to(person.id, "deleteMessage"), "the keyboard is gone")
    person.catch_up()

    person.say(words.human)
    begins(person.next(), speaker.answer("ask_human", words.code))

    person.say(words.delete)
    confirm = person.next()
    begins(confirm, speaker.answer("erase_data", words.code))
    person.press("erase:yes")
    begins(person.next(), speaker.sentence("erase_done", words.code))


def test_a_position_is_asked_for_with_telegrams_own_button(house: House, speaker: Speaker) -> None:
    person = Person(house.telegram, "fr")
    person.say("/start fr")
    person.next()
    person.press("topic:nearest_service")
    person.say("quel est le centre de santé le plus proche de moi ?")
    title = speaker.library.current().interface.buttons["share_location"].get(("fr",))
    asked = house.telegram.wait(
        lambda: [one for one in person.heard() if "keyboard" in one.parameters.get("reply_markup", {})], "asked"
    )
    assert asked[0].parameters["reply_markup"]["keyboard"] == [[{"text": title, "request_location": True}]]


def test_a_worker_that_is_killed_in_a_stream_loses_nobody_and_repeats_at_most_what_was_on_its_way(house: House) -> None:
    everybody = [Person(house.telegram, "es") for _ in range(4)]
    for number in range(3):
        for person in everybody:
            person.say("/menu")
        if number == 1:
            house.telegram.wait(lambda: any(person.heard() for person in everybody), "somebody is answered")
            killed = house.faro.kill("worker")
            house.faro.wait_restarted("worker", killed)
    for person in everybody:
        # What was on its way when the worker died is sent again when its patience (45 s) is over.
        house.telegram.wait(lambda person=person: len(person.heard()) >= 3, "three answers", 90)
    telegram_sent = sum(len(person.heard()) for person in everybody)
    assert 12 <= telegram_sent <= 12 + len(everybody)


def test_neither_the_token_nor_anybodys_number_is_in_a_log_or_a_table(house: House) -> None:
    person = Person(house.telegram, "en")
    person.say("/start")
    person.next()
    person.send(text="my secret name is Rumpelstiltskin")
    person.next()
    file = next(Path(house.faro.folder).rglob("faro.sqlite3"))
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        rows = json.dumps([database.execute(f'select * from "{name}"').fetchall() for name in tables], default=str)  # noqa: S608
    database.close()
    secret = TOKEN.partition(":")[2]
    assert "Rumpelstiltskin" in rows  # it is the right database
    for private in (secret, SECRET, str(person.id)):
        assert private not in house.faro.output
        assert private not in rows
    assert "Rumpelstiltskin" not in house.faro.output


def test_what_telegram_shows_is_told_at_the_start_of_polling(house: House) -> None:
    if house.faro.environ["TELEGRAM_MODE"] == "webhook":
        assert house.telegram.profile == {}  # `bot telegram set-webhook` does it
    else:
        assert "setMyCommands:fr" in house.telegram.profile
