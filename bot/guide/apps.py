"""The Django app."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """The guide. It has no tables of its own and reads none for its pages."""

    name = "bot.guide"
    label = "guide"
