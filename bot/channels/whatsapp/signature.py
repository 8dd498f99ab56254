"""The proof that a webhook is Meta's: an HMAC over the body exactly as it came. Pure."""

from __future__ import annotations

import hashlib
import hmac

#: The header, in small letters (Meta, Graph API, "Webhooks: getting started", 2026-11).
HEADER = "x-hub-signature-256"

_SCHEME = "sha256="


def signature(secret: str, body: bytes) -> str:
    """The value of HEADER for a body."""
    return _SCHEME + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(secret: str, body: bytes, given: str) -> bool:
    """Whether `given` is the signature of the body. Takes as long for a wrong one as for a right one.

    Args:
        secret: the app secret.
        body: as it was received. Meta escapes what is not ASCII (\\u00e9), so a body that was parsed and written again
            has another signature, precisely for people who do not write in English.
        given: the value of HEADER.
    """
    return hmac.compare_digest(signature(secret, body).encode(), given.encode("utf-8", "surrogatepass"))
