"""Writing into the outbox: one row is one message of the provider, laid out here, so that what was sent is what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from bot.channels.layout import Laid, Words, lay_out, pack
from bot.channels.limits import CHANNELS, Limits
from bot.conversations.models import Contact, Message
from bot.trace import new as new_trace
from bot.words import ABOUT, MORE, Button, Outgoing

#: Begins the key of what somebody of the team says.
TEAM = "team-"


def enqueue(
    contact: Contact,
    message: Message | None,
    answers: Iterable[Outgoing],
    *,
    key: int | str,
    language: str,
    now: datetime,
    words: Words,
    operator: User | None = None,
    trace: str = "",
) -> None:
    """Write the answers into the outbox, in order.

    Args:
        contact: who gets them.
        message: the message they answer, or None when it no longer exists (erasure) or nothing is answered.
        answers: what to say.
        key: the id of the answered message, or of what else is said once; a repetition collides instead of saying it twice.
        language: the language of the answers.
        now: the time.
        words: what stands on the buttons that a channel's layout adds.
        operator: who of the team says it; None for Faro.
        trace: by which the deliveries are found in the logs; that of the answered message when it is not given.
    """
    answers = tuple(answers)
    # An approved answer (it has a topic) is the same for everybody, whoever sends it.
    own = operator is not None and not any(answer.topic for answer in answers)
    limits = CHANNELS.get(contact.channel)
    rows: list[Message] = []
    trace = trace or (message.trace if message else "") or new_trace()
    for laid in _laid(answers, limits, words) if limits and limits.text else _plain(answers):
        name = name_of(key, len(rows))
        options = laid.options
        if laid.rest:  # the row that asks for the rest says of which message
            options = (*options[:-1], Button(options[-1].title, f"{MORE}{name}"))
        rows.append(
            Message(
                contact=contact,
                direction=Message.Direction.OUT,
                channel=contact.channel,
                provider_id=name,
                text=laid.text,
                buttons=_pairs(options),
                form=to_form(laid),
                state=Message.State.PENDING,
                created_at=now,
                answers=message,
                language=language,
                operator=operator,
                trace=trace,
                as_written=own or ABOUT in laid.text,  # else it says nothing of the person
            )
        )
    Message.objects.bulk_create(rows)


def name_of(key: int | str, number: int) -> str:
    """Our own id of a message: of what is said under `key`, the one with this number."""
    return f"answer:{key}:{number}"


def by_team(message: Message) -> bool:
    """Whether somebody of the team wrote a message of ours, also when their account is gone."""
    return message.operator_id is not None or message.provider_id.startswith(f"answer:{TEAM}")


def to_form(laid: Laid) -> dict[str, Any]:
    """What `from_row` needs besides text and buttons; empty for a text with buttons."""
    form: dict[str, Any] = {}
    if laid.rows:
        form = {"shape": "list", "label": laid.list_label, "rest": _pairs(laid.rest)}
    elif laid.numbered:
        form = {"shape": "numbered"}
    if laid.asks_location:
        form |= {"location": laid.asks_location}
    return form


def from_row(message: Message) -> Laid:
    """The message as it was laid out."""
    options, form = buttons_of(message.buttons), message.form or {}
    shape = form.get("shape", "")
    return Laid(
        text=message.text,
        buttons=options if not shape else (),
        rows=options if shape == "list" else (),
        list_label=form.get("label", ""),
        numbered=options if shape == "numbered" else (),
        asks_location=form.get("location", ""),
        rest=buttons_of(form.get("rest", ())),
    )


def buttons_of(pairs: Iterable[Sequence[str]]) -> tuple[Button, ...]:
    """Buttons from [[title, id], ...]."""
    return tuple(Button(title=str(title), id=str(name)) for title, name in pairs)


def _laid(answers: Iterable[Outgoing], limits: Limits, words: Words) -> list[Laid]:
    return [laid for answer in pack(tuple(answers), limits) for laid in lay_out(answer, limits, words)]


def _plain(answers: Iterable[Outgoing]) -> list[Laid]:
    return [Laid(text=answer.text, buttons=answer.buttons) for answer in answers]


def _pairs(options: Iterable[Button]) -> list[list[str]]:
    return [[one.title, one.id] for one in options]
