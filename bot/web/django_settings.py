"""Django's settings, made from bot/settings.py. Nothing here reads the environment itself."""

from __future__ import annotations

from typing import Any

import dj_database_url

from bot import settings as faro

SETTINGS = faro.read()

SECRET_KEY = SETTINGS.secret_key
DEBUG = False
# The reverse proxy decides which host names reach us; a wrong Host header only ever changes absolute addresses, and
# the pages use none.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bot.web.urls"
ASGI_APPLICATION = "bot.web.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bot.conversations.apps.ConversationsConfig",
    "bot.channels.webchat",
    "bot.guide",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "django_htmx",
    "console",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bot.web.headers.security_headers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "console.door.staff_only",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    }
]


def _database(url: str) -> dict[str, Any]:
    # A connection a request: under ASGI each request may run in another thread, and kept connections would pile up until
    # PostgreSQL has none left (98 open after 210 requests). The worker, whose threads stay, keeps its own.
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0, conn_health_checks=True))
    if config["ENGINE"].endswith("sqlite3"):
        # WAL: readers never wait for the writer. Immediate: a transaction takes the write lock at its start and waits
        # for it, instead of failing in the middle with "database is locked" (https://sqlite.org/lang_transaction.html).
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            ),
        }
    return config


DATABASES = {"default": _database(SETTINGS.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "America/Panama"
# Of the console alone: what people read on the other pages comes from content/.
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("es", "Español"), ("en", "English"), ("fr", "Français")]
# First, so that the words of other apps do not stand in for ours.
LOCALE_PATHS = [faro.ROOT / "console" / "locale"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# A person's message and a form around it; see bot/web/bodies.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

_SECURE = SETTINGS.public_url.startswith("https://")
CSRF_COOKIE_NAME = "faro_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SECURE
CSRF_TRUSTED_ORIGINS = [SETTINGS.public_url]
CSRF_FAILURE_VIEW = "bot.channels.webchat.views.refused"

# The staff's accounts. Their session exists under /console/ only, see console/door.py, and ends with the working day.
SESSION_COOKIE_NAME = "faro_staff"
SESSION_COOKIE_PATH = "/console/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = _SECURE
LOGIN_URL = LOGOUT_REDIRECT_URL = "/console/login"
LOGIN_REDIRECT_URL = "/console/"
# Length counts, not signs (NIST SP 800-63B, 5.1.1.2).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it Chromium sends `Origin: null` on plain forms, and the CSRF check refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None

# Logging is set up by bot/log.py for every process alike.
LOGGING_CONFIG = None
