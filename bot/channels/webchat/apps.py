"""The Django app."""

from django.apps import AppConfig


class WebchatConfig(AppConfig):
    """The page of the web chat. It has no tables of its own."""

    name = "bot.channels.webchat"
    label = "webchat"
