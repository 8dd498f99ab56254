"""Bringing a backup back: only where it fits, only when nobody is at work, and without those who were erased since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from bot.backup import contents, postgres, sqlite
from bot.backup.make import applied, key_of
from bot.backup.manifest import Manifest, misfits, warnings
from bot.backup.sealed import unseal
from bot.conversations import heartbeat, retention
from bot.conversations.erase import forget
from bot.conversations.models import Contact, Erasure
from bot.errors import BackupError
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: how many contacts, and how many of them were erased again; messages deleted by their age."""

    contacts: int
    erased: int
    expired: int


def examine(file: Path, settings: Settings) -> tuple[Manifest, list[str]]:
    """Open the whole of a backup and see whether it fits here. Returns what it says of itself, and what will be different.

    Raises:
        BackupError: it cannot be opened, is damaged or does not fit; the message has a line for each reason.
    """
    key = key_of(settings)
    try:
        with file.open("rb") as source:
            head, _, database = contents.split(unseal(source, key))
            for _ in database:  # to the end: only then it is certain that nothing is missing
                pass
    except OSError as error:
        raise BackupError(f"{file} cannot be read ({error.strerror})") from None
    found = Manifest.from_bytes(head)
    known = [f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations]
    if wrong := misfits(found, settings, vendor=connection.vendor, known=known):
        raise BackupError("\n".join(wrong))
    return found, warnings(found, settings)


def restore(file: Path, settings: Settings, *, replace: bool, now: datetime) -> Restored:
    """Put a backup in the place of the database.

    Whoever was erased since, by what the database that goes still knows, is erased again, and what is too old is deleted,
    before this returns.

    Args:
        file: the backup.
        settings: of this installation.
        replace: whether a database with conversations may go.
        now: the time.

    Raises:
        BackupError: it does not fit, Faro runs, or there is something that may not go. Then nothing has changed.
    """
    examine(file, settings)
    erased = _leave(replace=replace, now=now)
    with file.open("rb") as source:
        _, _, database = contents.split(unseal(source, key_of(settings)))
        _put(database)
    call_command("migrate", interactive=False, verbosity=0)
    contacts = Contact.objects.count()
    again = _erase_again(erased, now=now)
    return Restored(contacts, again, retention.enforce(days=settings.retention_days, now=now))


def files_of(file: Path, settings: Settings, into: Path) -> None:
    """Write the content and the training data of a backup into a folder.

    Raises:
        BackupError: the folder is not empty, or the backup cannot be opened.
    """
    with file.open("rb") as source:
        _, packed, database = contents.split(unseal(source, key_of(settings)))
        for _ in database:
            pass
    contents.unpack(packed, into)


def _leave(*, replace: bool, now: datetime) -> dict[UUID, datetime]:
    """See whether the database here may go. Returns who was erased from it, and when."""
    there = set(connection.introspection.table_names())
    if Contact._meta.db_table not in there:
        return {}
    if "conversations.0007_heartbeat" in applied() and heartbeat.alive(heartbeat.WORKER, now=now):
        raise BackupError("Faro runs on this database, or ran a minute ago: stop all its processes first")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            (others,) = cursor.fetchone()
        if others:
            raise BackupError(f"{others} others are connected to this database: stop all processes of Faro first")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(Contact._meta.db_table)}")  # noqa: S608 - our own name
        (kept,) = cursor.fetchone()
    if kept and not replace:
        raise BackupError(
            f"the database holds {kept} contacts: with --replace they go, and the backup comes in their place"
        )
    if Erasure._meta.db_table not in there:
        return {}
    return dict(Erasure.objects.values_list("contact", "at"))


def _put(database: Iterable[bytes]) -> None:
    if connection.vendor == "postgresql":
        tables = connection.introspection.table_names()
        connections.close_all()
        postgres.load(connection.settings_dict, database, instead_of=tables)
    else:
        connections.close_all()
        sqlite.load(Path(str(connection.settings_dict["NAME"])), database)


def _erase_again(erased: dict[UUID, datetime], *, now: datetime) -> int:
    """Erase those who were erased after the backup was made. Returns how many there were."""
    back = Contact.objects.filter(pk__in=erased)
    number = 0
    for contact in back:
        forget(contact, now=now)
        number += 1
    known = set(Erasure.objects.values_list("contact", flat=True))
    Erasure.objects.bulk_create(Erasure(contact=who, at=at) for who, at in erased.items() if who not in known)
    return number
