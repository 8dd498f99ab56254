"""Rasa's generator of answers, replaced by our library: it selects what people wrote and never leaves a turn empty.

Named in endpoints.yml as `nlg: {type: bot.answers.nlg.AnswerLibraryNLG, content: content}`. Rasa 3.6.21 calls it from
`ActionBotResponse` (rules: `utter_<topic>`) and from `RemoteAction` (a custom action's
`dispatcher.utter_message(response="utter_suggestions", topics=[...])`, whose further arguments arrive as `kwargs`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator

from bot.answers.country_lines import MOST_COUNTRIES
from bot.answers.library import Library
from bot.answers.render import NOT_UNDERSTOOD, together
from bot.answers.speaker import Speaker, panama_today
from bot.words import Outgoing

#: Key of further answers, of a message that asked two things: in what was understood (topics), and in the response.
ALSO = "also"

#: Key of the version of content/ in a response: the record says by it what a person was told, after a later edit too.
CONTENT_VERSION = "content_version"

#: Key of what was understood: the language of a message that Faro knows but does not speak. The sentence that says so,
#: in that language, is `written_in_` and its code.
WRITTEN_IN = "written_in"

PREFIX = "utter_"
SUGGESTIONS = "utter_suggestions"
AREA = "utter_area"
FOLLOW_UP = "utter_follow_up"
NEAREST = "utter_nearest"
NATIONALITY = "utter_nationality"

SENTENCE_PREFIX = "utter_sentence_"

#: Names that Rasa's own actions utter, and the sentence for each.
RASA_NAMES = {"utter_default": "not_understood_again", "utter_ask_rephrase": "not_understood_again"}

#: The entity that carries the code of a country in what was understood of a message.
COUNTRY = "nationality"

#: The content folder of this project.
CONTENT = Path(__file__).resolve().parents[2] / "content"


class AnswerLibraryNLG(NaturalLanguageGenerator):
    """Answers from content/.

    Args:
        endpoint_config: Rasa's EndpointConfig; its `content` names the folder, by default the one of this project.
        domain: not used; Rasa passes it to every generator.
        today: the day against which answers are valid.

    Raises:
        ContentError: the content cannot be served. Rasa then does not start.
    """

    def __init__(
        self, endpoint_config: Any = None, domain: Any = None, today: Callable[[], date] = panama_today
    ) -> None:
        options = getattr(endpoint_config, "kwargs", None) or {}
        self.library = Library(Path(options.get("content") or CONTENT).resolve())
        self.speaker = Speaker(self.library, today)

    async def generate(self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any) -> dict[str, Any]:
        """The answer that `utter_action` names, as Rasa wants it. Never raises, never empty.

        Of `kwargs`, `language` overrides the language of the message; `topics` and `key` (the sentence above them)
        belong to `utter_suggestions`, `area` to `utter_area`, `question` and `after` to `utter_follow_up`, `after` to
        `utter_nationality`, `kind`, `town` and `near` to `utter_nearest`. The topic that was answered is given back as
        `topic`, for the dialogue; the version of the content as `content_version`.
        """
        language = _language(tracker, kwargs.get("language")) or self.speaker.default_language
        countries = _countries(tracker)
        outgoing = self._outgoing(str(utter_action), language, countries, kwargs)
        others = self._others(tracker, outgoing.topic, language, countries)
        if len(others) == 1 and (whole := together(outgoing, others[0])) is not None:
            outgoing, others = whole, []
        if code := _language_not_spoken(tracker):
            note = self.speaker.sentence(f"{WRITTEN_IN}_{code}", language)
            outgoing = replace(outgoing, text=f"{note.text}\n\n{outgoing.text}")
        return _response(outgoing) | {
            "topic": outgoing.topic,
            CONTENT_VERSION: self.library.version,
            ALSO: [_response(other) for other in others],
        }

    def _others(self, tracker: Any, topic: str, language: str, countries: tuple[str, ...]) -> list[Outgoing]:
        """The answers to what was asked in the same breath as `topic`, if anything else clearly was."""
        understood = _understood(tracker)
        if not topic or topic != (understood.get("intent") or {}).get("name"):
            return []  # a guess, a short question, the menu: what the message was about is not certain
        also = [other for other in _names(understood.get(ALSO)) if other != topic]
        return [self.speaker.answer(other, language, countries) for other in also]

    def _outgoing(
        self, utter_action: str, language: str, countries: tuple[str, ...], kwargs: dict[str, Any]
    ) -> Outgoing:
        topics = _names(kwargs.get("topics"))
        given = {name: value for name, value in kwargs.items() if isinstance(value, str)}
        if utter_action == SUGGESTIONS:
            return self.speaker.suggestions(topics, language, given.get("key") or NOT_UNDERSTOOD)
        if utter_action == AREA:
            return self.speaker.area(given.get("area", ""), language)
        if utter_action == FOLLOW_UP:
            return self.speaker.follow_up(given.get("question", ""), given.get("after", ""), language, countries)
        if utter_action == NATIONALITY:
            return self.speaker.nationality(given.get("after", ""), language, countries)
        if utter_action == NEAREST:
            town, near = given.get("town", ""), given.get("near", "")
            return self.speaker.nearest(language, given.get("kind", ""), town=town, near=near)
        if utter_action in RASA_NAMES:
            return self.speaker.sentence(RASA_NAMES[utter_action], language)
        if utter_action.startswith(SENTENCE_PREFIX):
            return self.speaker.sentence(utter_action.removeprefix(SENTENCE_PREFIX), language, topics)
        return self.speaker.answer(utter_action.removeprefix(PREFIX), language, countries)


def _language(tracker: Any, asked: Any) -> str:
    asked = asked or _understood(tracker).get("language")
    return asked if isinstance(asked, str) else ""


def _understood(tracker: Any) -> dict[str, Any]:
    """What the latest message was understood as."""
    understood = getattr(getattr(tracker, "latest_message", None), "parse_data", None)
    return understood if isinstance(understood, dict) else {}


def _countries(tracker: Any) -> tuple[str, ...]:
    """The countries of the newest message that names any: where the person is from, or wants to go back to."""
    events = [one for one in getattr(tracker, "events", ()) if getattr(one, "type_name", "") == "user"]
    for understood in (_understood(tracker), *(event.parse_data or {} for event in reversed(events))):
        entities = understood.get("entities") or []
        named = [one.get("value") for one in entities if one.get("entity") == COUNTRY]
        if found := _names(named)[:MOST_COUNTRIES]:
            return found
    return ()


def _language_not_spoken(tracker: Any) -> str:
    """The language of the message when Faro has to say that it does not speak it: once, not above every answer."""
    code = _understood(tracker).get(WRITTEN_IN)
    if not isinstance(code, str):
        return ""
    *earlier, _latest = [
        event for event in getattr(tracker, "events", ()) if getattr(event, "type_name", "") == "user"
    ] or [None]
    return "" if any(event.parse_data.get(WRITTEN_IN) == code for event in earlier) else code


def _response(outgoing: Outgoing) -> dict[str, Any]:
    # New lists every time: Rasa appends a custom action's buttons to what it gets.
    return {
        "text": outgoing.text,
        "buttons": [{"title": button.title, "payload": button.id} for button in outgoing.buttons],
    }


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list | tuple) else ()
