"""How far each of the team has read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bot.conversations.models import Contact


class Reading(models.Model):
    """Up to which message somebody has read a conversation, or, without a contact, all of them."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="readings")
    #: Id of the last message that was shown. No key: messages are deleted after their time.
    message = models.BigIntegerField()

    objects: ClassVar[models.Manager[Reading]] = models.Manager()

    class Meta:
        """One an account and conversation, and one an account for all."""

        app_label = "console"
        constraints = [
            models.UniqueConstraint(fields=["account", "contact"], name="one_reading_of_a_conversation"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(contact__isnull=True), name="one_reading_of_everything"
            ),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"
