"""A turn: everything in one transaction, and never silence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversations import outbox
from bot.conversations.claim import LEASE, claim_next
from bot.conversations.models import Contact, Feedback, Handover, Message
from bot.conversations.turn import DIALOGUE_LIFE, Turn, forget_dialogues, take_turn
from bot.errors import RasaMisbehaved, RasaUnavailable
from bot.words import SAFEGUARDING_TOPIC, Button, Effect, EffectKind, Kind, Outgoing, TurnReply, TurnRequest
from tests.conversations.conftest import Clock, NamedPhrases, ScriptedRasa, heard, reply

pytestmark = pytest.mark.django_db


def turn(rasa: ScriptedRasa, clock: Clock) -> Turn | None:
    claim = claim_next(now=clock.now)
    assert claim is not None
    return take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)


def test_an_answer_goes_to_the_outbox_and_the_message_is_done(clock: Clock, say: Callable[..., Message]) -> None:
    message = say("combien ça coûte ?")
    turn(ScriptedRasa(reply()), clock)
    message.refresh_from_db()
    out = Message.objects.filter(direction="out").order_by("id")
    assert (message.state, message.topic, message.language, message.outcome) == (
        "answered",
        "return_cost",
        "fr",
        "answered",
    )
    assert [row.text for row in out] == ["C'est gratuit.", "first_contact (fr)"]
    assert out[0].buttons == [["Documents", "topic:return_documents"]]
    assert {row.state for row in out} == {"pending"}
    assert {row.answers_id for row in out} == {message.pk}


def test_the_first_contact_notice_comes_once(clock: Clock, say: Callable[..., Message]) -> None:
    for _ in range(3):
        say()
        turn(ScriptedRasa(reply()), clock)
    assert sum("first_contact" in text for text in heard(Contact.objects.get())) == 1


def test_a_greeting_informs_by_itself(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    turn(ScriptedRasa(reply("greet", text="Bonjour, je suis Faro.")), clock)
    assert heard(Contact.objects.get()) == ["Bonjour, je suis Faro."]


def test_a_language_chosen_on_the_page_during_a_turn_stays(clock: Clock, say: Callable[..., Message]) -> None:
    say("combien")
    turn(ScriptedRasa(reply(language="fr")), clock)
    assert Contact.objects.get().language == "fr"
    say("encore")

    class Choosing(ScriptedRasa):
        def take(self, request: TurnRequest) -> TurnReply:
            Contact.objects.update(language="en", language_chosen=True)  # as views.language does
            return super().take(request)

    turn(Choosing(reply(language="fr")), clock)
    contact = Contact.objects.get()
    assert (contact.language, contact.language_chosen) == ("en", True)


def test_a_language_asked_for_in_words_goes_before_one_chosen_meanwhile(
    clock: Clock, say: Callable[..., Message]
) -> None:
    say("en español por favor")

    class Choosing(ScriptedRasa):
        def take(self, request: TurnRequest) -> TurnReply:
            Contact.objects.update(language="en", language_chosen=True)
            return super().take(request)

    turn(Choosing(reply(language="es", effects=(Effect(EffectKind.LANGUAGE, "es"),))), clock)
    assert Contact.objects.get().language == "es"


def test_the_conversation_keeps_its_language_and_its_state(clock: Clock, say: Callable[..., Message]) -> None:
    say("combien")
    rasa = ScriptedRasa(reply(state=({"event": "user", "n": 1},)), reply())
    turn(rasa, clock)
    say("et où")
    turn(rasa, clock)
    assert rasa.requests[0].language == ""
    assert rasa.requests[1].language == "fr"
    assert rasa.requests[1].state == ({"event": "user", "n": 1},)


def test_a_dialogue_that_rested_too_long_begins_anew(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    rasa = ScriptedRasa(reply(), reply())
    turn(rasa, clock)
    clock.forward(seconds=DIALOGUE_LIFE.total_seconds() + 1)
    say()
    turn(rasa, clock)
    assert rasa.requests[1].state == ()
    assert rasa.requests[1].language == "fr"


def test_a_dialogue_may_be_set_to_be_shorter(clock: Clock, say: Callable[..., Message]) -> None:
    rasa = ScriptedRasa(reply(), reply())
    for _ in range(2):
        say()
        claim = claim_next(now=clock.now)
        assert claim is not None
        take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock, dialogue=timedelta(minutes=10))
        clock.forward(minutes=11)
    assert rasa.requests[1].state == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("🙂🙂", "no_words (es)"),
        ("...", "no_words (es)"),
        ("مرحبا كيف الحال", "other_language (es)"),
        ("", "no_words (es)"),
    ],
)
def test_what_cannot_be_read_is_said_without_asking_rasa(
    clock: Clock, say: Callable[..., Message], text: str, sentence: str
) -> None:
    say(text)
    rasa = ScriptedRasa()
    turn(rasa, clock)
    assert rasa.requests == []
    assert heard(Contact.objects.get())[0] == sentence
    assert Message.objects.get(direction="in").outcome == "unreadable"


def test_a_photo_is_not_supported_and_says_so(clock: Clock, say: Callable[..., Message]) -> None:
    say("", kind=Kind.OTHER)
    turn(ScriptedRasa(), clock)
    assert heard(Contact.objects.get())[0] == "not_supported (es)"


def test_only_the_beginning_of_a_very_long_message_is_read_and_the_person_is_told(
    clock: Clock, say: Callable[..., Message]
) -> None:
    say("palabra " * 500)
    rasa = ScriptedRasa(reply())
    turn(rasa, clock)
    assert len(rasa.requests[0].text) <= 2_000
    assert "too_long (fr)" in heard(Contact.objects.get())


def test_a_button_that_was_offered_is_passed_on(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    rasa = ScriptedRasa(reply(), reply("return_documents"))
    turn(rasa, clock)
    say(choice="topic:return_documents")
    turn(rasa, clock)
    assert rasa.requests[1].choice == "topic:return_documents"
    assert rasa.requests[1].kind is Kind.CHOICE


@pytest.mark.parametrize("choice", ["topic:return_documents", "erase:yes", "language:fr", "nonsense", ""])
def test_a_button_that_was_never_offered_to_this_contact_does_nothing(
    clock: Clock, say: Callable[..., Message], choice: str
) -> None:
    say(who="ana")
    turn(
        ScriptedRasa(reply(buttons=(Button("Documents", "topic:return_documents"), Button("Oui", "erase:yes")))), clock
    )
    say(who="mallory", choice=choice) if choice else say(who="mallory", kind=Kind.CHOICE, text="")
    rasa = ScriptedRasa()
    turn(rasa, clock)
    assert rasa.requests == []
    mallory = Message.objects.filter(direction="in").latest("id").contact
    assert heard(mallory)[0].startswith("stale_button")
    assert Contact.objects.filter(erased_at__isnull=False).count() == 0


def test_rasa_away_is_tried_again_and_then_said(clock: Clock, say: Callable[..., Message]) -> None:
    message = say("ayuda")
    begun = clock.now
    rasa = ScriptedRasa(*[RasaUnavailable("ConnectError")] * 10)
    tries = 0
    while Message.objects.filter(state="waiting").exists():
        claim = claim_next(now=clock.now)
        if claim is None:
            clock.forward(milliseconds=50)
            continue
        tries += 1
        take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)
    message.refresh_from_db()
    assert tries == 3
    assert heard(message.contact) == ["trouble (es)"]
    assert (message.outcome, message.error) == ("trouble", "RasaUnavailable")
    assert (clock.now - begun).total_seconds() < 10


def test_rasa_hanging_is_said_within_ten_seconds(clock: Clock, say: Callable[..., Message]) -> None:
    message = say("ayuda")
    begun = clock.now

    class Hanging(ScriptedRasa):
        def take(self, request: object) -> object:  # type: ignore[override]
            clock.forward(seconds=4)
            raise RasaUnavailable("ReadTimeout")

    while Message.objects.filter(state="waiting").exists():
        claim = claim_next(now=clock.now)
        if claim is None:
            clock.forward(milliseconds=50)
            continue
        take_turn(claim, rasa=Hanging(), phrases=NamedPhrases(), clock=clock)
    assert heard(message.contact) == ["trouble (es)"]
    assert (clock.now - begun).total_seconds() < 10


def test_an_answer_after_a_failure_is_an_ordinary_answer(clock: Clock, say: Callable[..., Message]) -> None:
    message = say()
    rasa = ScriptedRasa(RasaMisbehaved("KeyError"), reply())
    assert turn(rasa, clock) is None
    clock.forward(seconds=1)
    turn(rasa, clock)
    message.refresh_from_db()
    assert (message.outcome, message.attempts, message.error) == ("answered", 2, "")


def test_a_turn_that_was_taken_over_writes_nothing(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    slow = claim_next(now=clock.now)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    turn(ScriptedRasa(reply()), clock)
    assert slow is not None
    assert take_turn(slow, rasa=ScriptedRasa(reply(text="late")), phrases=NamedPhrases(), clock=clock) is None
    assert "late" not in heard(Contact.objects.get())


def test_if_the_outbox_cannot_be_written_nothing_has_happened(
    clock: Clock, say: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say()
    claim = claim_next(now=clock.now)
    assert claim is not None

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "enqueue", full_disk)
    handover = (Effect(EffectKind.HANDOVER, "asked"),)
    assert take_turn(claim, rasa=ScriptedRasa(reply(effects=handover)), phrases=NamedPhrases(), clock=clock) is None
    message.refresh_from_db()
    assert message.state == "waiting"
    assert Handover.objects.count() == 0
    assert Contact.objects.get().dialogue == []


def test_effects_are_applied(clock: Clock, say: Callable[..., Message]) -> None:
    say("first")
    turn(ScriptedRasa(reply()), clock)
    judged = Message.objects.get(direction="in")
    say("no sirve, quiero una persona, in English")
    wishes = (
        Effect(EffectKind.LANGUAGE, "en"),
        Effect(EffectKind.HANDOVER, "asked"),
        Effect(EffectKind.FEEDBACK, "unhelpful"),
    )
    turn(ScriptedRasa(reply(language="en", effects=wishes)), clock)
    contact = Contact.objects.get()
    assert (contact.language, contact.language_chosen) == ("en", True)
    assert Handover.objects.get().reason == "asked"
    assert Feedback.objects.get().message == judged


def test_asking_for_a_person_twice_is_one_request(clock: Clock, say: Callable[..., Message]) -> None:
    for _ in range(2):
        say()
        turn(ScriptedRasa(reply("ask_human", effects=(Effect(EffectKind.HANDOVER, "asked"),))), clock)
    assert Handover.objects.count() == 1


def test_erasure_leaves_the_receipt_alone(clock: Clock, say: Callable[..., Message]) -> None:
    say("mi nombre es secreto")
    turn(ScriptedRasa(reply()), clock)
    say(choice="topic:return_documents")
    turn(ScriptedRasa(reply("confirm_erasure", text="Effacé.", effects=(Effect(EffectKind.ERASE),))), clock)
    contact = Contact.objects.get()
    assert list(Message.objects.values_list("text", flat=True)) == ["Effacé."]
    assert (contact.dialogue, contact.language, contact.erased_at) == ([], "", clock.now)


def test_a_turn_is_one_line_in_the_log_without_a_word_of_it(
    clock: Clock, say: Callable[..., Message], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    say("me llamo Fulana y mi teléfono es 6123-4567")
    turn(ScriptedRasa(reply()), clock)
    lines = [record for record in caplog.records if record.name == "faro.turn"]
    assert len(lines) == 1
    assert "Fulana" not in str(lines[0].__dict__)
    assert "6123" not in str(lines[0].__dict__)
    assert lines[0].__dict__["topic"] == "return_cost"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            Outgoing("¿Es esto?", (Button("Costo", "topic:return_cost"), Button("Ninguna", "none_of_these"))),
            "suggested",
        ),
        (Outgoing("Lo siento", (Button("Menú", "topic:show_menu"),)), "not_understood"),
    ],
)
def test_not_understood_is_recorded_as_such(
    clock: Clock, say: Callable[..., Message], answer: Outgoing, outcome: str
) -> None:
    message = say("asdf qwer")
    turn(ScriptedRasa(reply("nlu_fallback", text=answer.text, buttons=answer.buttons)), clock)
    message.refresh_from_db()
    assert message.outcome == outcome


def test_a_reply_that_cannot_be_written_ends_with_the_honest_sentence(
    clock: Clock, say: Callable[..., Message]
) -> None:
    message = say("ayuda")
    unwritable = reply(text="half a pair: \ud83d")
    rasa = ScriptedRasa(*[unwritable] * 10)
    while Message.objects.filter(state="waiting").exists():
        claim = claim_next(now=clock.now)
        if claim is None:
            clock.forward(milliseconds=50)
            continue
        take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)
    message.refresh_from_db()
    assert heard(message.contact) == ["trouble (es)"]
    assert message.outcome == "trouble"


def test_dialogue_states_are_deleted_after_their_hour(clock: Clock, say: Callable[..., Message]) -> None:
    say()
    turn(ScriptedRasa(reply()), clock)
    assert forget_dialogues(now=clock.now) == 0
    clock.forward(seconds=DIALOGUE_LIFE.total_seconds() + 1)
    assert forget_dialogues(now=clock.now) == 1
    assert Contact.objects.get().dialogue == []


def test_the_record_keeps_what_was_understood_and_what_answered(clock: Clock, say: Callable[..., Message]) -> None:
    message = say("me golpea")
    ranking = tuple((f"topic_{number}", 0.91239 - number / 10) for number in range(7))
    turn(ScriptedRasa(replace(reply(), safety=True, ranking=ranking, content_version="abc123")), clock)
    message.refresh_from_db()
    assert (message.safety, message.content_version) == (True, "abc123")
    assert len(message.ranking) == 5 and message.ranking[0] == ["topic_0", 0.912]


def test_a_sentence_of_the_workers_own_has_the_version_of_its_content(
    clock: Clock, say: Callable[..., Message]
) -> None:
    message = say("", kind=Kind.OTHER)
    turn(ScriptedRasa(), clock)
    message.refresh_from_db()
    assert message.content_version == NamedPhrases.content_version


@pytest.mark.parametrize(
    ("answered", "flagged"),
    [
        (reply(SAFEGUARDING_TOPIC), True),
        (replace(reply("shelter"), also=(SAFEGUARDING_TOPIC,)), True),
        (replace(reply("shelter"), ranking=(("shelter", 0.9), (SAFEGUARDING_TOPIC, 0.05))), False),
    ],
)
def test_a_report_about_an_aid_worker_is_for_the_safeguarding_role(
    clock: Clock, say: Callable[..., Message], answered: TurnReply, flagged: bool
) -> None:
    say("alguien de la organización me molesta")
    turn(ScriptedRasa(answered), clock)
    assert Contact.objects.get().safeguarding is flagged
    say("gracias")
    turn(ScriptedRasa(reply("greet")), clock)
    assert Contact.objects.get().safeguarding is flagged, "once reported, the conversation stays with that role"
