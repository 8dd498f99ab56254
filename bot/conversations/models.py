"""The tables. Who somebody is stands nowhere in them: a contact is a random id and a keyed pseudonym of the address."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from bot.conversations.counts import Count, DailyCount, MonthlyCount

__all__ = [
    "DOUBTFUL",
    "Address",
    "Contact",
    "Count",
    "DailyCount",
    "Erasure",
    "Feedback",
    "Gone",
    "Handover",
    "Heartbeat",
    "Line",
    "Message",
    "MonthlyCount",
]


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

    #: When it turned out that this person cannot be written to (blocked, no such account); a new message ends that.
    unreachable_at = models.DateTimeField(null=True, blank=True)
    #: How far this person's share of the provider's limit is used up: see bot/conversations/pace.py.
    paced_until = models.DateTimeField(null=True, blank=True)

    #: How far this person's allowance of messages is used up, and whether they were told (bot/conversations/flood.py).
    flood_until = models.DateTimeField(null=True, blank=True)
    flood_notice = models.CharField(max_length=4, blank=True, default="", db_default="")

    #: Whether this person reported an aid worker: then the safeguarding role alone sees the conversation.
    safeguarding = models.BooleanField(default=False)

    #: When this person wrote the last message that is in the counts: who is new, and who wrote on a day, is told by it.
    counted_at = models.DateTimeField(null=True, blank=True)

    #: The dialogue state that Rasa returned with the last turn; meaningless to everybody else.
    dialogue = models.JSONField(default=list)
    dialogue_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One contact per address and channel."""

        constraints = [models.UniqueConstraint(fields=["channel", "pseudonym"], name="one_contact_per_address")]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class Address(models.Model):
    """Where a contact is written to. Sealed: whoever reads the table without ADDRESS_KEY learns nothing.

    A person may have several on one channel (WhatsApp: a phone number and an id of Meta's).
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=16)
    #: HMAC-SHA256 of the address under PSEUDONYM_KEY, 64 hexadecimal digits.
    pseudonym = models.CharField(max_length=64)
    sealed = models.TextField()

    class Meta:
        """One contact per address and channel."""

        constraints = [models.UniqueConstraint(fields=["channel", "pseudonym"], name="one_owner_of_an_address")]

    def __str__(self) -> str:
        return f"address {self.pk}"


#: Below this it is doubtful that a message was understood: confidence is calibrated (docs/figures/understanding.md), so that
#: something else is likelier to be meant. 0 is that of what was not read at all.
DOUBTFUL = 0.5

#: What a person wrote, and a turn has read.
_WRITTEN = models.Q(direction="in")


class Message(models.Model):
    """One thing said: a row of the inbox when it came in, of the outbox when it goes out."""

    class Direction(models.TextChoices):
        """Which way."""

        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        """Inbox: waiting, then answered. Outbox: pending, sending, then sent or failed.

        `sending` also stands for: nobody knows whether it arrived (the sender died, the provider did not answer).
        """

        WAITING = "waiting"
        ANSWERED = "answered"
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    class Outcome(models.TextChoices):
        """How a message of a person was answered."""

        ANSWERED = "answered"
        SUGGESTED = "suggested"
        NOT_UNDERSTOOD = "not_understood"
        UNREADABLE = "unreadable"  # nothing that we can read: emoji, another script, a photo
        STALE = "stale"  # a button that we never gave, or no longer know
        LATE = "late"  # it reached us long after it was written: an old answer could mislead
        TROUBLE = "trouble"  # Rasa was away: the honest sentence with the emergency numbers
        HELD = "held"  # a person of the team has the conversation; Faro was silent

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    channel = models.CharField(max_length=16)
    #: The channel's own id of an incoming message, or ours of an outgoing one: by it a repetition is known.
    provider_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, default="text")
    text = models.TextField(blank=True, default="")
    #: Incoming, put together of several: for each line of the text, in which of them it was said (merged.py).
    said_in = models.TextField(blank=True, default="", db_default="")
    #: Incoming: the id of the button that was pressed.
    choice = models.CharField(max_length=500, blank=True, default="")
    #: Outgoing: [[title, id], ...] as offered.
    buttons = models.JSONField(default=list, blank=True)
    #: Outgoing, on channels with limits: how it is laid out (bot/conversations/outbox.py); empty: text and buttons.
    form = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Outgoing: not to be delivered before (back-off after a failed attempt); while it is being sent: when that is over.
    #: Incoming, beyond the person's allowance: not to be answered before, what follows is put to it. A claim ends that.
    not_before = models.DateTimeField(null=True, blank=True)
    #: Incoming: its place in the queue, later for every further message of one person (bot/conversations/flood.py).
    due_at = models.DateTimeField(null=True, blank=True)
    #: Outgoing: how often it was sent without knowing whether the time before had worked.
    unsure = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    #: Incoming: when the person wrote it, by the provider's clock.
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Keyed pseudonym of the provider's own id of the message, by which it is edited or withdrawn.
    reference = models.CharField(max_length=64, blank=True, default="")
    #: The same id, sealed, where it is needed to say "read" (WhatsApp's ids hold the phone number).
    sealed_reference = models.TextField(blank=True, default="")
    #: By which it is found in the lines of the logs: bot/trace.py. An answer has that of the message it answers.
    #: With a default in the database, for a process of before that still writes while the new ones begin.
    trace = models.CharField(max_length=16, blank=True, default="", db_default="")
    #: Outgoing, while it is being sent: the seat of the worker that sends it (bot/conversations/seat.py).
    sender = models.CharField(max_length=12, blank=True, default="", db_default="")
    #: Outgoing: how far the provider says it has come.
    progress = models.CharField(max_length=16, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    #: Why a delivery failed or a turn was given up: a code, never a text.
    error = models.CharField(max_length=64, blank=True, default="")

    # What the turn understood (incoming messages).
    language = models.CharField(max_length=8, blank=True, default="")
    topic = models.CharField(max_length=64, blank=True, default="")
    confidence = models.FloatField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, default="")
    #: Whether the topic is one of danger.
    safety = models.BooleanField(default=False)
    #: [[topic, confidence], ...], best first.
    ranking = models.JSONField(default=list, blank=True)
    #: The version of content/ that the answer came from.
    content_version = models.CharField(max_length=16, blank=True, default="")
    #: Whether it is in the daily counts already, which are made a moment later by the worker.
    counted = models.BooleanField(default=False)
    #: Whether what is personal in it still stands there: until the worker masks it (bot/conversations/window.py).
    as_written = models.BooleanField(default=True, db_default=True)
    #: Outgoing: the message that this one answers.
    answers = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    #: Outgoing: who of the team wrote it; None when Faro did.
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        """Unique keys make every arrow repeatable; the indexes serve the claim, the delivery and the page."""

        constraints = [models.UniqueConstraint(fields=["channel", "direction", "provider_id"], name="said_once")]
        indexes = [
            models.Index(
                fields=["state", "id"],
                name="message_queue",
                condition=models.Q(state__in=["waiting", "pending", "sending"]),
            ),
            # For SQLite, which finds a partial index only by exactly its condition, and would read every message at each
            # look of the worker: 80 ms with 100,000 of them.
            models.Index(fields=["id"], name="message_waiting", condition=models.Q(state="waiting")),
            # In the order in which turns are taken.
            models.Index(fields=["due_at", "id"], name="message_turn", condition=models.Q(state="waiting")),
            models.Index(fields=["id"], name="message_pending", condition=models.Q(state="pending")),
            models.Index(fields=["id"], name="message_sending", condition=models.Q(state="sending")),
            models.Index(fields=["done_at"], name="message_failed", condition=models.Q(state="failed")),
            models.Index(fields=["contact", "id"], name="message_of_contact"),
            models.Index(fields=["created_at"], name="message_age"),
            # The lists of the console, newest first: what a person wrote, by what was understood of it. Of channel and
            # language the rare ones count, for which all others would be read.
            models.Index(fields=["topic", "id"], name="message_by_topic", condition=_WRITTEN),
            models.Index(fields=["outcome", "id"], name="message_by_outcome", condition=_WRITTEN),
            models.Index(fields=["channel", "id"], name="message_by_channel", condition=_WRITTEN),
            models.Index(fields=["language", "id"], name="message_by_language", condition=_WRITTEN),
            models.Index(fields=["id"], name="message_of_danger", condition=_WRITTEN & models.Q(safety=True)),
            models.Index(
                fields=["id"],
                name="message_doubtful",
                condition=_WRITTEN & models.Q(confidence__gt=0, confidence__lt=DOUBTFUL),
            ),
            models.Index(fields=["state", "id"], name="message_uncounted", condition=models.Q(counted=False)),
            models.Index(fields=["id"], name="message_as_written", condition=models.Q(as_written=True)),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk} {self.state}"


class Gone(models.Model):
    """A message that was deleted, by its keyed id alone, so that a late repetition is not taken for a new one."""

    channel = models.CharField(max_length=16)
    #: As in Message: HMAC-SHA256 of the provider's id under PSEUDONYM_KEY.
    provider_id = models.CharField(max_length=160)
    until = models.DateTimeField()

    class Meta:
        """Each once."""

        constraints = [models.UniqueConstraint(fields=["channel", "provider_id"], name="gone_once")]
        indexes = [models.Index(fields=["until"], name="gone_until")]

    def __str__(self) -> str:
        return f"gone {self.pk}"


class Erasure(models.Model):
    """That a contact was erased, by its random id, which leads to nobody: so a backup of before that brings nobody back."""

    contact = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField()

    class Meta:
        """Forgotten when no backup may be kept any more that the contact is in."""

        indexes = [models.Index(fields=["at"], name="erasure_at")]

    def __str__(self) -> str:
        return f"erasure of {self.contact}"


class Line(models.Model):
    """One channel as this installation uses it: its pace, its troubles, and who polls it."""

    channel = models.CharField(max_length=16, primary_key=True)
    #: How far the provider's limit for all messages is used up: see bot/conversations/pace.py.
    paced_until = models.DateTimeField(null=True, blank=True)
    #: Nothing is sent before; set when the provider says that all is too much, or that nothing goes.
    paused_until = models.DateTimeField(null=True, blank=True)
    #: Why nothing can go until somebody mends it: a code; empty when all is well.
    trouble = models.CharField(max_length=64, blank=True, default="")
    troubled_at = models.DateTimeField(null=True, blank=True)
    #: Since when nobody knows what becomes of what is sent; None once the provider took something again.
    doubted_at = models.DateTimeField(null=True, blank=True)
    #: Telegram, polling: the next update to ask for, who asks, and until when nobody else may.
    offset = models.BigIntegerField(default=0)
    poller = models.CharField(max_length=32, blank=True, default="")
    polled_until = models.DateTimeField(null=True, blank=True)
    #: What was last told to the provider about us (commands, descriptions), as a digest.
    profile = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return self.channel


class Heartbeat(models.Model):
    """A process without an address of its own says that it is alive: one row for each worker that runs."""

    #: A random name that a process gives itself at its start.
    holder = models.CharField(max_length=32, primary_key=True)
    process = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    at = models.DateTimeField()
    #: Whether its turns reach Rasa: a Passage of bot/conversations/breaker.py, or "" when it takes none.
    passage = models.CharField(max_length=8, default="", db_default="")

    def __str__(self) -> str:
        return f"{self.process} {self.holder}"


class Handover(models.Model):
    """A person of the team answers instead of Faro: waiting until an operator takes it, then held, then closed."""

    class Reason(models.TextChoices):
        """Why."""

        ASKED = "asked"  # the person wanted a person
        NOT_UNDERSTOOD = "not_understood"  # twice in a row
        SAFETY = "safety"  # somebody may be in danger
        TEAM = "team"  # an operator stepped in

    class End(models.TextChoices):
        """How it ended."""

        RETURNED = "returned"  # by the operator
        EXPIRED = "expired"  # nobody of the team wrote for too long
        DISMISSED = "dismissed"  # closed without having been taken

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="handovers")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    requested_at = models.DateTimeField()
    #: Who holds it. Kept when the account is deleted: `taken_at` says that it was held.
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    #: When an operator did something in it last; long after that, Faro returns by itself.
    active_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=16, choices=End.choices, blank=True, default="")
    #: When the team was told of it outside of the console.
    notified_at = models.DateTimeField(null=True, blank=True)
    #: Not told before: while a notice is on its way, and for a time after one that failed.
    notice_after = models.DateTimeField(null=True, blank=True)
    notice_tries = models.PositiveSmallIntegerField(default=0)
    #: Which of its steps are in the daily counts: a sum of bot.conversations.tally.Step.
    counted = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """One open request per contact: asking twice does not stand twice in the queue."""

        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(closed_at__isnull=True), name="one_open_handover_per_contact"
            )
        ]
        indexes = [
            # All steps of a handover are counted once its end (4) is.
            models.Index(fields=["id"], name="handover_uncounted", condition=models.Q(counted__lt=4))
        ]

    def __str__(self) -> str:
        return f"handover {self.pk} ({self.reason})"


class Feedback(models.Model):
    """What somebody thought of an answer."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="feedback")
    verdict = models.CharField(max_length=16)
    given_at = models.DateTimeField()
    #: Whether it is in the daily counts.
    counted = models.BooleanField(default=False)

    class Meta:
        """Counted by the worker a moment after it was given; the few to look at are found without the many."""

        indexes = [
            models.Index(fields=["id"], name="feedback_uncounted", condition=models.Q(counted=False)),
            models.Index(fields=["message"], name="feedback_unhelpful", condition=models.Q(verdict="unhelpful")),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk} ({self.verdict})"
