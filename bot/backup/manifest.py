"""What a backup says about itself, so that it is restored only where it fits. The keys themselves are never in it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.errors import BackupError
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Manifest:
    """About one backup.

    `vendor` is the kind of database, `migrations` are those that were applied ("app.name"), `model` is the model's name.
    Of each key there is a check value: by it a key is recognised, and nothing else can be done with it.
    """

    made_at: str
    version: str
    vendor: str
    migrations: tuple[str, ...]
    model: str
    pseudonym_key: str
    address_keys: tuple[str, ...]
    secret_key: str

    @property
    def at(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)

    def to_bytes(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Read one.

        Raises:
            BackupError: a newer Faro wrote it.
        """
        try:
            found = json.loads(data)
            read: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in found.items()}
            return cls(**read)
        except (ValueError, TypeError, AttributeError):
            raise BackupError(
                "the backup was made by another version of Faro that says other things about itself"
            ) from None


def check_value(key: str) -> str:
    """By this a key is recognised."""
    return hmac.new(key.encode(), b"faro backup check", hashlib.sha256).hexdigest()[:32]


def about(
    settings: Settings, *, version: str, vendor: str, migrations: Sequence[str], model: str, now: datetime
) -> Manifest:
    """The manifest of a backup that is made now."""
    return Manifest(
        made_at=now.isoformat(),
        version=version,
        vendor=vendor,
        migrations=tuple(sorted(migrations)),
        model=model,
        pseudonym_key=check_value(settings.pseudonym_key),
        address_keys=tuple(check_value(key) for key in settings.address_keys),
        secret_key=check_value(settings.secret_key),
    )


def misfits(manifest: Manifest, settings: Settings, *, vendor: str, known: Sequence[str]) -> list[str]:
    """Why this backup does not fit here, a line each; empty when it does.

    Args:
        manifest: of the backup.
        settings: of this installation.
        vendor: the kind of its database.
        known: the migrations that this version of Faro has ("app.name").
    """
    found = []
    if manifest.vendor != vendor:
        found.append(f"DATABASE_URL: the backup is of {manifest.vendor}, and this database is {vendor}")
    if newer := sorted(set(manifest.migrations) - set(known)):
        found.append(f"it was made by version {manifest.version}, which is newer than this one (it has {newer[0]})")
    if manifest.pseudonym_key != check_value(settings.pseudonym_key):
        found.append("PSEUDONYM_KEY: not the one of the backup: nobody would be recognised")
    ours = {check_value(key) for key in settings.address_keys}
    if missing := [key for key in manifest.address_keys if key not in ours]:
        found.append(
            f"ADDRESS_KEY: {len(missing)} of the backup's {len(manifest.address_keys)} keys not here: none could be answered"
        )
    return found


def warnings(manifest: Manifest, settings: Settings) -> list[str]:
    """What will be different all the same."""
    if manifest.secret_key == check_value(settings.secret_key):
        return []
    return [
        "SECRET_KEY: not the one of the backup: browsers begin anew, and the team's second factors have to be set up again"
    ]
