"""Django's settings, made from bot/settings.py. Nothing here reads the environment itself."""

from __future__ import annotations

from datetime import timedelta
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
    "bot.web.headers.security_headers",  # what WhiteNoise answers never comes further in
    "bot.web.counted.counted",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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


#: A server that has gone without a word (a cable, a firewall) would be waited for: 2 minutes for a new connection, 2 hours
#: for one that was open. So: seconds for a new one; after 10 s of silence three questions, 5 s apart; 15 s for what was sent
#: and never confirmed (PostgreSQL 17, "Database Connection Control Functions", 2026-11).
_CONNECTION = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

#: PostgreSQL is given values beside a statement and not written into it, and keeps what a connection has asked so often
#: ready to run: of 5 ms that it spent on a turn, more than 1 was reading and planning the same fifteen statements anew
#: (docs/adr/0019-what-a-turn-may-cost.md). A pooler between must know of it (PgBouncer 1.21, max_prepared_statements).
_STATEMENTS = {"server_side_binding": True, "prepare_threshold": 5}


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
    else:
        # What DATABASE_URL says after its "?" wins.
        config["OPTIONS"] = {**_CONNECTION, **_STATEMENTS, **config.get("OPTIONS", {})}
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
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page has business with our scripts and styles

# A person's message and a form around it; see bot/web/bodies.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

_SECURE = SETTINGS.public_url.startswith("https://")
# "__Host-": a browser takes it from this very host over TLS alone, not from a neighbour under the same domain (RFC 6265bis,
# 4.1.3.2). Without TLS it would be refused.
CSRF_COOKIE_NAME = "__Host-faro_csrf" if _SECURE else "faro_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SECURE
CSRF_TRUSTED_ORIGINS = [SETTINGS.public_url]
CSRF_FAILURE_VIEW = "bot.channels.webchat.views.refused"

# The staff's accounts. Their session exists under /console/ only, see console/door.py, and ends with the working day.
SESSION_COOKIE_NAME = "__Secure-faro_staff" if _SECURE else "faro_staff"  # not __Host-: that demands the path "/"
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

# Lock-out: who is counted how is written in console/login/lockout.py, what is kept of them in console/login/origin.py.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "console.login.lockout.Handler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "console.login.origin.name"
AXES_CLIENT_IP_CALLABLE = "console.login.origin.address"
AXES_SENSITIVE_PARAMETERS = ["username", "password", "code", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Its middleware would answer in English; console/login/views.py says it in the person's language.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

# What the telephone shows beside the code.
OTP_TOTP_ISSUER = "Faro"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None

# Logging is set up by bot/log.py for every process alike.
LOGGING_CONFIG = None
