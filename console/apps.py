"""The Django app."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console. Accounts and sessions are Django's own tables; it has none of its own."""

    name = "console"
    label = "console"
