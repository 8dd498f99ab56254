"""A life of an installation, told in one process of its own: run by test_backup.py on each database.

    python -m tests.backup.life FOLDER

Everything goes by the commands that people type; what was said goes through inbox, turn and outbox. Prints what was found.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.__main__ import main as bot


def typed(*arguments: str) -> tuple[int, str]:
    """What a command gives back, and what it says."""
    with redirect_stderr(io.StringIO()) as said:
        code = bot(list(arguments))
    return code, said.getvalue()


def live(folder: Path) -> dict[str, Any]:
    """Write, back up, go on, erase, lose, restore, go on."""
    assert typed("migrate")[0] == 0
    from django.utils import timezone

    from bot.conversations.accept import accept
    from bot.conversations.addresses import AddressBook
    from bot.conversations.claim import claim_next
    from bot.conversations.models import Contact, Message
    from bot.conversations.turn import take_turn
    from bot.web.django_settings import SETTINGS
    from bot.words import Incoming, Kind
    from tests.conversations.conftest import NamedPhrases, ScriptedRasa, heard, reply

    book = AddressBook(SETTINGS.pseudonym_key, SETTINGS.address_keys)
    found: dict[str, Any] = {}

    def say(who: str, number: int, text: str) -> Contact:
        incoming = Incoming("telegram", who, f"{who}-{number}", Kind.TEXT, text=text, reference=f"{who}:{number}")
        return accept(incoming, key=SETTINGS.pseudonym_key, now=timezone.now(), book=book).contact

    def answer() -> None:
        while (claim := claim_next(now=timezone.now())) is not None:
            take_turn(claim, rasa=ScriptedRasa(reply()), phrases=NamedPhrases(), clock=timezone.now)

    ana, eva = say("ana", 1, "¿cuánto cuesta?"), say("eva", 1, "tengo miedo")
    answer()
    waiting = say("ana", 2, "¿y los niños?")
    old = say("old", 1, "hace mucho")
    Message.objects.filter(contact=old).update(created_at=timezone.now() - timedelta(days=40), state="answered")

    file = folder / "first.sealed"
    found["backup"] = typed("backup", str(file))
    found["again"] = typed("backup", str(file))
    found["mode"] = oct(file.stat().st_mode & 0o777)
    content = file.read_bytes()
    found["plain"] = [word for word in ("miedo", "telegram", SETTINGS.pseudonym_key) if word.encode() in content]
    found["left"] = sorted(one.name for one in folder.iterdir())

    answer()
    found["erase"] = typed("erase", str(eva.pk))
    say("new", 1, "hola")

    (folder / "cut.sealed").write_bytes(content[:-20])
    (folder / "changed.sealed").write_bytes(content[:-200] + b"x" + content[-199:])
    found["cut"] = typed("restore", str(folder / "cut.sealed"), "--replace")
    found["changed"] = typed("restore", str(folder / "changed.sealed"), "--replace")
    found["unasked"] = typed("restore", str(file))
    found["untouched"] = Contact.objects.count()
    found["check"] = typed("restore", str(file), "--check", "--files", str(folder / "files"))
    found["files"] = (folder / "files/content/contacts.yml").is_file() and (folder / "files/data/rules.yml").is_file()
    found["restore"] = typed("restore", str(file), "--replace")

    found["contacts"] = Contact.objects.count()
    found["eva"] = Contact.objects.filter(pk=eva.pk).exists()
    found["known"] = say("ana", 2, "¿y los niños?").pk == ana.pk == waiting.pk
    found["repeated"] = Message.objects.filter(contact=ana, direction="in").count()
    answer()
    found["heard"] = len(heard(ana))
    found["address"] = book.addresses(ana.pk)
    found["second"] = typed("backup", str(folder / "second.sealed"))[0]
    return found


if __name__ == "__main__":
    print(json.dumps(live(Path(sys.argv[1]))))  # noqa: T201
