"""The web process: Django settings, addresses, health."""

from __future__ import annotations

import os


def setup() -> None:
    """Make Django's models usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.web.django_settings")
    import django

    django.setup()
