"""The ASGI application."""

from bot.web import setup

setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django wants to be set up first

from bot.channels.webchat.languages import words  # noqa: E402
from bot.web.bodies import LimitedBodies  # noqa: E402

# In the default language: nothing of such a request is read, not even who it is from.
application = LimitedBodies(get_asgi_application(), lambda: words("")["error_too_large"])
