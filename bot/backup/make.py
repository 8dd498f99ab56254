"""Making a backup: one sealed file, written aside and put in place when it is whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from bot import __version__
from bot.backup import contents, manifest, postgres, sqlite
from bot.backup.sealed import seal
from bot.errors import BackupError
from bot.settings import ROOT, Settings


def make(file: Path, settings: Settings, *, model: str, now: datetime) -> None:
    """Back up the database and the files that staff edit, beside a Faro that runs.

    Args:
        file: where to; its folder has to be there.
        settings: of this installation.
        model: the name of the trained model.
        now: the time.

    Raises:
        BackupError: BACKUP_KEY is not set, the file is there already, or something cannot be read or written.
    """
    key = key_of(settings)
    if not applied():
        raise BackupError("there is nothing to back up: the database has no tables")
    if file.exists():
        raise BackupError(f"{file} is there already")
    about = manifest.about(
        settings, version=__version__, vendor=connection.vendor, migrations=applied(), model=model, now=now
    )
    files = contents.pack({"content": settings.content_dir, "data": ROOT / "data"})
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                seal(out, key, contents.join(about.to_bytes(), files, _database()))
                out.flush()
                os.fsync(out.fileno())
            os.link(aside, file)  # unlike a renaming it replaces nothing
        finally:
            aside.unlink()
    except FileExistsError:
        raise BackupError(f"{file} is there already") from None
    except OSError as error:
        raise BackupError(f"{file} cannot be written ({error.strerror})") from None


def key_of(settings: Settings) -> str:
    """BACKUP_KEY.

    Raises:
        BackupError: it is not set.
    """
    if not settings.backup_key:
        raise BackupError("BACKUP_KEY: must be set; a backup is sealed with it (make one with: openssl rand -hex 32)")
    return settings.backup_key


def applied() -> list[str]:
    """The migrations that this database has ("app.name"); empty when there are no tables."""
    recorder = MigrationRecorder(connection)
    return [f"{app}.{name}" for app, name in recorder.applied_migrations()] if recorder.has_table() else []


def _database() -> Iterator[bytes]:
    if connection.vendor == "postgresql":
        return postgres.dump(connection.settings_dict)
    return sqlite.dump(Path(str(connection.settings_dict["NAME"])))
