"""The only reader of the environment. Wrong settings are refused at start, all at once, by the variable's name.

Every variable is listed in .env.example (a test compares the two). On one machine none is needed: what must be secret
and stay the same is then made once and kept in DATA_DIR/keys.json, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot.errors import SettingsError

#: The project's root: where config.yml, domain.yml, data/ and content/ are.
ROOT = Path(__file__).resolve().parent.parent

#: Fewer characters than this can be guessed (OWASP ASVS 4.0.3, 2.10.4: secrets of at least 128 bits; 32 hex digits).
MIN_SECRET = 32

#: Days that texts may be kept at most: what the first message to every contact promises (content/interface.yml).
LONGEST_RETENTION = 30

#: Words that stand in examples and must never reach a real start.
EXAMPLE_VALUES = ("change-me", "changeme", "example", "secret", "your-")

#: Every variable that this file reads, for .env.example and the tests.
VARIABLES = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PSEUDONYM_KEY",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "DATA_DIR",
    "CONTENT_DIR",
    "RASA_URL",
    "RASA_SECRET",
    "ACTIONS_URL",
    "TURN_THREADS",
    "RETENTION_DAYS",
    "LOG_LEVEL",
    "LOG_FORMAT",
)


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
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    turn_threads: int = 4
    retention_days: int = 30
    log_level: str = "INFO"
    log_format: str = "text"

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
    return _Reader(os.environ if environ is None else environ).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[str] = []

    def settings(self) -> Settings:
        data_dir = self._folder("DATA_DIR", ROOT / "var")
        content_dir = self._folder("CONTENT_DIR", ROOT / "content")
        if not content_dir.is_dir():
            self._wrong("CONTENT_DIR", f"{content_dir} is not a folder")
        database_url = self._database_url(f"sqlite:///{quote(str(data_dir / 'faro.sqlite3'))}")
        made = {} if self._problems else self._kept_keys(data_dir, database_url)
        server = database_url.startswith("postgres")
        secret_key = self._secret("SECRET_KEY", made, needed=server)
        pseudonym_key = self._secret("PSEUDONYM_KEY", made, needed=server)
        if secret_key and secret_key == pseudonym_key:
            self._wrong("PSEUDONYM_KEY", "must differ from SECRET_KEY")
        rasa_secret = self._secret("RASA_SECRET", {}, needed=False)
        host = self._text("HOST", "127.0.0.1")
        port = self._number("PORT", 8000, 1, 65535)
        settings = Settings(
            database_url=database_url,
            secret_key=secret_key,
            pseudonym_key=pseudonym_key,
            rasa_secret=rasa_secret or rasa_secret_from(secret_key),
            public_url=self._url("PUBLIC_URL", f"http://127.0.0.1:{port}"),
            host=host,
            port=port,
            data_dir=data_dir,
            content_dir=content_dir,
            rasa_url=self._url("RASA_URL", "http://127.0.0.1:5005"),
            actions_url=self._url("ACTIONS_URL", "http://127.0.0.1:5055"),
            turn_threads=self._number("TURN_THREADS", 4, 1, 64),
            retention_days=self._number("RETENTION_DAYS", 30, 1, LONGEST_RETENTION),
            log_level=self._one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            log_format=self._one_of("LOG_FORMAT", "TEXT", ("TEXT", "JSON")).lower(),
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
        try:
            parts = urlsplit(text)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            self._wrong(name, "must be an address such as https://faro.example.org")
        return text

    def _database_url(self, default: str) -> str:
        # Never echoed: it carries the database's password.
        text = self._text("DATABASE_URL", default)
        if not text.startswith(("sqlite://", "postgres://", "postgresql://")):
            self._wrong("DATABASE_URL", "must begin with sqlite:/// or postgresql://")
            return text
        try:
            parts = urlsplit(text)
            named = len(parts.path) > 1 and parts.port != 0
        except ValueError:
            named = False
        if not named:
            self._wrong(
                "DATABASE_URL", "is no address of a database (signs like / # ? @ in a password are written %2F)"
            )
        elif text.startswith("sqlite") and (parts.netloc or not parts.path.startswith("//")):
            # One in memory would be another one in each process, a relative one depends on where a command is called.
            self._wrong("DATABASE_URL", "must name a file by its whole path: sqlite:////srv/faro/faro.sqlite3")
        return text

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

    def _kept_keys(self, data_dir: Path, database_url: str) -> dict[str, str]:
        if not database_url.startswith("sqlite"):
            return {}
        path = data_dir / "keys.json"
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # what people write will stand in it
            if not path.exists():
                keys = {"SECRET_KEY": secrets.token_hex(32), "PSEUDONYM_KEY": secrets.token_hex(32)}
                # Written aside and linked into place: of two processes starting at once, one wins and both read the same.
                aside = data_dir / f".keys.{secrets.token_hex(4)}"
                descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(keys, file)
                try:
                    os.link(aside, path)
                except FileExistsError:
                    pass
                finally:
                    aside.unlink()
            kept = json.loads(path.read_text(encoding="utf-8"))
            keys = {name: str(kept[name]) for name in ("SECRET_KEY", "PSEUDONYM_KEY")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._wrong("DATA_DIR", f"{path} cannot be made or read ({type(error).__name__})")
            return {}
        if min(map(len, keys.values())) < MIN_SECRET:
            self._wrong("DATA_DIR", f"{path} has lost a key")
        return keys
