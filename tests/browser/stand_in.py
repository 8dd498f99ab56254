"""Serves the web chat for the browser tests: the real web application and the real worker, with an invented Rasa.

Only what Rasa would understand is made up here, because loading a model takes longer than all these tests. It stands in
until tests/processes drives the same page with the real processes.

Usage: python stand_in.py PORT, with DATA_DIR in the environment (an empty folder). With WORDS=marked every word of the
page is replaced by its key between brackets, so that a word that does not come from content/ shows.
"""

from __future__ import annotations

import os
import sys
import time

import uvicorn

from bot.web import setup

setup()

from bot.channels.webchat import languages  # noqa: E402
from bot.conversations.worker import Worker  # noqa: E402
from bot.words import MENU_AREA, NEAR, SHARE_LOCATION, Button, Effect, EffectKind, TurnReply, TurnRequest  # noqa: E402

#: What is understood: a word in the message -> language and topic.
UNDERSTOOD = {
    "cost": ("en", "return_cost"),
    "cuesta": ("es", "return_cost"),
    "coûte": ("fr", "return_cost"),
    "hospital": ("en", "medical_emergency"),
    "contact": ("en", "contact_iom"),
    "delete": ("en", "erase_data"),
    "borrar": ("es", "erase_data"),
    "hablar con alguien": ("es", "ask_human"),
    "near me": ("en", "nearest_service"),
}

#: A message with this word is answered only after as many seconds.
SLOW = 5.0


class InventedRasa:
    """Understands the words of UNDERSTOOD and nothing else."""

    def __init__(self, phrases: object) -> None:
        self._phrases = phrases

    def take(self, request: TurnRequest) -> TurnReply:
        if "slowly" in request.text:
            time.sleep(SLOW)
        text = request.text.lower()
        found = next((found for word, found in UNDERSTOOD.items() if word in text), ("en", "greet"))
        language, topic = found if not request.choice else (request.language, request.choice.partition(":")[2])
        if request.choice == SHARE_LOCATION:
            topic = "nearest_service"
        if request.language_chosen:
            language = request.language
        effects: tuple[Effect, ...] = ()
        answer = self._phrases.answer(topic, language)
        if request.choice.startswith(MENU_AREA):
            answer = self._phrases.area(topic, language)
        if request.choice.startswith(NEAR):
            answer = self._phrases.nearest(language, "health", near=request.choice)
        if request.choice == "erase:yes":
            answer, effects = self._phrases.sentence("erase_done", language), (Effect(EffectKind.ERASE),)
        if topic == "ask_human":
            effects = (Effect(EffectKind.HANDOVER, "asked"),)
        return TurnReply(
            topic=topic, language=language, confidence=0.9, safety=False, answers=(answer,), effects=effects
        )


def main() -> None:
    from django.core.management import call_command

    from bot.answers.speaker import Speaker
    from bot.web.asgi import application

    call_command("migrate", interactive=False, verbosity=0)
    if os.environ.get("WORDS") == "marked":
        real = languages.words
        languages.words = lambda language: {key: f"[{key}]" for key in real(language)}
        menu = languages.menu
        languages.menu = lambda language: [Button(f"[{button.id}]", button.id) for button in menu(language)]
    phrases = Speaker(languages.library())
    Worker(rasa=InventedRasa(phrases), phrases=phrases, channels={}, threads=2, retention_days=30).start()
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off", ws="none")


if __name__ == "__main__":
    main()
