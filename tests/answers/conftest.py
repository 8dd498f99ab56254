"""A small invented content folder, in two languages, that the tests break in every way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.answers import required
from bot.answers.check import check
from bot.answers.folder import Folder
from bot.answers.problems import Problem
from bot.answers.schema import Content, Topic

TODAY = date(2031, 5, 20)

LANGUAGES = """\
languages:
  es: {name: Español, fallback: []}
  en: {name: English, fallback: [es], called: [inglés, english]}
default: es
"""

CONTACTS = """\
categories:
  roof: {es: Techo, en: Roof}
  help: {es: Ayuda, en: Help}
contacts:
  lighthouse:
    name: {es: Casa del Faro, en: Lighthouse House}
    purpose: {es: Techo por una noche, en: A roof for a night}
    category: roof
    position: {lat: 9.0, lon: -79.5, accuracy_m: 300, source: a sign, confidence: high}
    facts:
      - {kind: hours, value: {es: 24 horas, en: 24 hours}, source: a sign, date: 2031-01-02, confidence: high}
      - {kind: phone, value: 555-0101, source: a sign, date: '2029-04', confidence: medium}
      - {kind: phone, value: +507 5555-0102, source: a sign, date: '2029-04', confidence: medium}
      - {kind: whatsapp, value: +507 5555-0103, source: a sign, date: 2031-01-02, confidence: high}
      - {kind: email, value: door@lighthouse.example, source: a sign, date: '2028', confidence: medium}
      - {kind: url, value: https://lighthouse.example, source: a sign, date: 2031-01-02, confidence: high}
      - {kind: address, value: Calle del Mar 7, source: a sign, date: 2031-01-02, confidence: low}
      - {kind: phone, value: 555-0199, source: nobody}
  iom_panama:
    name: {es: Oficina, en: Office}
    purpose: {es: Preguntas, en: Questions}
    category: help
    facts:
      - {kind: phone, value: '126', source: a sign, date: 2031-01-02, confidence: high}
places:
  bahia: {name: Bahía Clara, province: Mar, lat: 8.99, lon: -79.52, accuracy_m: 2000, called: [la bahía]}
do_not_publish:
  - {value: 555-6677, reason: {es: Nunca, en: Never}}
  - {value: '377', reason: {es: Vieja, en: Old}}
  - {value: Calle Méndez 4, reason: {es: Vieja, en: Old}}
"""

FEVER = """\
topic: fever
title:
  es: Fiebre
  en: Fever
text:
  es: |-
    Beba agua y descanse.

    1. Si dura 3 días, vaya al médico.
  en: |-
    Drink water and rest.

    1. If it lasts 3 days, see a doctor.
contacts: [lighthouse]
next: [attack]
follow_ups: {ask_cost: attack, ask_more: fever}
sources:
  - fact: "1.1"
    url: https://health.example/fever
reviewed: 2031-05-01
review_every: 90
"""

ATTACK = """\
topic: attack
title: {es: Ataque, en: Attack}
text:
  es: |-
    Llame al 911 o al 104.
  en: |-
    In danger? Call 911 or 104.
contacts: []
next: [fever, show_menu]
follow_ups: {ask_more: fever}
sources: [{fact: "2.1"}]
reviewed: 2031-05-01
review_every: 30
"""

CONVERSATION = """\
topics:
  show_menu:
    title: {es: Menú, en: Menu}
    text: {es: Elija., en: Choose.}
    next: [fever, attack]
  ask_human:
    title: {es: Persona, en: Person}
    text: {es: Anotado., en: Noted.}
    contacts: [iom_panama]
    next: [show_menu]
  erase_data:
    title: {es: Borrar, en: Delete}
    text: {es: ¿Borrar todo?, en: Delete all?}
  choose_language:
    title: {es: Idioma, en: Language}
    text: {es: ¿Qué idioma?, en: Which language?}
"""

MENU = """\
menu:
  health:
    title: {es: Salud, en: Health}
    topics: [fever]
  danger:
    title: {es: Peligro, en: Danger}
    topics: [attack]
"""

TOPICS = {
    topic.name: topic
    for topic in (
        Topic("fever", "health"),
        Topic("attack", "danger", safety=True),
        Topic("show_menu", "conversation"),
        Topic("ask_human", "conversation"),
        Topic("erase_data", "conversation"),
        Topic("choose_language", "conversation"),
        Topic("ask_cost", "follow_up", ellipsis=True),
        Topic("ask_phone", "follow_up", ellipsis=True),
        Topic("ask_more", "follow_up", ellipsis=True),
    )
}


def _interface() -> str:
    lines = [CONVERSATION.rstrip("\n"), MENU.rstrip("\n")]
    for section, keys in (
        ("sentences", required.SENTENCES),
        ("buttons", (*required.BUTTONS, "language_es", "language_en")),
        ("web", required.WEB),
    ):
        lines.append(f"{section}:")
        lines += [f"  {key}: {{es: es {key[:17]}, en: en {key[:17]}}}" for key in keys]
    return "\n".join(lines) + "\n"


@dataclass
class Shelf:
    """The content folder under test."""

    root: Path

    def write(self, within: str, text: str) -> None:
        file = self.root / within
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def text(self, within: str) -> str:
        return (self.root / within).read_text(encoding="utf-8")

    def replace(self, within: str, old: str, new: str) -> None:
        before = self.text(within)
        assert old in before, f"{old!r} is not in {within}"
        self.write(within, before.replace(old, new, 1))

    def line(self, within: str, part: str) -> int:
        return next(number for number, line in enumerate(self.text(within).splitlines(), 1) if part in line)

    def content(self) -> Content:
        folder = Folder(self.root)
        reading = folder.read(folder.stamps())
        assert not reading.breaking, [found.render("en") for found in reading.breaking]
        return reading.content

    def check(self, topics: dict[str, Topic] | None = None) -> list[Problem]:
        return check(self.root, TODAY, TOPICS if topics is None else topics)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "content")
    shelf.write("languages.yml", LANGUAGES)
    shelf.write("contacts.yml", CONTACTS)
    shelf.write("interface.yml", _interface())
    shelf.write("answers/health/fever.yml", FEVER)
    shelf.write("answers/danger/attack.yml", ATTACK)
    return shelf


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def add_third_language() -> Callable[[Shelf], None]:
    """Declare Tok Faro, a language that nobody speaks and no text is written in."""

    def add(shelf: Shelf) -> None:
        shelf.replace("languages.yml", "default:", "  qfa: {name: Tok Faro, fallback: [en]}\ndefault:")

    return add
