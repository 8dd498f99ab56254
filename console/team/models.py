"""Links with which somebody of the team sets a password."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Invitation(models.Model):
    """A link that was given to somebody and not yet used. One an account: a new one ends the one before."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitation")
    #: SHA-256 of the link's secret, hexadecimal: whoever reads the table cannot use it.
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        """In the console's app."""

        app_label = "console"

    def __str__(self) -> str:
        return f"invitation of {self.account_id}"
