"""`make fuzz`: parsers of what strangers send, fuzzed by what their code has not done yet (atheris, libFuzzer).

`python -m tests.security.guided PARSER SECONDS`. The seeds are small valid messages; what libFuzzer makes of them is read by
the parser, and anything but its own promise ends the run with the bytes that did it, to become a test. Atheris is no
dependency: `make fuzz` puts it into .tools, where there is a wheel for it (Linux).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import atheris

from bot.rasa_compat import placeholders

placeholders.install()

NUMBER = "106540352242922"
NOW = datetime(2026, 11, 30, tzinfo=UTC)

_PERSON = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "es"}
_MESSAGE = {"message_id": 5, "date": int(NOW.timestamp()), "chat": {"id": 7, "type": "private"}, "from": _PERSON}
_VALUE = {
    "metadata": {"phone_number_id": NUMBER},
    "contacts": [{"wa_id": "50760000000", "user_id": "PA.1"}],
    "messages": [
        {"id": "wamid.1", "from": "50760000000", "timestamp": "1796000000", "type": "text", "text": {"body": "hola"}},
        {"id": "wamid.2", "from": "50760000000", "type": "location", "location": {"latitude": 8.9, "longitude": -79.5}},
        {
            "id": "wamid.3",
            "from": "50760000000",
            "type": "system",
            "system": {"type": "user_changed_number", "wa_id": "50760000001"},
        },
    ],
    "statuses": [
        {"id": "wamid.4", "status": "failed", "biz_opaque_callback_data": "out:1", "errors": [{"code": 131026}]}
    ],
}

#: Where the fuzzer begins.
SEEDS: dict[str, list[bytes]] = {
    "telegram": [
        json.dumps({"update_id": 1, "message": {**_MESSAGE, "text": "/start fr"}}).encode(),
        json.dumps(
            {"update_id": 2, "message": {**_MESSAGE, "location": {"latitude": 8.9, "longitude": -79.5}}}
        ).encode(),
        json.dumps(
            {"update_id": 3, "callback_query": {"id": "9", "from": _PERSON, "chat_instance": "1", "data": "menu"}}
        ).encode(),
        json.dumps(
            {"update_id": 4, "edited_message": {**_MESSAGE, "edit_date": int(NOW.timestamp()), "text": "b"}}
        ).encode(),
    ],
    "whatsapp": [
        json.dumps(
            {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": _VALUE}]}]}
        ).encode()
    ],
    "posted": [
        b'{"id": "6f1d2a3b-0000-4000-8000-000000000001", "text": "hola"}',
        b'{"id": "6f1d2a3b-0000-4000-8000-000000000001", "location": {"lat": 8.9, "lon": -79.5}}',
    ],
    "content": [
        b"topic: fever\ntitle:\n  es: Fiebre\n  en: Fever\ntext:\n  es: |\n    Vaya al hospital. Llame al 911.\n"
    ],
    "text": ["Mi número es +507 6000-1234, ana@example.org, cédula 8-123-456; http://t.me/ana *hola* 911".encode()],
}


def _parsers() -> dict[str, Callable[[bytes], None]]:
    with atheris.instrument_imports(include=["bot", "telegram", "yaml"]):
        from bot.answers.library import Library
        from bot.answers.nearest import near_choice
        from bot.answers.parse import parse as parse_content
        from bot.channels.telegram import parse as telegram
        from bot.channels.webchat import links, posted
        from bot.channels.whatsapp import markup
        from bot.channels.whatsapp import parse as whatsapp
        from bot.conversations import masking
        from bot.conversations.accept import clean
        from bot.settings import ROOT
    content = Library(ROOT / "content").current()

    def read_telegram(data: bytes) -> None:
        try:
            raw = json.loads(data)
        except (ValueError, RecursionError):
            return
        try:
            telegram.parse(raw, bot="1", content=content)
        except telegram.Malformed as error:
            assert not error.args and error.__cause__ is None

    def read_whatsapp(data: bytes) -> None:
        try:
            found = whatsapp.read(data, number=NUMBER, near=lambda lat, lon: near_choice(content, lat, lon))
        except whatsapp.Unreadable:
            return
        for event in found.events:
            repr(event)

    def read_content(data: bytes) -> None:
        part = parse_content("content/answers/health/fever.yml", "answers/health/fever.yml", data)
        assert part.value is not None or part.problems

    def read_text(data: bytes) -> None:
        text = clean(data.decode("utf-8", "replace"))
        begun = time.process_time()
        masked = masking.mask(text)
        assert masking.mask(masked.text).text == masked.text or masked.found
        markup.plain(text)
        assert all(0 <= one.start < one.end <= len(text) for one in links.find(text, frozenset({"911"})))
        assert time.process_time() - begun < 5, "slow"

    return {
        "telegram": read_telegram,
        "whatsapp": read_whatsapp,
        "posted": lambda data: repr(posted.from_json(data)) and None,
        "content": read_content,
        "text": read_text,
    }


def main(name: str, seconds: int) -> None:
    """Fuzz one parser for that long. libFuzzer ends the process."""
    from bot.web import setup

    setup()
    parser = _parsers()[name]
    folder = Path(tempfile.mkdtemp(prefix=f"faro-fuzz-{name}-"))
    for number, seed in enumerate(SEEDS[name]):
        (folder / str(number)).write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(folder), f"-artifact_prefix={folder}/", *options], parser)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
