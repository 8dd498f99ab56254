"""The tables of the console, each in the folder of its subject, and what its accounts may be allowed to do."""

from __future__ import annotations

from django.db import models

from console.audit.models import AuditEntry
from console.conversations.models import Reading
from console.login.models import OpenSession, SecondFactor
from console.permissions import Permission
from console.review.models import Change, Hidden, Run, Verdict, WantedTopic
from console.team.models import Invitation

__all__ = [
    "Access",
    "AuditEntry",
    "Change",
    "Hidden",
    "Invitation",
    "OpenSession",
    "Reading",
    "Run",
    "SecondFactor",
    "Verdict",
    "WantedTopic",
]


class Access(models.Model):
    """Carries the permissions of the console; no table."""

    class Meta:
        """Only its permissions exist."""

        managed = False
        default_permissions = ()
        permissions = [(one.value, one.value.replace("_", " ")) for one in Permission]

    def __str__(self) -> str:
        return "access"
