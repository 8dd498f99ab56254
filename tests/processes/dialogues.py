"""Scripts of conversations (tests/dialogues/*.yml): how they are read, spoken to the real processes, and judged.

A file holds `language: es` and `scripts:`, each with a `name` and `turns`. A turn has `say` (what the person writes) or
`button` (the id of a button that was offered), and what should come:

topic: what should be understood; a list when several are right
answers: the topic whose answer must be given, whatever was understood (short questions); a list when several are right
says: what the answer must hold (numbers, names of towns); a list when it is several things
sentence: the key of the sentence of content/interface.yml that must be said
kind: the kind of service (a category of content/contacts.yml) that must be named
effect: "erase", "handover", "feedback" or "language:fr"; without it nothing may be erased and no language chosen
language: of the answer, from this turn on
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.answers.library import Library
from bot.answers.speaker import Speaker
from bot.settings import ROOT
from bot.words import MENU_AREA

FOLDER = ROOT / "tests" / "dialogues"

#: Between two conversations (bot/commands/talk.py).
NEW_CONTACT = "---"

#: Seconds for all conversations of a language; a turn takes about 0.1 s.
PATIENCE = 240

#: Effects that nobody may get without having asked.
UNASKED = ("erase", "language")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person does, and what should come."""

    say: str
    button: str
    topics: tuple[str, ...]
    answers: tuple[str, ...]
    says: tuple[str, ...]
    sentence: str
    kind: str
    effect: str
    language: str

    @property
    def line(self) -> str:
        """What is written into the terminal."""
        return self.button or self.say


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation."""

    language: str
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One turn as it went. `missed`: not what the person needed; `broken`: wrong although all was understood."""

    turn: Turn
    missed: str = ""
    broken: tuple[str, ...] = ()

    def __str__(self) -> str:
        wrong = "; ".join(filter(None, (*self.broken, self.missed)))
        return f"{self.turn.line!r}: {wrong or 'well'}"


def read(path: Path) -> list[Script]:
    """The scripts of one file."""
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    scripts = []
    for script in file["scripts"]:
        language, turns = file["language"], []
        for turn in script["turns"]:
            language = turn.get("language", language)
            turns.append(_turn(turn, language))
        scripts.append(Script(file["language"], script["name"], tuple(turns)))
    return scripts


def _turn(turn: Mapping[str, Any], language: str) -> Turn:
    known = {"say", "button", "topic", "answers", "says", "sentence", "kind", "effect", "language"}
    assert set(turn) <= known and ("say" in turn) != ("button" in turn), turn
    several = {name: _tuple(turn.get(name, ())) for name in ("topic", "answers", "says")}
    assert several["topic"], turn
    return Turn(
        say=turn.get("say", ""),
        button=turn.get("button", ""),
        topics=several["topic"],
        answers=several["answers"],
        says=several["says"],
        sentence=turn.get("sentence", ""),
        kind=turn.get("kind", ""),
        effect=turn.get("effect", ""),
        language=language,
    )


def _tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def speak(scripts: Sequence[Script], folder: Path) -> list[list[dict[str, Any]]]:
    """Hold all conversations, one after the other, through one `bot talk`. Returns what came, turn by turn.

    Args:
        scripts: the conversations.
        folder: for the database of the run.
    """
    lines = [line for script in scripts for line in (*(turn.line for turn in script.turns), NEW_CONTACT)]
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "talk", "--json"],
        input="\n".join(lines),
        cwd=ROOT,
        env={**environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    came = iter([json.loads(line) for line in done.stdout.splitlines()])
    return [[next(came) for _ in script.turns] for script in scripts]


#: A country of which no answer says anything by itself (ISO 3166: free for users).
OF_NO_LINE = "ZZ"


class Judge:
    """Says what went wrong in conversations, by what Faro's content says in each language."""

    def __init__(self, speaker: Speaker | None = None) -> None:
        self._speaker = speaker or Speaker(Library(ROOT / "content"))

    def judge(self, script: Script, came: Sequence[Mapping[str, Any]]) -> list[Verdict]:
        """Judge a whole conversation. What follows a misunderstanding may be about something else: that is no breakage."""
        verdicts: list[Verdict] = []
        offered: set[str] = set()
        on_track = True
        for turn, heard in zip(script.turns, came, strict=True):
            answered = self._answered(turn, heard)
            understood = heard["topic"] in turn.topics
            missed = ""
            if not (answered if turn.answers else understood):
                wanted = " or ".join(turn.answers or turn.topics)
                missed = f"came {heard['topic']} ({_first_line(heard)}), should have come {wanted}"
            # A button of an answer that never came is not pressed but typed: nothing can be told from that.
            broken = [] if turn.button and not on_track else self._always(turn, heard)
            if on_track and (understood or turn.button):
                broken += self._mechanics(turn, heard, offered, answered=answered)
            verdicts.append(Verdict(turn, missed, tuple(broken)))
            on_track = on_track and not missed
            offered |= {button["id"] for answer in heard["answers"] for button in answer["buttons"]}
        return verdicts

    def _always(self, turn: Turn, heard: Mapping[str, Any]) -> list[str]:
        """What must hold whatever was understood: an answer in the language, and nothing done without being asked."""
        wrong = []
        if not heard["answers"]:
            return ["no answer"]
        if heard["language"] != turn.language:
            wrong.append(f"in {heard['language']}, not in {turn.language}")
        spoken = [answer["text"].split("\n\n")[0] for answer in heard["answers"]]
        if not any(wrong) and not all(one in self._openings[turn.language] for one in spoken):
            wrong.append(f"these are not words in {turn.language}: {spoken}")
        kinds = {effect["kind"] for effect in heard["effects"]} & set(UNASKED)
        wrong += [f"{kind} without being asked" for kind in kinds if not turn.effect.startswith(kind)]
        return wrong

    def _mechanics(self, turn: Turn, heard: Mapping[str, Any], offered: set[str], *, answered: bool) -> list[str]:
        wrong = []
        text = heard["answers"][0]["text"] if heard["answers"] else ""
        if turn.button and turn.button not in offered:
            wrong.append("the button was not offered")
        elif turn.button and heard["topic"] not in turn.topics:
            wrong.append(f"the button led to {heard['topic']}")
        if turn.answers and not answered:
            wrong.append(f"no answer on {' or '.join(turn.answers)} but: {_first_line(heard)}")
        wrong += [f"{said!r} is not in: {text[:300]!r}" for said in self._must_say(turn) if said not in text]
        effects = {effect["kind"] for effect in heard["effects"]}
        effects |= {f"{effect['kind']}:{effect['value']}" for effect in heard["effects"]}
        if turn.effect and turn.effect not in effects:
            wrong.append(f"effect {turn.effect} did not come")
        return wrong

    def _must_say(self, turn: Turn) -> list[str]:
        """What must stand in the answer, in the words that content/ has for it today."""
        interface = self._speaker.library.current().interface
        categories = self._speaker.library.current().categories
        wordings = [interface.sentences[turn.sentence]] if turn.sentence else []
        wordings += [categories[turn.kind]] if turn.kind else []
        if turn.button.startswith(MENU_AREA):
            wordings.append(interface.menu[turn.button.removeprefix(MENU_AREA)].title)
        return [*turn.says, *(wording.get((turn.language,)) for wording in wordings)]

    def _answered(self, turn: Turn, heard: Mapping[str, Any]) -> bool:
        text = heard["answers"][0]["text"] if heard["answers"] else ""
        return any(text in self._texts(topic, turn) for topic in turn.answers)

    def _texts(self, topic: str, turn: Turn) -> set[str]:
        """Texts that are answers on a topic: its own, and what of it answers the short question."""
        asked = [one for one in turn.topics if one.startswith("ask_")]
        short = [self._speaker.follow_up(question, topic, turn.language) for question in asked]
        answer = self._speaker.library.current().answers.get(topic)
        of_country = [(code,) for code in (*answer.countries, OF_NO_LINE)] if answer else []
        whole = {self._speaker.answer(topic, turn.language, codes).text for codes in ((), *of_country)}
        return {*whole, *(one.text for one in short if one.topic == topic)}

    @cached_property
    def _openings(self) -> dict[str, set[str]]:
        """The first paragraphs of everything that Faro says, by language."""
        content = self._speaker.library.current()
        wordings = [*(answer.text for answer in content.answers.values()), *content.interface.sentences.values()]
        wordings += [shelf.title for shelf in content.interface.menu.values()]
        return {
            language: {wording.get((language,)).split("\n\n")[0] for wording in wordings}
            for language in content.languages
        }


def _first_line(heard: Mapping[str, Any]) -> str:
    return heard["answers"][0]["text"].split("\n")[0][:100] if heard["answers"] else "nothing"


def share(verdicts: Sequence[Verdict], well: Callable[[Verdict], bool] = lambda one: not one.missed) -> float:
    """The share of turns that went well, in [0, 1]."""
    return sum(map(well, verdicts)) / len(verdicts)
