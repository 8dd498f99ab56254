"""What can go wrong, in words for the person who has to act on it. None of these ever carries a message's text."""

from __future__ import annotations


class FaroError(Exception):
    """Base of our own errors. `retryable` says whether doing the same again later can succeed."""

    retryable = False


class SettingsError(FaroError):
    """One or more settings are wrong; the message names every variable."""


class RasaUnavailable(FaroError):
    """Rasa did not answer a turn: down, starting, slow or failing."""

    retryable = True


class RasaMisbehaved(FaroError):
    """Rasa answered a turn with something that is not an answer."""

    retryable = True


class DatabaseUnusable(FaroError):
    """A command cannot use the database; the message says why, without a row of it."""


class GuardError(FaroError):
    """A start-up guard of bot/rasa_compat/guards.py refused to start Rasa."""


class DeliveryError(FaroError):
    """A channel could not deliver a message."""

    def __init__(self, code: str, *, retryable: bool) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
