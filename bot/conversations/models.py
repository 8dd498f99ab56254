"""The tables. Who somebody is stands nowhere in them: a contact is a random id and a keyed pseudonym of the address."""

from __future__ import annotations

import uuid

from django.db import models


class Contact(models.Model):
    """A person on one channel, known by our own random id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=16)
    #: HMAC-SHA256 of the address under PSEUDONYM_KEY, 64 hexadecimal digits.
    pseudonym = models.CharField(max_length=64)
    #: Language of the conversation; empty until the first message shows it.
    language = models.CharField(max_length=8, blank=True, default="")
    #: Whether the person asked for that language, so that only a clear change of language overrides it.
    language_chosen = models.BooleanField(default=False)
    #: When the first-contact notice (what Faro is, what it keeps) was sent.
    informed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    #: When the contact asked to be erased; what is left is the receipt. A later message begins a new contact.
    erased_at = models.DateTimeField(null=True, blank=True)

    #: The lease of a turn: which worker holds this contact, and until when. One holder at a time. Without a holder,
    #: `held_until` is the pause before a failed turn is tried again: order is kept because the whole contact waits.
    holder = models.CharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    #: The dialogue state that Rasa returned with the last turn; meaningless to everybody else.
    dialogue = models.JSONField(default=list)
    dialogue_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One contact per address and channel."""

        constraints = [models.UniqueConstraint(fields=["channel", "pseudonym"], name="one_contact_per_address")]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class Message(models.Model):
    """One thing said: a row of the inbox when it came in, of the outbox when it goes out."""

    class Direction(models.TextChoices):
        """Which way."""

        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        """Inbox: waiting, then answered. Outbox: pending, then sent or failed."""

        WAITING = "waiting"
        ANSWERED = "answered"
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"

    class Outcome(models.TextChoices):
        """How a message of a person was answered."""

        ANSWERED = "answered"
        SUGGESTED = "suggested"
        NOT_UNDERSTOOD = "not_understood"
        UNREADABLE = "unreadable"  # nothing that we can read: emoji, another script, a photo
        STALE = "stale"  # a button that we never gave, or no longer know
        TROUBLE = "trouble"  # Rasa was away: the honest sentence with the emergency numbers

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    channel = models.CharField(max_length=16)
    #: The channel's own id of an incoming message, or ours of an outgoing one: by it a repetition is known.
    provider_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, default="text")
    text = models.TextField(blank=True, default="")
    #: Incoming: the id of the button that was pressed.
    choice = models.CharField(max_length=500, blank=True, default="")
    #: Outgoing: [[title, id], ...] as offered.
    buttons = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Outgoing: not to be delivered before (back-off after a failed attempt).
    not_before = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    #: Why a delivery failed or a turn was given up: a code, never a text.
    error = models.CharField(max_length=64, blank=True, default="")

    # What the turn understood (incoming messages).
    language = models.CharField(max_length=8, blank=True, default="")
    topic = models.CharField(max_length=64, blank=True, default="")
    confidence = models.FloatField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, default="")
    #: Outgoing: the message that this one answers.
    answers = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")

    class Meta:
        """Unique keys make every arrow repeatable; the indexes serve the claim, the delivery and the page."""

        constraints = [models.UniqueConstraint(fields=["channel", "direction", "provider_id"], name="said_once")]
        indexes = [
            models.Index(
                fields=["state", "id"], name="message_queue", condition=models.Q(state__in=["waiting", "pending"])
            ),
            models.Index(fields=["contact", "id"], name="message_of_contact"),
            models.Index(fields=["created_at"], name="message_age"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk} {self.state}"


class Handover(models.Model):
    """A person asked for a person, or Faro failed twice. Waiting until an operator takes it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="handovers")
    reason = models.CharField(max_length=16)
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open request per contact: asking twice does not stand twice in the queue."""

        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(closed_at__isnull=True), name="one_open_handover_per_contact"
            )
        ]

    def __str__(self) -> str:
        return f"handover {self.pk} ({self.reason})"


class Feedback(models.Model):
    """What somebody thought of an answer."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="feedback")
    verdict = models.CharField(max_length=16)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feedback {self.pk} ({self.verdict})"


class TurnCount(models.Model):
    """What remains of turns after retention: how many, by day, channel, language, topic and outcome. No contact."""

    day = models.DateField()
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8, blank=True)
    topic = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for each combination."""

        constraints = [
            models.UniqueConstraint(fields=["day", "channel", "language", "topic", "outcome"], name="one_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.topic} {self.number}"
