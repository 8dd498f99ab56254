"""Every place in which Faro keeps something, and what may stand there: whoever adds a table or a file decides it here."""

from __future__ import annotations

import re
from enum import StrEnum


class Holds(StrEnum):
    """What a table may say of people."""

    PERSON = "person"  # rows belong to a contact: erased with it, handed out on request, gone after RETENTION_DAYS
    TRAIL = "trail"  # our random id of a contact, for a year
    ERASED = "erased"  # our random id of a contact that is gone, so that a backup does not bring it back
    PSEUDONYM = "pseudonym"  # a keyed pseudonym that leads to nobody
    COUNTS = "counts"  # numbers
    NOTHING = "nothing"  # nothing of a person who asks: the team, the machine, what was taught


#: Model -> what its rows may say.
MODELS = {
    "conversations.Contact": Holds.PERSON,
    "conversations.Address": Holds.PERSON,
    "conversations.Message": Holds.PERSON,
    "conversations.Handover": Holds.PERSON,
    "conversations.Feedback": Holds.PERSON,
    "console.Reading": Holds.PERSON,
    "console.Verdict": Holds.PERSON,
    "console.Hidden": Holds.PERSON,
    "console.AuditEntry": Holds.TRAIL,
    "conversations.Erasure": Holds.ERASED,
    "conversations.Gone": Holds.PSEUDONYM,
    "conversations.DailyCount": Holds.COUNTS,
    "conversations.MonthlyCount": Holds.COUNTS,
    "conversations.Line": Holds.NOTHING,
    "conversations.Heartbeat": Holds.NOTHING,
    "console.Change": Holds.NOTHING,
    "console.Run": Holds.NOTHING,
    "console.WantedTopic": Holds.NOTHING,
    "console.Invitation": Holds.NOTHING,
    "console.OpenSession": Holds.NOTHING,
    "auth.User": Holds.NOTHING,
    "auth.Group": Holds.NOTHING,
    "auth.Permission": Holds.NOTHING,
    "auth.User_groups": Holds.NOTHING,
    "auth.User_user_permissions": Holds.NOTHING,
    "auth.Group_permissions": Holds.NOTHING,
    "contenttypes.ContentType": Holds.NOTHING,
    "sessions.Session": Holds.NOTHING,
    "otp_totp.TOTPDevice": Holds.NOTHING,
    "otp_static.StaticDevice": Holds.NOTHING,
    "otp_static.StaticToken": Holds.NOTHING,
    "axes.AccessAttempt": Holds.NOTHING,
    "axes.AccessAttemptExpiration": Holds.NOTHING,
    "axes.AccessFailureLog": Holds.NOTHING,
    "axes.AccessLog": Holds.NOTHING,
}

#: Tables of no model.
OTHER_TABLES = {"django_migrations", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}

#: Tables in which words that somebody wrote may stand; in all others none may.
WITH_TEXTS = {"conversations_message", "console_verdict", "console_hidden"}

#: Tables in which the random id of somebody who was erased may stand.
WITH_IDS = {"console_auditentry", "conversations_erasure"}

#: Files of DATA_DIR.
FILES = re.compile(r"faro\.sqlite3(-wal|-shm|\.lock)?|keys\.json|content-kept\.zip")

#: Those that are the database's own: what stands in a table stands there too.
DATABASE_FILES = ("faro.sqlite3", "faro.sqlite3-wal")
