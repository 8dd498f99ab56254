"""One line of the trail. It names accounts of the team and random ids of contacts, and never what somebody wrote."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """Somebody of the team saw or did something."""

    #: Characters of `about`.
    MOST = 120

    at = models.DateTimeField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The account's name as it was, because accounts are removed and the trail stays.
    name = models.CharField(max_length=150)
    #: A value of console.audit.trail.Action.
    action = models.CharField(max_length=32)
    #: The contact, by our random id, when it is about one. No key: the trail outlives an erasure.
    contact = models.UUIDField(null=True, blank=True)
    #: What it was done to, in short: an id, a topic, a file, a role. Never a text of a person.
    about = models.CharField(max_length=MOST, blank=True, default="")
    #: Whether the contact reported an aid worker: then the safeguarding role alone sees the line.
    safeguarding = models.BooleanField(default=False)

    class Meta:
        """Read newest first, by account or by contact."""

        app_label = "console"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["contact", "-at"], name="audit_of_contact", condition=models.Q(contact__isnull=False)),
            models.Index(fields=["name", "-at"], name="audit_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name} {self.action}"
