"""Changing the language: by a button, or by asking for it in any of the languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.careful import CarefulAction, effect

#: The register of languages, beside the answers; how each language is called in the others stands there too.
REGISTER = Path(__file__).resolve().parent.parent / "content" / "languages.yml"

#: "I do not understand Spanish" names the language that is not wanted. (es, en, fr and how they are typed)
_REFUSAL = re.compile(
    r"\b(no|not|dont|cant|cannot|ne|pas|n|sin|without|sans|nada|never|jamais|instead of|en vez|au lieu)\b"
)

#: Where one thought ends: "I don't understand Spanish, English please" refuses only the first language.
_CLAUSE = re.compile(r"[,.;:!?\n]|\b(?:but|pero|mais)\b")

#: Between two languages that a refusal means both: "ni español ni inglés".
_BOTH = re.compile(r"^\W*(?:y|o|ni|and|or|nor|et|ou)\b")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def language_asked_for(text: str, called: Mapping[str, Sequence[str]]) -> str:
    """The language that a message asks for, or "" when it names none, several, or only some that it refuses.

    Args:
        text: the message.
        called: language code -> how the language is called ("english", "inglés", "anglais").
    """
    wanted = {code for clause in _CLAUSE.split(_plain(text)) for code in _wanted(clause, called)}
    return wanted.pop() if len(wanted) == 1 else ""


def _wanted(clause: str, called: Mapping[str, Sequence[str]]) -> set[str]:
    """The languages that a clause names and does not refuse.

    A refusal is about the language named after it and those joined to that one; at the end, about the one before it.
    """
    named = sorted(
        (match.start(), match.end(), code)
        for code, names in called.items()
        for name in names
        for match in re.finditer(rf"\b{re.escape(_plain(name))}\b", clause)
    )
    refused: set[str] = set()
    for refusal in _REFUSAL.finditer(clause):
        after = [one for one in named if one[0] >= refusal.end()]
        refused |= {code for _, _, code in after[:1] or named[-1:]}
        for (_, end, _), (begin, _, code) in pairwise(after):
            if not _BOTH.match(clause[end:begin]):
                break
            refused.add(code)
    return {code for _, _, code in named} - refused


#: The register as it was last read whole: while somebody edits the file, languages must still change.
_kept: dict[Path, dict[str, list[str]]] = {}


def _called() -> dict[str, list[str]]:
    try:
        register = yaml.safe_load(REGISTER.read_text(encoding="utf-8"))["languages"]
        _kept[REGISTER] = {code: [entry["name"], *entry.get("called", [])] for code, entry in register.items()}
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError, AttributeError):
        if REGISTER not in _kept:
            raise
    return _kept[REGISTER]


def say_language(say: CollectingDispatcher, code: str) -> None:
    """Change the conversation's language and confirm it in the new one."""
    effect(say, "language", code)
    say.utter_message(response="utter_sentence_language_changed", language=code)


class ActionSetLanguage(CarefulAction):
    """The button with a language's name."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_set_language"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Change to the language of the button, if it is one of ours."""
        code = next((one["value"] for one in tracker.latest_message.get("entities") or []), "")
        if code in _called():
            say_language(say, code)
        else:
            say.utter_message(response="utter_choose_language")


class ActionChooseLanguage(CarefulAction):
    """Asked in words: "English please", "en français", "no hablo español"."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_choose_language"

    def act(self, say: CollectingDispatcher, tracker: Tracker) -> None:
        """Change at once when the wish is clear, else offer the languages."""
        code = language_asked_for(tracker.latest_message.get("text") or "", _called())
        if code:
            say_language(say, code)
        else:
            say.utter_message(response="utter_choose_language")
