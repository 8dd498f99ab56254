"""What happened is counted exactly once, whatever dies or is deleted in between."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations import counting, tally
from bot.conversations.claim import claim_next
from bot.conversations.counting import count_next
from bot.conversations.erase import erase, forget
from bot.conversations.models import Contact, DailyCount, Feedback, Handover, Message, MonthlyCount
from bot.conversations.reports import note_report
from bot.conversations.retention import enforce
from bot.conversations.retry import put_back
from bot.conversations.turn import take_turn
from bot.words import SAFEGUARDING_TOPIC, Effect, EffectKind, Progress, Status
from tests.conversations.conftest import KEY, Clock, NamedPhrases, ScriptedRasa, reply

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)  # in Panama
_numbers = itertools.count()


def somebody(channel: str = "web", **more: Any) -> Contact:
    return Contact.objects.create(
        channel=channel, pseudonym=uuid.uuid4().hex * 2, created_at=NOON, seen_at=more.pop("seen_at", NOON), **more
    )


def said(contact: Contact, at: datetime = NOON, **more: Any) -> Message:
    values = {"direction": "in", "state": "answered", "language": "es", "outcome": "answered", "topic": "shelter"}
    return Message.objects.create(
        contact=contact,
        channel=contact.channel,
        provider_id=f"n{next(_numbers)}",
        text="what nobody counts",
        created_at=at,
        **values | more,
    )


def sent(answered: Message, seconds: float, **more: Any) -> Message:
    at = answered.created_at
    return said(
        answered.contact,
        at,
        **{"direction": "out", "state": "sent", "outcome": "", "topic": "", "answers": answered}
        | {"done_at": at + timedelta(seconds=seconds)}
        | more,
    )


def count_all() -> None:
    while count_next():
        pass


def numbers(topics: bool = False) -> dict[str, int]:
    """Sums by measure, with the topic before it where there is one."""
    found: Counter[str] = Counter()
    for row in DailyCount.objects.all():
        if not row.topic:
            found[row.measure] += row.number
        elif topics:
            found[f"{row.topic} {row.measure}"] += row.number
    return {name: number for name, number in found.items() if number}


def everything() -> dict[tuple[Any, ...], int]:
    rows = DailyCount.objects.exclude(number=0)
    return {(one.day, one.topic, one.channel, one.language, one.measure): one.number for one in rows}


def test_a_conversation_becomes_numbers(clock: Clock, say: Callable[..., Message]) -> None:
    rasa = ScriptedRasa(
        reply(),
        reply(effects=(Effect(EffectKind.FEEDBACK, "unhelpful"), Effect(EffectKind.HANDOVER, "asked"))),
    )
    for _ in range(2):
        say("a question")
        claim = claim_next(now=clock.now)
        assert claim is not None
        take_turn(claim, rasa=rasa, phrases=NamedPhrases(), clock=clock)
    count_all()
    assert numbers(topics=True) == {
        "in:answered": 2,
        "return_cost in:answered": 2,
        "new_person": 1,
        "person": 1,
        "conversation": 1,
        "conversation_with_team": 1,
        "handover:asked": 1,
        "vote:unhelpful": 1,
        "return_cost vote:unhelpful": 1,
    }
    count_all()
    assert numbers()["in:answered"] == 2
    assert not Message.objects.filter(counted=False, state="answered").exists()


def test_what_waits_is_counted_when_it_is_answered(say: Callable[..., Message]) -> None:
    message = say("a question")
    assert count_next() == 0
    Message.objects.filter(pk=message.pk).update(state="answered", outcome="answered")
    assert count_next() == 1


def test_the_day_ends_at_midnight_in_panama() -> None:
    contact = somebody()
    said(contact, datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC))
    said(contact, datetime(2026, 11, 24, 5, 0, 0, tzinfo=UTC))
    count_all()
    days = dict(DailyCount.objects.filter(measure="person").values_list("day", "number"))
    assert days == {date(2026, 11, 23): 1, date(2026, 11, 24): 1}
    assert numbers()["conversation"] == 1 and numbers()["new_person"] == 1
    assert list(MonthlyCount.objects.filter(measure="person").values_list("day", "number")) == [(date(2026, 11, 1), 2)]


def test_a_conversation_begins_after_an_hour_of_silence() -> None:
    contact = somebody()
    for minutes in (0, 60, 121, 122):
        said(contact, NOON + timedelta(minutes=minutes))
        count_all()
    assert numbers()["conversation"] == 2
    assert numbers()["person"] == 1


@pytest.mark.parametrize(
    ("seconds", "name"), [(0.2, "1"), (1, "1"), (1.01, "2"), (30, "30"), (300, "300"), (301, "more")]
)
def test_the_time_to_the_first_answer_falls_into_a_class(seconds: float, name: str) -> None:
    asked = said(somebody())
    sent(asked, seconds)
    sent(asked, seconds + 500)
    count_all()
    assert numbers()[f"reply:{name}"] == 1
    assert sum(number for measure, number in numbers().items() if measure.startswith("reply:")) == 1
    assert numbers()["out:sent"] == 2


def test_failures_are_counted_with_their_code_and_messages_of_the_team_by_themselves(staff_account: Any) -> None:
    asked = said(somebody("whatsapp"))
    sent(asked, 1, state="failed", error="window_closed")
    sent(asked, 1, operator=staff_account, answers=None)
    count_all()
    assert numbers() | {"out:failed": 1, "failed:window_closed": 1, "by_team": 1, "out:sent": 1} == numbers()


@pytest.fixture
def staff_account(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("ana")


def test_what_was_not_understood_is_kept_by_the_topic_that_came_nearest() -> None:
    ranking = [["return_cost", 0.4], ["shelter", 0.3]]
    said(somebody(), outcome="not_understood", topic="nlu_fallback", ranking=ranking)
    said(somebody(), outcome="suggested", topic="nlu_fallback", ranking=[[SAFEGUARDING_TOPIC, 0.4]])
    count_all()
    found = numbers(topics=True)
    assert found["return_cost missed"] == 1
    assert not [name for name in found if SAFEGUARDING_TOPIC in name or "nlu_fallback" in name]
    assert found["in:not_understood"] == found["in:suggested"] == 1


def test_a_failure_that_is_reported_later_is_counted_instead_of_the_sending() -> None:
    asked = said(somebody("whatsapp"))
    message = sent(asked, 1)
    count_all()
    assert numbers()["out:sent"] == numbers()["reply:1"] == 1
    report = Status(channel="whatsapp", message=message.provider_id, progress=Progress.FAILED, code="131026")
    for _ in range(2):
        note_report(report, key=KEY, now=NOON)
        count_all()
    found = numbers()
    assert found["out:failed"] == found["failed:131026"] == 1
    assert "out:sent" not in found and "reply:1" not in found


def test_a_message_that_is_sent_again_is_counted_as_what_becomes_of_it() -> None:
    message = sent(said(somebody("whatsapp")), 1, state="failed", error="131026")
    count_all()
    assert numbers()["out:failed"] == 1
    assert put_back(message) and not put_back(message)
    count_all()
    assert "out:failed" not in numbers() and "failed:131026" not in numbers()
    Message.objects.filter(pk=message.pk).update(state="sent", done_at=NOON + timedelta(minutes=9))
    count_all()
    assert numbers()["out:sent"] == numbers()["reply:more"] == 1
    assert not put_back(message)
    count_all()
    assert numbers()["out:sent"] == 1


def test_a_handover_is_counted_step_by_step(clock: Clock) -> None:
    contact = somebody(language="fr")
    said(contact, NOON)
    first = Handover.objects.create(contact=contact, reason="asked", requested_at=NOON)
    count_all()
    assert numbers()["handover:asked"] == numbers()["conversation_with_team"] == 1
    Handover.objects.filter(pk=first.pk).update(taken_at=NOON + timedelta(minutes=4))
    count_all()
    count_all()
    assert numbers()["handover_taken"] == numbers()["wait:300"] == 1
    Handover.objects.filter(pk=first.pk).update(closed_at=NOON + timedelta(minutes=9), end="returned")
    count_all()
    assert numbers()["handover_end:returned"] == 1
    # Asked again in the same conversation, and in one of the next day, where the team stepped in.
    said(contact, NOON + timedelta(minutes=20))
    later = NOON + timedelta(minutes=20)
    Handover.objects.create(contact=contact, reason="asked", requested_at=later, closed_at=later, end="dismissed")
    said(contact, NOON + timedelta(days=1))
    next_day = NOON + timedelta(days=1)
    Handover.objects.create(contact=contact, reason="team", requested_at=next_day, taken_at=next_day)
    count_all()
    found = numbers()
    assert found["handover:asked"] == 2 and found["handover:team"] == 1
    assert found["conversation_with_team"] == 2 and found["conversation"] == 2
    assert found["handover_end:dismissed"] == 1
    assert found["handover_taken"] == 2 and found["wait:300"] == 1 and "wait:60" not in found
    assert set(DailyCount.objects.filter(measure__startswith="handover").values_list("language", flat=True)) == {"fr"}


def test_nothing_of_a_report_about_an_aid_worker_is_counted() -> None:
    contact = somebody(safeguarding=True)
    asked = said(contact)
    sent(asked, 1)
    Feedback.objects.create(message=asked, verdict="helpful", given_at=NOON)
    handover = Handover.objects.create(contact=contact, reason="asked", requested_at=NOON)
    # Before the mark of the contact, or about that topic by somebody without the mark.
    said(somebody(), topic=SAFEGUARDING_TOPIC)
    count_all()
    assert everything() == {}
    assert count_next() == 0, "what is not counted is not looked at for ever"
    Handover.objects.filter(pk=handover.pk).update(closed_at=NOON, end="returned")
    count_all()
    assert everything() == {} and count_next() == 0


def test_what_was_counted_before_a_report_stays_plain_numbers() -> None:
    contact = somebody()
    said(contact)
    count_all()
    Contact.objects.filter(pk=contact.pk).update(safeguarding=True)
    said(contact, topic=SAFEGUARDING_TOPIC)
    said(contact, topic="shelter")
    count_all()
    assert numbers(topics=True)["shelter in:answered"] == 1


def test_a_crash_in_the_middle_leaves_nothing_and_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = said(somebody())
    sent(asked, 1)
    real = counting.add

    def dies(given: tally.Tally) -> None:
        real(given)
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(counting, "add", dies)
        with pytest.raises(DatabaseError):
            count_next()
    assert everything() == {}
    assert Contact.objects.get().counted_at is None
    count_all()
    assert numbers()["in:answered"] == numbers()["out:sent"] == numbers()["new_person"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_count_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CONTACTS", 3)
    monkeypatch.setattr(counting, "MESSAGES", 7)
    people = [somebody("web" if n % 2 else "telegram") for n in range(20)]
    for n in range(160):
        asked = said(people[n % 20], NOON + timedelta(minutes=7 * n))
        sent(asked, n % 5)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            idle = 0
            while idle < 5:
                idle = 0 if count_next() else idle + 1
        except BaseException as error:
            failed.append(error)
        finally:
            close_old_connections()
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert failed == []
    count_all()
    found = numbers()
    assert found["in:answered"] == found["out:sent"] == 160
    assert found["new_person"] == 20
    assert sum(number for name, number in found.items() if name.startswith("reply:")) == 160
    by_naive = {(one.contact_id, tally.day_of(one.created_at)) for one in Message.objects.filter(direction="in")}
    assert found["person"] == len(by_naive)
    assert found["conversation"] == 160, "each comes more than an hour after the last of the same person"


#: Whether it is counted in between, what is deleted then, and minutes until the next message.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["web", "telegram"]),
        st.booleans(),
        st.sampled_from(["", "", "", "erase", "forget", "retention"]),
        st.sampled_from([1, 59, 61, 700, 3_000, 50_000]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_erasure_and_retention_lose_nothing_and_count_nothing_twice(
    steps: list[tuple[int, str, bool, str, int]],
) -> None:
    with transaction.atomic():
        expected: Counter[str] = Counter()
        people: dict[tuple[int, str], Contact] = {}
        now = NOON
        for who, channel, counts, deletes, minutes in steps:
            contact = people.get((who, channel))
            if contact is None or not Contact.objects.filter(pk=contact.pk, erased_at=None).exists():
                contact = people[who, channel] = somebody(channel)
                expected["new_person"] += 1
            Contact.objects.filter(pk=contact.pk).update(seen_at=now)
            asked = said(contact, now)
            sent(asked, 2)
            expected["in:answered"] += 1
            expected["out:sent"] += 1
            expected["reply:2"] += 1
            if counts:
                count_all()
            contact.refresh_from_db()
            if deletes == "erase":
                erase(contact, now=now)
            elif deletes == "forget":
                forget(contact, now=now)
            elif deletes == "retention":
                enforce(days=2, now=now)
            now += timedelta(minutes=minutes)
        enforce(days=1, now=now + timedelta(days=40))
        count_all()
        found = numbers()
        assert not Message.objects.exists()
        assert {name: found.get(name, 0) for name in expected} == dict(expected)
        assert set(found) <= {*expected, "person", "conversation"}
        transaction.set_rollback(True)
