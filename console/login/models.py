"""Sessions that are open, and the second factor."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice


class OpenSession(models.Model):
    """A login that has not ended. Without its row a session opens nothing, so that deleting the row ends it at once.

    Neither the session's key nor an address: whoever reads this table can neither enter nor follow anybody.
    """

    #: Stands in the session too; not the session's key, which changes at every step of the login.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions")
    started = models.DateTimeField()
    #: When a person last did something in it, to the minute.
    seen = models.DateTimeField()
    #: Kind of browser and system, so that people know their own.
    browser = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        """Read by account."""

        app_label = "console"
        indexes = [models.Index(fields=["account", "-seen"], name="session_of_account")]

    def __str__(self) -> str:
        return f"session of {self.account_id}"


class SecondFactor(TOTPDevice):  # type: ignore[misc]  # django-otp has no types
    """A TOTP device (RFC 6238) whose secret is not in the database: it is made of the row's key and SECRET_KEY.

    django-otp keeps secrets as they are; with them a copy of the database would be enough to pass the second factor.
    """

    class Meta:
        """django-otp's own table."""

        app_label = "console"
        proxy = True
        default_permissions = ()

    @property
    def bin_key(self) -> bytes:
        """The secret that the telephone has: 20 bytes, what RFC 4226 recommends."""
        return salted_hmac("console.second_factor", self.key, algorithm="sha256").digest()[:20]
