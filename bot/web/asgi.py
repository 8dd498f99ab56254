"""The ASGI application."""

from bot.web import setup

setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django wants to be set up first
from django.utils import timezone  # noqa: E402

from bot.channels.roster import roster  # noqa: E402
from bot.channels.webchat.languages import words  # noqa: E402
from bot.web.bodies import LimitedBodies  # noqa: E402
from bot.web.django_settings import SETTINGS  # noqa: E402
from bot.web.headers import Marked  # noqa: E402
from bot.web.webhooks import Webhooks  # noqa: E402

# In the default language: nothing of such a request is read, not even who it is from.
pages = LimitedBodies(get_asgi_application(), lambda: words("")["error_too_large"])
answered = Webhooks(pages, roster(SETTINGS, clock=timezone.now).hooks)
application = Marked(answered, https=SETTINGS.public_url.startswith("https://"))
