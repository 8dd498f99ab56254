"""The Django app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Contacts, messages, handovers, feedback."""

    name = "bot.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
