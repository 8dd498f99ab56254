"""Whole conversations on WhatsApp through the real processes: signed webhooks in, answers as Meta takes them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.answers.speaker import Speaker
from tests.channels.whatsapp import standin
from tests.channels.whatsapp.conftest import LIBRARY, PANAMA_CITY
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Meta, Taken, deliver, envelope, status
from tests.processes.running import Faro, eventually, running

pytestmark = pytest.mark.processes

SPEAKER = Speaker(LIBRARY)

#: Seconds for an answer, with a machine that does other things beside it.
ANSWER = 30


def environ(meta: Meta) -> dict[str, str]:
    return {
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY,
        "WHATSAPP_API_BASE": meta.url,
    }


@pytest.fixture(scope="module")
def meta() -> Iterator[Meta]:
    with standin.running() as one:
        yield one


@pytest.fixture(scope="module")
def faro(model: None, meta: Meta, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faro]:
    with running(tmp_path_factory.mktemp("whatsapp"), **environ(meta)) as started:
        yield started


@dataclass
class Chat:
    """One person and Faro."""

    faro: Faro
    meta: Meta
    person: standin.Person
    seen: int = field(default=0)

    def send(self, value: dict[str, object]) -> list[Taken]:
        """What Faro answers to one message."""
        deliver(f"{self.faro.url}/webhooks/whatsapp", envelope(value))
        eventually(lambda: self._answers() or None, seconds=ANSWER, what="an answer")
        answers = self._answers()
        self.seen = max(map(_key, answers))
        for one in answers:
            for progress in ("read", "sent", "delivered"):  # in disorder, as they come
                deliver(f"{self.faro.url}/webhooks/whatsapp", envelope(status(one, progress)))
        return answers

    def says(self, text: str) -> Taken:
        return self.send(self.person.says(text))[0]

    def taps(self, taken: Taken, place: int) -> Taken:
        _, name = taken.options[place]
        return self.send(self.person.taps(name, row=taken.body["interactive"]["type"] == "list"))[0]

    def is_asked_where(self) -> bool:
        """Whether the answer before has the button that shares a location, in a message of its own."""
        last = [one.body for one in self._mine() if _key(one) == self.seen]
        return any(body.get("interactive", {}).get("type") == "location_request_message" for body in last)

    def _answers(self) -> list[Taken]:
        return [one for one in self._mine() if _key(one) > self.seen]

    def _mine(self) -> list[Taken]:
        who = {self.person.phone, self.person.bsuid} - {""}
        return [one for one in self.meta.taken if {one.body.get("to"), one.body.get("recipient")} & who]


def _key(taken: Taken) -> int:
    """Which message it answers: `answer:7:0`."""
    return int(taken.body["biz_opaque_callback_data"].split(":")[1])


def first(text: str) -> str:
    return text.strip().split("\n\n")[0]


#: Language -> what somebody writes: a greeting, the name of the language, a question and what its answer holds, the menu,
#: a question about what is near, a short question after it, for a person, and to be deleted.
SCRIPTS = {
    "es": (
        "hola",
        "Español",
        ("¿cuánto cuesta volver a mi país con la OIM?", "305-3350"),
        "menú",
        "¿qué ayuda tengo cerca de donde estoy?",
        "¿y el teléfono?",
        "quiero hablar con una persona",
        "borrar mis datos",
    ),
    "en": (
        "hello",
        "English",
        ("how much does it cost to go back home with IOM?", "305-3350"),
        "menu",
        "Is there any help close to where I am?",
        "and the phone number?",
        "I want to talk to a person",
        "delete my data",
    ),
    "fr": (
        "bonjour",
        "Français",
        ("combien ça coûte de rentrer au pays avec l'OIM ?", "305-3350"),
        "menu",
        "quelle aide y a-t-il près de moi ?",
        "et le numéro ?",
        "je veux parler à une personne",
        "effacer mes données",
    ),
}

PEOPLE = {
    "es": standin.Person("50761110001"),
    "en": standin.Person("", "US.13491208655302741918"),  # with a user name: nobody knows the number
    "fr": standin.Person("50761110003", "HT.22491208655302741918"),
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_whole_conversation(faro: Faro, meta: Meta, language: str) -> None:
    hello, name, (question, holds), menu, where, short, human, delete = SCRIPTS[language]
    chat = Chat(faro, meta, PEOPLE[language])

    assert first(SPEAKER.answer("greet", language).text) in chat.says(hello).text
    changed = first(SPEAKER.sentence("language_changed", language).text)
    assert changed in chat.says(name).text

    languages = chat.says("/language")
    assert languages.body["interactive"]["type"] == "button"
    own = [title for title, _ in languages.options].index(name)
    assert changed in chat.taps(languages, own).text

    answer = chat.says(question)
    assert holds in answer.text
    following = answer.options[0][1].removeprefix("topic:")
    assert first(SPEAKER.answer(following, language).text) in chat.taps(answer, 0).text

    shown = chat.says(menu)
    assert shown.body["interactive"]["type"] == "list"
    area = chat.taps(shown, 1)  # a row
    assert area.text.split("\n")[0].strip() == shown.options[1][0]
    topic = area.options[1][1].removeprefix("topic:")
    assert first(SPEAKER.answer(topic, language).text) in chat.says("2").text  # typed, for what the list shows second

    chat.says(where)
    eventually(lambda: chat.is_asked_where() or None, seconds=ANSWER, what="a request for the location")
    near = chat.send(chat.person.shares(*PANAMA_CITY))[0]
    assert re.search(r"\b\d+ km\b", near.text)
    assert first(SPEAKER.sentence("nearest_found", language).text)[:20] in near.text

    assert chat.says(short).text  # after an answer it is about that answer

    assert first(SPEAKER.answer("ask_human", language).text) in chat.says(human).text
    sure = chat.says(delete)
    assert [name for _, name in sure.options] == ["erase:yes", "erase:no"]
    gone = chat.taps(sure, 0)
    assert first(SPEAKER.sentence("erase_done", language).text)[:40] in gone.text

    told = faro.output
    secrets = [TOKEN, APP_SECRET, VERIFY, chat.person.phone, chat.person.bsuid, "wamid", question, str(PANAMA_CITY[0])]
    assert [one for one in secrets if one and one in told] == []


def test_a_photo_a_voice_note_and_a_command_are_answered(faro: Faro, meta: Meta) -> None:
    chat = Chat(faro, meta, standin.Person("50761110009"))
    voice = chat.send(chat.person.value(chat.person.message("audio", {"id": "1", "voice": True})))[0]
    assert first(SPEAKER.sentence("not_supported", "es").text) in voice.text
    caption = {"id": "1", "caption": "where can I find a shelter tonight?"}
    assert "911" in chat.send(chat.person.value(chat.person.message("image", caption)))[0].text
    assert chat.says("/menu").body["interactive"]["type"] == "list"
    assert chat.says("/restart").text  # no command of ours: a text like any other
    assert chat.send(chat.person.taps("/restart"))[0].text.startswith(
        first(SPEAKER.sentence("stale_button", "en").text)
    )
