"""What the team decided about misunderstood messages, the changes of training data made of it, and their measurement.

A text of a person stands here only beside a message (one to one, deleted with it), so that erasure and retention take it
along. What was written to the training files is kept as lines, which by then are no longer a person's: somebody of the
team read each one and put it into other words where it told who wrote it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from bot.conversations.models import Message


class WantedTopic(models.Model):
    """A topic that people ask about and Faro does not have: written by the team, for whoever writes the content."""

    name = models.CharField(max_length=80, unique=True)
    note = models.TextField(blank=True, default="")
    #: How many messages asked for it. A number alone, because the messages are deleted.
    messages = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    #: When whoever writes the content had dealt with it.
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A table of the console."""

        app_label = "console"

    def __str__(self) -> str:
        return f"wanted topic {self.pk}"


class Change(models.Model):
    """A change of the training data: a draft made of verdicts, then lines in files."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft"
        WRITTEN = "written"  # to the files of this installation
        HANDED_OVER = "handed_over"  # downloaded as a patch

    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(null=True, blank=True)
    #: [[language, area, topic, text], ...] as written or handed over; empty while it is a draft.
    lines = models.JSONField(default=list, blank=True)

    class Meta:
        """A table of the console."""

        app_label = "console"

    def __str__(self) -> str:
        return f"change {self.pk} ({self.state})"


class Verdict(models.Model):
    """What somebody decided about one message. A decision about a group of messages is one row for each of them."""

    class Kind(models.TextChoices):
        """What was decided."""

        TOPIC = "topic"
        NEW_TOPIC = "new_topic"
        OUT_OF_SCOPE = "out_of_scope"
        IGNORE = "ignore"
        UNSURE = "unsure"

    class State(models.TextChoices):
        """Whether it counts. An undone verdict is deleted: the trail knows of it, and the text need not be kept."""

        OPEN = "open"  # another person must look at it
        ACCEPTED = "accepted"
        WRITTEN = "written"

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="verdict")
    #: The same for all messages that were decided about together.
    decision = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    language = models.CharField(max_length=8)
    topic = models.CharField(max_length=64, blank=True, default="")
    wanted = models.ForeignKey(WantedTopic, on_delete=models.SET_NULL, null=True, blank=True, related_name="verdicts")
    #: The text, masked, as it was decided about.
    text = models.TextField()
    #: How it shall stand in the training data; "" while it is `text`.
    wording = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)
    change = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, blank=True, related_name="verdicts")

    class Meta:
        """Read newest first, by decision, and by what is still to be done with them."""

        app_label = "console"
        indexes = [
            models.Index(fields=["decision"], name="verdict_decision"),
            models.Index(fields=["-at", "-id"], name="verdict_newest"),
            models.Index(fields=["state", "kind"], name="verdict_state"),
        ]

    def __str__(self) -> str:
        return f"verdict {self.pk} ({self.kind}, {self.state})"


class Hidden(models.Model):
    """A message as it is shown for review after somebody hid more of it than the machine did."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="hidden")
    text = models.TextField()

    class Meta:
        """A table of the console."""

        app_label = "console"

    def __str__(self) -> str:
        return f"hidden {self.pk}"


class Run(models.Model):
    """One measurement of a change: how well Faro understands before and after it."""

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Step(models.TextChoices):
        """What it does at the moment, in this order."""

        WAIT = "wait"
        TRAIN_BEFORE = "train_before"
        TRAIN_AFTER = "train_after"
        ASK_BEFORE = "ask_before"
        ASK_AFTER = "ask_after"

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.WAIT)
    percent = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    #: When its process last said that it is alive.
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Why it failed: a code, or the name of an exception.
    error = models.CharField(max_length=64, blank=True, default="")
    #: Digest of the lines that it measures: a change that was edited since is another one.
    digest = models.CharField(max_length=64)
    #: What bot/evaluation/comparison.py found.
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        """One measurement at a time on the whole installation: it takes both cores of a small machine."""

        app_label = "console"
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="one_run_at_a_time")
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.state})"
