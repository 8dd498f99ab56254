"""Whole conversations through the real path: inbox, turn, Rasa with the trained model, actions, outbox."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from bot.answers.library import Library
from bot.answers.speaker import Speaker
from bot.nlu.text import fold, words
from bot.settings import ROOT
from bot.words import FALLBACK
from tests.processes.dialogues import FOLDER, Judge, Script, Turn, Verdict, read, share, speak

#: Share of the turns of a language that must bring what the person needed.
ENOUGH = 0.90

#: Fewest conversations of a language, and their length in turns.
FEWEST = 30
LENGTHS = range(3, 8)

SCRIPTS = {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}
LANGUAGES = sorted(SCRIPTS)
NAMES = [(language, script.name) for language in LANGUAGES for script in SCRIPTS[language]]

Held = Callable[[str], dict[str, list[Verdict]]]


@pytest.fixture(scope="module")
def held(model: None, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Holds the conversations of a language, once, and gives the verdicts by the name of the conversation."""
    judge, known = Judge(), dict[str, dict[str, list[Verdict]]]()

    def hold(language: str) -> dict[str, list[Verdict]]:
        if language not in known:
            scripts = SCRIPTS[language]
            came = speak(scripts, tmp_path_factory.mktemp(f"dialogues-{language}"))
            known[language] = {one.name: judge.judge(one, heard) for one, heard in zip(scripts, came, strict=True)}
        return known[language]

    return hold


@pytest.mark.processes
@pytest.mark.parametrize(("language", "name"), NAMES, ids=[f"{one[0]}-{one[1]}" for one in NAMES])
def test_what_is_understood_is_followed_through(held: Held, language: str, name: str) -> None:
    broken = [str(verdict) for verdict in held(language)[name] if verdict.broken]
    assert not broken, "\n".join(broken)


@pytest.mark.processes
@pytest.mark.parametrize("language", LANGUAGES)
def test_people_get_what_they_need(held: Held, language: str) -> None:
    verdicts = [verdict for script in held(language).values() for verdict in script]
    missed = [f"{name}: {one}" for name, script in held(language).items() for one in script if one.missed]
    told = "\n  ".join([f"{language}: {share(verdicts):.1%} of {len(verdicts)} turns", *missed])
    sys.stdout.write(told + "\n")
    assert share(verdicts) >= ENOUGH, told


# The scripts themselves


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_conversations_of_some_length(language: str) -> None:
    scripts = SCRIPTS[language]
    assert len(scripts) >= FEWEST
    assert len({script.name for script in scripts}) == len(scripts)
    assert [script.name for script in scripts if len(script.turns) not in LENGTHS] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_was_learnt_by_heart(language: str) -> None:
    """Of five words and more: "how much is it?" has to be in the examples too."""
    learnt = {_plain(text) for text in _examples(language)}
    said = [turn.say for script in SCRIPTS[language] for turn in script.turns if len(words(turn.say)) >= 5]
    assert [text for text in said if _plain(text) in learnt] == []


def _plain(text: str) -> str:
    return " ".join(words(fold(text)))


def _examples(language: str) -> list[str]:
    blocks = [
        block["examples"]
        for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    ]
    questions = yaml.safe_load((ROOT / "tests" / "questions" / f"{language}.yml").read_text(encoding="utf-8"))
    return [line.removeprefix("- ") for block in blocks for line in block.splitlines()] + [
        question["text"] for question in questions["questions"]
    ]


def test_the_topics_are_those_of_the_domain_or_outcomes() -> None:
    from bot.conversations.models import Message

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    known = {*domain, FALLBACK, *Message.Outcome.values}
    turns = [turn for scripts in SCRIPTS.values() for script in scripts for turn in script.turns]
    assert {topic for turn in turns for topic in (*turn.topics, *turn.answers)} <= known


# The judge


def _turn(**given: Any) -> Turn:
    nothing = dict.fromkeys(("say", "button", "sentence", "kind", "effect"), "")
    return Turn(**{**nothing, "topics": ("greet",), "answers": (), "says": (), "language": "es", **given})


def _heard(topic: str, text: str, *buttons: str, language: str = "es", effect: str = "") -> dict[str, Any]:
    shown = [{"title": "", "id": button} for button in buttons]
    effects = [{"kind": effect, "value": ""}] if effect else []
    answers = [{"text": text, "buttons": shown}]
    return {"topic": topic, "language": language, "answers": answers, "effects": effects}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


GREETING = "Hola. Soy Faro, un asistente automático de información. No soy una persona."


@pytest.mark.parametrize(
    ("turn", "heard", "broken", "missed"),
    [
        (_turn(say="hola"), _heard("greet", GREETING), "", False),
        (_turn(say="hola"), _heard("thank", GREETING), "", True),
        (_turn(say="hola"), _heard("greet", "Hello. I am Faro"), "not words in es", False),
        (_turn(say="hola"), _heard("greet", GREETING, language="en"), "in en, not in es", False),
        (_turn(say="hola"), _heard("greet", GREETING, effect="erase"), "erase without being asked", False),
        (_turn(say="hola"), _heard("thank", GREETING, effect="erase"), "erase without being asked", True),
        (_turn(say="hola", effect="erase"), _heard("greet", GREETING), "effect erase did not come", False),
        (_turn(say="hola", says=("911",)), _heard("greet", GREETING), "'911' is not in", False),
        (_turn(say="hola", says=("911",)), _heard("thank", GREETING), "", True),
        (_turn(say="hola", answers=("greet",)), _heard("greet", GREETING), "no answer on greet", True),
        (_turn(say="hola", kind="shelter"), _heard("greet", GREETING), "'Albergues' is not in", False),
        (_turn(say="hola", sentence="erase_done"), _heard("greet", GREETING), "is not in", False),
        (_turn(button="area:health"), _heard("greet", GREETING), "'Salud' is not in", False),
        (_turn(button="menu"), _heard("greet", GREETING), "was not offered", False),
        (_turn(say="hola"), {**_heard("greet", ""), "answers": []}, "no answer", False),
    ],
)
def test_the_judge_sees(judge: Judge, turn: Turn, heard: dict[str, Any], broken: str, missed: bool) -> None:
    verdict = judge.judge(Script("es", "one", (turn,)), [heard])[0]
    assert bool(verdict.missed) == missed
    assert (broken in str(verdict)) if broken else not verdict.broken


def test_what_follows_a_misunderstanding_is_no_breakage_but_a_miss(judge: Judge) -> None:
    turns = (_turn(say="hola"), _turn(say="¿y?", topics=("ask_cost",), answers=("hiv_sti",)))
    lost, other = _heard("thank", GREETING), _heard("ask_cost", GREETING)
    verdicts = judge.judge(Script("es", "one", turns), [lost, other])
    assert [bool(verdict.missed) for verdict in verdicts] == [True, True]
    assert not verdicts[1].broken
    understood = judge.judge(Script("es", "one", turns), [_heard("greet", GREETING), other])
    assert understood[1].broken
    assert share(understood) == 0.5


def test_a_short_question_may_be_answered_with_a_part_of_an_answer(judge: Judge) -> None:
    turn = _turn(say="¿teléfono?", topics=("ask_phone",), answers=("contact_iom",))
    part = Speaker(Library(ROOT / "content")).follow_up("ask_phone", "contact_iom", "es").text
    assert not judge.judge(Script("es", "one", (turn,)), [_heard("ask_phone", part)])[0].missed
