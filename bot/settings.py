"""The only reader of the environment. Wrong settings are refused at start, all at once, by the variable's name.

Every variable is listed in .env.example (a test compares the two). On one machine none is needed: what must be secret
and stay the same is then made once and kept in DATA_DIR/keys.json, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot import database_url, kept_keys, notify, secret_files
from bot.errors import SettingsError

#: The project's root: where config.yml, domain.yml, data/ and content/ are.
ROOT = Path(__file__).resolve().parent.parent

#: Fewer characters than this can be guessed (OWASP ASVS 4.0.3, 2.10.4: secrets of at least 128 bits; 32 hex digits).
MIN_SECRET = 32

#: Days that texts may be kept at most: what the first message to every contact promises (content/interface.yml).
LONGEST_RETENTION = 30

#: Minutes that a dialogue lasts without a word, and a text stays as it was written: at least as long as somebody needs to
#: read an answer and ask back, at most as long as Rasa's own session (session_expiration_time in domain.yml).
SHORTEST_DIALOGUE, LONGEST_DIALOGUE = 10, 60

#: Words that stand in examples and must never reach a real start.
EXAMPLE_VALUES = ("change-me", "changeme", "example", "secret", "your-")

#: What Telegram allows in the header that proves a webhook to be its own (core.telegram.org/bots/api#setwebhook, 2026-11).
_TELEGRAM_SECRET = re.compile("[A-Za-z0-9_-]{1,256}")
#: A bot's token as BotFather gives it: the bot's id, a colon, 35 signs.
_TELEGRAM_TOKEN = re.compile("[0-9]{6,16}:[A-Za-z0-9_-]{30,64}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The Telegram channel. `webhook` says how messages come: sent to us, or fetched (polling)."""

    token: str = field(repr=False)
    webhook: bool = False
    secret: str = field(default="", repr=False)
    api_base: str = "https://api.telegram.org"

    @property
    def bot(self) -> str:
        """The bot's id: the part of the token that is no secret."""
        return self.token.partition(":")[0]


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """The WhatsApp channel: one number of the Cloud API."""

    token: str = field(repr=False)
    phone_number_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    api_base: str = "https://graph.facebook.com"
    api_version: str = "v23.0"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets are kept out of the representation."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    pseudonym_key: str = field(repr=False)
    rasa_secret: str = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = ROOT / "var"
    content_dir: Path = ROOT / "content"
    #: Where Rasa is; several addresses are several of them, which share the turns.
    rasa_urls: tuple[str, ...] = ("http://127.0.0.1:5005",)
    actions_url: str = "http://127.0.0.1:5055"
    turn_threads: int = 4
    retention_days: int = 30
    dialogue_minutes: int = LONGEST_DIALOGUE  # after which what is personal in a text is masked where it is stored
    safeguarding_days: int = 14  # the same for what somebody wrote who reported an aid worker
    log_level: str = "INFO"
    log_format: str = "text"
    #: Newest first; the others only open what was sealed before (`bot addresses rotate`).
    address_keys: tuple[str, ...] = field(default=(), repr=False)
    delivery_threads: int = 8
    #: None: the channel is off.
    telegram: TelegramSettings | None = None
    whatsapp: WhatsAppSettings | None = None
    #: Whether nobody enters the console with a password alone. On one's own machine it is offered, not demanded.
    second_factor_demanded: bool = True
    console_idle_minutes: int = 60  # without a person; then a session of the console ends
    handover_return_minutes: int = 120
    #: What one person may say: so many messages at once, then so many a minute (bot/conversations/flood.py).
    flood_burst: int = 30
    flood_per_minute: int = 20
    #: What one network address may do on the web page (bot/channels/webchat/door.py).
    address_new_per_hour: int = 200
    address_requests_per_minute: int = 3000
    #: What one web process bears (bot/web/connections.py).
    connections: int = 1000
    request_seconds: int = 30
    #: Seals backups; empty: none can be made (bot/commands/backup.py).
    backup_key: str = field(default="", repr=False)
    notify: notify.Notify = field(default_factory=notify.Notify)
    #: Whether a second person must confirm what somebody decided about a misunderstood message before it counts.
    review_two_people: bool = False
    #: Where worker, Rasa and actions say their figures (docs/metrics.md); 0: nowhere. The web process does on its own port.
    metrics_port: int = 0
    metrics_token: str = field(default="", repr=False)

    @property
    def rasa_url(self) -> str:
        """The address of the first Rasa; for a Rasa itself its own."""
        return self.rasa_urls[0]

    @property
    def embedded(self) -> bool:
        """Whether the database is the SQLite file of a single machine."""
        return self.database_url.startswith("sqlite")


def rasa_secret_from(secret_key: str) -> str:
    """The shared secret of the private Rasa channel, derived, so that Rasa's process need not know SECRET_KEY."""
    return hmac.new(secret_key.encode(), b"faro private rasa channel", hashlib.sha256).hexdigest()


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check every setting.

    Raises:
        SettingsError: one or more variables are wrong; the message has one line for each, with its name.
    """
    filled, wrong = secret_files.opened(os.environ if environ is None else environ)
    return _Reader(filled, wrong).settings()


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is longer than any can be
        return False


class _Reader:
    def __init__(self, environ: Mapping[str, str], wrong: Sequence[tuple[str, str]]) -> None:
        self._environ = environ
        self._problems: list[str] = []
        for name, why in wrong:
            self._wrong(name, why)

    def settings(self) -> Settings:
        data_dir = self._folder("DATA_DIR", ROOT / "var")
        content_dir = self._folder("CONTENT_DIR", ROOT / "content")
        if not _is_folder(content_dir):
            self._wrong("CONTENT_DIR", f"{content_dir} is not a folder")
        database = self._database_url(f"sqlite:///{quote(str(data_dir / 'faro.sqlite3'))}")
        made = {} if self._problems else self._kept_keys(data_dir, database)
        server = database.startswith("postgres")
        secret_key = self._secret("SECRET_KEY", made, needed=server)
        pseudonym_key = self._secret("PSEUDONYM_KEY", made, needed=server)
        if secret_key and secret_key == pseudonym_key:
            self._wrong("PSEUDONYM_KEY", "must differ from SECRET_KEY")
        rasa_secret = self._secret("RASA_SECRET", {}, needed=False)
        telegram, whatsapp = self._telegram(), self._whatsapp()
        address_keys = self._address_keys(made, needed=server and bool(telegram or whatsapp))
        host = self._text("HOST", "127.0.0.1")
        port = self._number("PORT", 8000, 1, 65535)
        public_url = self._url("PUBLIC_URL", f"http://127.0.0.1:{port}")
        settings = Settings(
            database_url=database,
            secret_key=secret_key,
            pseudonym_key=pseudonym_key,
            rasa_secret=rasa_secret or rasa_secret_from(secret_key),
            public_url=public_url,
            host=host,
            port=port,
            data_dir=data_dir,
            content_dir=content_dir,
            rasa_urls=self._urls("RASA_URL", "http://127.0.0.1:5005"),
            actions_url=self._url("ACTIONS_URL", "http://127.0.0.1:5055"),
            turn_threads=self._number("TURN_THREADS", 4, 1, 64),
            retention_days=self._number("RETENTION_DAYS", 30, 1, LONGEST_RETENTION),
            dialogue_minutes=self._number("DIALOGUE_MINUTES", LONGEST_DIALOGUE, SHORTEST_DIALOGUE, LONGEST_DIALOGUE),
            safeguarding_days=self._number("SAFEGUARDING_DAYS", 14, 1, LONGEST_RETENTION),
            log_level=self._one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            log_format=self._one_of("LOG_FORMAT", "TEXT", ("TEXT", "JSON")).lower(),
            address_keys=address_keys,
            delivery_threads=self._number("DELIVERY_THREADS", 8, 1, 64),
            telegram=telegram,
            whatsapp=whatsapp,
            second_factor_demanded=self._second_factor(public_url),
            console_idle_minutes=self._number("CONSOLE_IDLE_MINUTES", 60, 5, 480),
            handover_return_minutes=self._number("HANDOVER_RETURN_MINUTES", 120, 10, 1440),
            flood_burst=self._number("FLOOD_BURST", 30, 5, 1000),
            flood_per_minute=self._number("FLOOD_PER_MINUTE", 20, 1, 600),
            address_new_per_hour=self._number("ADDRESS_NEW_PER_HOUR", 200, 10, 100_000),
            address_requests_per_minute=self._number("ADDRESS_REQUESTS_PER_MINUTE", 3000, 60, 1_000_000),
            connections=self._number("CONNECTIONS", 1000, 50, 20_000),
            request_seconds=self._number("REQUEST_SECONDS", 30, 5, 300),
            backup_key=self._secret("BACKUP_KEY", {}, needed=False),
            notify=self._notify(telegram is not None),
            review_two_people=self._one_of("REVIEW_TWO_PEOPLE", "NO", ("YES", "NO")) == "YES",
            metrics_port=self._number("METRICS_PORT", 0, 0, 65533),
            metrics_token=self._metrics_token(),
        )
        if self._problems:
            raise SettingsError("\n".join(self._problems))
        return settings

    def _wrong(self, name: str, why: str) -> None:
        # One line a problem: a value may carry line ends and other signs that a terminal would act on.
        self._problems.append(
            "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in f"{name}: {why}")
        )

    def _text(self, name: str, default: str) -> str:
        return self._environ.get(name, "").strip() or default

    def _folder(self, name: str, default: Path) -> Path:
        try:
            return Path(self._text(name, str(default))).expanduser().absolute()
        except RuntimeError:  # "~somebody" who does not exist
            self._wrong(name, "names the home folder of somebody who has none here")
            return default

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        text = self._text(name, str(default))
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            self._wrong(name, f"must be a whole number from {least} to {most}")
            return default
        return int(text)

    def _one_of(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self._text(name, default).upper()
        if text not in allowed:
            self._wrong(name, f"must be one of {', '.join(allowed)}")
        return text

    def _url(self, name: str, default: str) -> str:
        text = self._text(name, default).rstrip("/")
        if not _is_address(text):
            self._wrong(name, "must be an address such as https://faro.example.org")
        return text

    def _urls(self, name: str, default: str) -> tuple[str, ...]:
        urls = tuple(one.strip().rstrip("/") for one in self._text(name, default).split(","))
        if not all(map(_is_address, urls)):
            self._wrong(name, "must be an address such as http://127.0.0.1:5005, or several with commas between them")
        elif len(set(urls)) < len(urls):
            self._wrong(name, "has an address twice")
        return urls

    def _database_url(self, default: str) -> str:
        given = self._text("DATABASE_URL", default)
        url, wrong = database_url.checked(given, self._text("DATABASE_PASSWORD", ""))
        for name, why in wrong:
            self._wrong(name, why)
        return url

    def _strong(self, name: str, value: str) -> bool:
        if len(value) < MIN_SECRET:
            self._wrong(name, f"must have at least {MIN_SECRET} characters (make one with: openssl rand -hex 32)")
        elif not value.isascii() or not value.isprintable():
            # RASA_SECRET travels in an HTTP header; the others would fail later, when they are encoded.
            self._wrong(name, "must have letters, digits and signs of ASCII only")
        elif any(word in value.lower() for word in EXAMPLE_VALUES):
            self._wrong(name, "still has the value of an example")
        else:
            return True
        return False

    def _secret(self, name: str, made: Mapping[str, str], *, needed: bool) -> str:
        value = self._environ.get(name, "").strip()
        if value:
            return value if self._strong(name, value) else ""
        if needed:
            self._wrong(name, "must be set when DATABASE_URL is not the embedded SQLite")
        return made.get(name, "")

    def _address_keys(self, made: Mapping[str, str], *, needed: bool) -> tuple[str, ...]:
        given = [one.strip() for one in self._environ.get("ADDRESS_KEY", "").split(",") if one.strip()]
        if not given:
            if needed:
                self._wrong(
                    "ADDRESS_KEY", "must be set: Telegram or WhatsApp is on, and where people are is kept sealed"
                )
            kept = made.get("ADDRESS_KEY", "")
            return (kept,) if kept else ()
        return tuple(given) if all(self._strong("ADDRESS_KEY", one) for one in given) else ()

    def _telegram(self) -> TelegramSettings | None:
        token = self._text("TELEGRAM_TOKEN", "")
        mode = self._one_of("TELEGRAM_MODE", "POLLING", ("POLLING", "WEBHOOK"))
        secret = self._text("TELEGRAM_SECRET", "")
        base = self._url("TELEGRAM_API_BASE", "https://api.telegram.org")
        if secret and not _TELEGRAM_SECRET.fullmatch(secret):
            self._wrong("TELEGRAM_SECRET", "may have letters, digits, _ and - only, 256 at most (Telegram's rule)")
        elif secret:
            self._strong("TELEGRAM_SECRET", secret)
        if not token:
            if secret:
                self._wrong("TELEGRAM_TOKEN", "must be set when TELEGRAM_SECRET is")
            return None
        if not _TELEGRAM_TOKEN.fullmatch(token):
            self._wrong("TELEGRAM_TOKEN", "must be the token that BotFather gave: digits, a colon, letters and digits")
        if mode == "WEBHOOK" and not secret:
            self._wrong(
                "TELEGRAM_SECRET", "must be set when TELEGRAM_MODE is webhook: without it anybody could write to us"
            )
        return TelegramSettings(token=token, webhook=mode == "WEBHOOK", secret=secret, api_base=base)

    def _notify(self, telegram: bool) -> notify.Notify:
        mail, server = self._text("NOTIFY_EMAIL", ""), self._text("SMTP_URL", "")
        found, wrong = notify.read(mail, server, self._text("NOTIFY_TELEGRAM_CHAT", ""), telegram=telegram)
        for name, why in wrong:
            self._wrong(name, why)
        return found

    def _metrics_token(self) -> str:
        token = self._text("METRICS_TOKEN", "")
        return token if token and self._strong("METRICS_TOKEN", token) else ""

    def _second_factor(self, public_url: str) -> bool:
        host = urlsplit(public_url).hostname or "" if "PUBLIC_URL" not in "".join(self._problems) else ""
        own = host in ("localhost", "127.0.0.1", "::1")
        chosen = self._one_of("SECOND_FACTOR", "OPTIONAL" if own else "REQUIRED", ("REQUIRED", "OPTIONAL"))
        if chosen == "OPTIONAL" and not own:
            self._wrong("SECOND_FACTOR", "may be optional on this machine alone: PUBLIC_URL can be reached by others")
        return chosen != "OPTIONAL"

    def _whatsapp(self) -> WhatsAppSettings | None:
        token = self._text("WHATSAPP_TOKEN", "")
        number = self._text("WHATSAPP_PHONE_NUMBER_ID", "")
        app_secret = self._text("WHATSAPP_APP_SECRET", "")
        verify_token = self._text("WHATSAPP_VERIFY_TOKEN", "")
        base = self._url("WHATSAPP_API_BASE", "https://graph.facebook.com")
        version = self._text("WHATSAPP_API_VERSION", "v23.0")
        if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]{1,2}", version):
            self._wrong("WHATSAPP_API_VERSION", "must look like v23.0")
        given = {
            "WHATSAPP_TOKEN": token,
            "WHATSAPP_PHONE_NUMBER_ID": number,
            "WHATSAPP_APP_SECRET": app_secret,
            "WHATSAPP_VERIFY_TOKEN": verify_token,
        }
        if not any(given.values()):
            return None
        for name in (name for name, value in given.items() if not value):
            self._wrong(name, "must be set: WhatsApp needs all four of " + ", ".join(given))
        if number and not re.fullmatch("[0-9]{5,20}", number):
            self._wrong("WHATSAPP_PHONE_NUMBER_ID", "must be the id of the number (digits), not the number itself")
        for name in ("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"):
            if given[name]:
                self._strong(name, given[name])
        return WhatsAppSettings(token, number, app_secret, verify_token, base, version)

    def _kept_keys(self, data_dir: Path, database: str) -> dict[str, str]:
        if not database.startswith("sqlite"):
            return {}
        path = data_dir / "keys.json"
        try:
            keys = kept_keys.kept(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._wrong("DATA_DIR", f"{path} cannot be made or read ({type(error).__name__})")
            return {}
        if min(map(len, keys.values())) < MIN_SECRET:
            self._wrong("DATA_DIR", f"{path} has lost a key")
        return keys
