"""People say everything that they should not to the real processes, on every channel; then every place is searched for it.

The places, and what may stand in each, are declared in tests/privacy/places.py.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from tests.channels.telegram import people as telegram_people
from tests.channels.telegram.stand_in import TOKEN as TELEGRAM_TOKEN
from tests.channels.telegram.stand_in import StandIn
from tests.channels.whatsapp import standin
from tests.channels.whatsapp.standin import Meta, deliver, envelope
from tests.privacy.places import DATABASE_FILES, FILES, OTHER_TABLES, WITH_IDS, WITH_TEXTS
from tests.processes.running import Faro, Person, eventually, running
from tests.processes.test_whatsapp import environ as whatsapp_environ

pytestmark = pytest.mark.processes

#: Who somebody is to a channel, and what a provider tells of them unasked: stands nowhere in clear, at no time.
CHAT, PHONE, BSUID = 7_654_321_098, "50767778881", "PA.98765432109876543"
UNASKED = (
    *(str(CHAT), PHONE, BSUID, "Apellidosecreto", "usuariosecreto", "Persona Privada"),
    *("actadenacimiento", "foto-de-mi-hija", "Tarjetaajena", "69998887", "69998886", "8.98765", "-79.51234"),
)

#: What people write: as it is until the window ends, and only where texts may stand.
NUMBERS = {
    "telegram": ("6555-1234", "rosa.telegram@example.org", "AB1234567"),
    "whatsapp": ("6555-4321", "rosa.whatsapp@example.org", "4111 1111 1111 1111"),
    "web": ("6555-9876", "rosa.web@example.org", "8.7654, -77.6543"),
}
CAPTIONS = ("6555-1111", "6555-2222")
TROUBLE = "6555-3333"
FORGED = "6555-7777"  # in the id of a button that no page has
SECRETS = (*(one for some in NUMBERS.values() for one in some), *CAPTIONS, TROUBLE, FORGED)

#: Stand beside them and stay until the message goes: by them the search is seen to look at the right place.
MARKS = {"telegram": "marcatelegram", "whatsapp": "marcawhatsapp", "web": "marcaweb"}


@dataclass
class House:
    """Faro with its three channels, and somebody on each."""

    faro: Faro
    telegram: StandIn
    meta: Meta
    contacts: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return Path(self.faro.folder) / "var"

    def run(self, *command: str) -> str:
        """A command of ours, or of tests/privacy/inside.py, on the same database."""
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR")}
        environment = {**kept, "DATA_DIR": str(self.data), "CONTENT_DIR": str(self.faro.content), "LOG_LEVEL": "DEBUG"}
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert not [one for one in (*UNASKED, *SECRETS) if one in done.stderr]
        return done.stdout

    def inside(self, verb: str) -> Any:
        return json.loads(self.run("tests.privacy.inside", verb))

    def tables(self) -> dict[str, str]:
        """Everything in every table, as one text each."""
        with closing(sqlite3.connect(f"file:{self.data / 'faro.sqlite3'}?mode=ro", uri=True)) as database:
            names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            return {name: str(database.execute(f'select * from "{name}"').fetchall()) for name in names}  # noqa: S608

    def files(self) -> dict[str, bytes]:
        """The bytes of every file of DATA_DIR."""
        return {one.name: one.read_bytes() for one in self.data.rglob("*") if one.is_file()}


def private(text: str | bytes, words: tuple[str, ...]) -> list[str]:
    """Those of the words that stand in a text, whatever signs stand between their digits."""
    if isinstance(text, bytes):
        return [one for one in words if one.encode() in text]
    return [one for one in words if one in text]


@pytest.fixture(scope="module")
def house(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        meta = stack.enter_context(standin.running())
        telegram = StandIn(validated=False)
        stack.callback(telegram.close)
        more = {"TELEGRAM_TOKEN": TELEGRAM_TOKEN, "TELEGRAM_API_BASE": telegram.url, "LOG_LEVEL": "DEBUG"}
        folder = tmp_path_factory.mktemp("everywhere")
        faro = stack.enter_context(running(folder, **whatsapp_environ(meta), **more))
        yield House(faro, telegram, meta)


def on_telegram(house: House) -> telegram_people.Person:
    person = telegram_people.Person(house.telegram, "es", number=CHAT)
    person.user |= {"last_name": "Apellidosecreto", "username": "usuariosecreto"}
    person.chat |= {"last_name": "Apellidosecreto", "username": "usuariosecreto"}
    number, mail, passport = NUMBERS["telegram"]
    person.say(f"{MARKS['telegram']}: mi número es {number}, mi correo {mail}, mi pasaporte {passport}")
    person.next(60)
    photo = [{"file_id": "foto-de-mi-hija", "file_unique_id": "x1", "width": 90, "height": 90}]
    person.send(photo=photo, caption=f"llame al {CAPTIONS[0]}")
    document = {"file_id": "d1", "file_unique_id": "x2", "file_name": "actadenacimiento.pdf"}
    person.send(document=document)
    person.send(contact={"phone_number": "+50769998887", "first_name": "Tarjetaajena", "vcard": "TEL:69998887"})
    person.share(8.98765, -79.51234)
    offered = next((name for one in person.heard() for _, name in one.buttons), "topic:show_menu")
    person.press(offered)
    person.say("no me sirvió")
    person.say("/persona")
    house.telegram.wait(lambda: len(person.heard()) >= 6, "answers to all of it", 60)
    return person


def on_whatsapp(house: House) -> standin.Person:
    person = standin.Person(PHONE, BSUID)
    number, mail, card = NUMBERS["whatsapp"]
    shared = {"contacts": [{"name": {"formatted_name": "Tarjetaajena"}, "phones": [{"phone": "+507 69998886"}]}]}
    document = {"id": "1", "filename": "actadenacimiento.pdf", "caption": f"es de {CAPTIONS[1]}"}
    for value in (
        person.says(f"{MARKS['whatsapp']}: tel {number}, correo {mail}, tarjeta {card}"),
        person.value(person.message("document", document)),
        person.value(person.message("contacts") | shared),
        person.shares(8.98765, -79.51234),
        person.taps("topic:shelter", title="Albergue"),
    ):
        answered_on_whatsapp(house, value, 60)
    return person


def answered_on_whatsapp(house: House, value: dict[str, Any], seconds: float) -> None:
    before = len(house.meta.taken)
    deliver(f"{house.faro.url}/webhooks/whatsapp", envelope(value))
    eventually(lambda: len(house.meta.taken) > before or None, seconds=seconds, what="an answer")


def on_the_page(house: House) -> Person:
    person = Person(house.faro.url)
    number, mail, place = NUMBERS["web"]
    person.ask(f"{MARKS['web']}: llame al {number} o a {mail}, estoy en {place}", seconds=60)
    person.ask(choice=f"topic:{FORGED}")
    person.client.post("/chat/messages", content=f'{{"id": "{number}', headers={"Content-Type": "application/json"})
    return person


def rubbish(house: House) -> None:
    """What nobody signed, and what nobody can read."""
    for path in ("telegram", "whatsapp"):
        httpx.post(f"{house.faro.url}/webhooks/{path}", content=f"{{{SECRETS[0]} {PHONE}", trust_env=False)
    deliver(f"{house.faro.url}/webhooks/whatsapp", {"object": SECRETS[0], "entry": [{"changes": [{"value": PHONE}]}]})
    httpx.get(f"{house.faro.url}/{SECRETS[0]}?q={PHONE}", trust_env=False)


def test_every_place_while_masked_and_after_everybody_is_gone(house: House) -> None:  # noqa: PLR0915 - one long story
    telegram = on_telegram(house)
    whatsapp = on_whatsapp(house)
    web = on_the_page(house)
    rubbish(house)
    killed = house.faro.kill("rasa")
    web.ask(f"¿me oyen? {TROUBLE}", seconds=60)

    # Now: who somebody is stands nowhere, what was said only where texts stand.
    ready = httpx.get(f"{house.faro.url}/readyz", trust_env=False).text
    house.contacts = house.inside("contacts")
    assert len(house.contacts) == 3
    figures = house.run("bot", "figures") + house.inside("figures")
    exported = [house.run("bot", "export", one) for one in house.contacts]
    tables, files = house.tables(), house.files()
    everything = "".join(tables.values())
    assert re.search(r"near:\w+=", everything), "the position was understood"
    assert private(everything, SECRETS) == list(SECRETS), "it is the right database"
    assert private(everything, tuple(MARKS.values())) == list(MARKS.values())
    for name, text in tables.items():
        assert private(text, UNASKED) == [], name
        if name not in WITH_TEXTS:
            assert private(text, SECRETS) == [], name
    for name, content in files.items():
        assert FILES.fullmatch(name), f"{name}: a file that nobody has declared in tests/privacy/places.py"
        assert private(content, UNASKED) == [], name
        if name not in DATABASE_FILES:
            assert private(content, SECRETS) == [], name
    for name, text in {"log": house.faro.output, "readyz": ready, "figures": figures}.items():
        assert private(text, (*UNASKED, *SECRETS, *MARKS.values())) == [], name
    assert "turn failed" in house.faro.output, "the log is that of the trouble too"
    assert private("".join(exported), SECRETS) == list(SECRETS)
    assert private("".join(exported), UNASKED) == []

    # After the window: nothing personal stands anywhere, not in the bytes either; what surrounds it does.
    assert house.inside("mask") > 0
    for name, content in house.files().items():
        assert private(content, (*UNASKED, *SECRETS)) == [], name
    tables = house.tables()
    assert private(tables["conversations_message"], tuple(MARKS.values())) == list(MARKS.values())
    assert not re.search(r"near:\w+=", "".join(tables.values())) and "[phone]" in tables["conversations_message"]
    shown = web.client.get("/").text
    assert "[teléfono borrado]" in shown and private(shown, SECRETS) == []

    # Gone: each in their own way, and nothing is left but numbers.
    house.faro.wait_restarted("rasa", killed)
    eventually(
        lambda: httpx.get(f"{house.faro.url}/readyz", trust_env=False).status_code == 200 or None,
        seconds=60,
        what="rasa",
    )
    telegram.catch_up()
    telegram.say("/borrar")
    telegram.next(30)
    telegram.press("erase:yes")
    telegram.next(30)
    for value in (whatsapp.says("borrar mis datos"), whatsapp.taps("erase:yes")):
        answered_on_whatsapp(house, value, 30)
    page = web.client.get("/chat/delete").text
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert web.client.post("/chat/delete", data={"csrfmiddlewaretoken": token}).status_code == 200
    assert house.inside("contacts") == []
    house.inside("sweep")
    told = tuple(MARKS.values())
    for name, content in house.files().items():
        assert private(content, (*UNASKED, *SECRETS, *told)) == [], name
    tables = house.tables()
    for name, text in tables.items():
        named = [one for one in house.contacts if one in text or one.replace("-", "") in text]
        assert not named or name in WITH_IDS, name
    assert tables["conversations_message"] == tables["conversations_contact"] == tables["conversations_address"] == "[]"
    assert set(tables) - OTHER_TABLES
    assert private(house.faro.output, (*UNASKED, *SECRETS, *told)) == []
    web.close()
