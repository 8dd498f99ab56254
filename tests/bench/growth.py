"""What a turn costs late in a long conversation, with our session store and with Rasa's own (SQLTrackerStore on SQLite).

The same model, policies and answers; only the store differs. Turns of both alternate. Ours is asked every turn; what it
hands on is written into a row of SQLite as the worker does. In Rasa's the turns between those that are measured are made by
storing the events of the turn before once more: asking each would take minutes. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from tests.bench.processes import ROOT

#: Turns around which is measured, and how many on each side of one (none before the first).
AT = (1, 10, 100, 400)
AROUND = 2
CONVERSATIONS = 3

#: Questions that a conversation repeats; only such as are answered without the action server.
QUESTIONS = 8


class Ours:
    """Turns through the private channel; the state lives in a row between them."""

    def __init__(self, agent: Any, database: Path) -> None:
        self._agent = agent
        self._rows = sqlite3.connect(database)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("CREATE TABLE contact (id TEXT PRIMARY KEY, dialogue TEXT)")

    async def say(self, contact: str, text: str) -> None:
        """One turn."""
        from bot.rasa_compat.turn_channel import take_turn

        row = self._rows.execute("SELECT dialogue FROM contact WHERE id = ?", [contact]).fetchone()
        state = json.loads(row[0]) if row else []
        body: dict[str, Any] = {"contact": contact, "message": "1", "kind": "text", "text": text, "choice": ""}
        body |= {"language": "es", "language_chosen": False, "state": state}
        reply = await take_turn(body, self._agent, self._agent.handle_message)
        with self._rows:
            self._rows.execute("REPLACE INTO contact VALUES (?, ?)", [contact, json.dumps(reply["state"])])

    def size(self, contact: str) -> int:
        """Bytes that are kept of a conversation."""
        return int(self._rows.execute("SELECT length(dialogue) FROM contact WHERE id = ?", [contact]).fetchone()[0])

    async def grow(self, contact: str, text: str, turns: int) -> None:
        """So many turns that are not measured."""
        for _ in range(turns):
            await self.say(contact, text)


class Theirs:
    """Turns through Rasa's agent, with its SQL store."""

    def __init__(self, agent: Any, database: Path) -> None:
        self._agent, self._database = agent, database

    async def say(self, contact: str, text: str) -> None:
        """One turn."""
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        channel = CollectingOutputChannel()
        metadata = {"language": "es", "language_chosen": False}
        await self._agent.handle_message(UserMessage(text, channel, contact, metadata=metadata))
        if not channel.messages:
            raise AssertionError("a turn without an answer")

    def size(self, contact: str) -> int:
        """Bytes that are kept of a conversation."""
        with closing(sqlite3.connect(self._database)) as rows:
            query = "SELECT sum(length(data)) FROM events WHERE sender_id = ?"
            return int(rows.execute(query, [contact]).fetchone()[0])

    async def grow(self, contact: str, text: str, turns: int) -> None:
        """So many turns that are not measured."""
        from rasa.shared.core.events import UserUttered

        store = self._agent.tracker_store
        tracker = await store.retrieve(contact)
        events = list(tracker.events)
        last = max(place for place, event in enumerate(events) if isinstance(event, UserUttered))
        for _ in range(turns):
            for event in events[last:]:
                again = copy.deepcopy(event)
                again.timestamp = time.time()
                tracker.update(again, self._agent.domain)
        await store.save(tracker)


async def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds, processor milliseconds and bytes by store and turn."""
    systems = _systems(folder)
    texts = await _texts(systems["ours"]._agent)
    found: dict[str, dict[int, list[tuple[float, float, int]]]] = {name: {turn: [] for turn in AT} for name in systems}
    for contact in (f"c{number}" for number in range(CONVERSATIONS)):
        done = 0
        for turn in AT:
            first = max(1, turn - AROUND)
            last = turn if turn == 1 else turn + AROUND
            for system in systems.values():
                if first - 1 > done:
                    await system.grow(contact, texts[0], first - 1 - done)
            for place in range(first, last + 1):
                for name, system in systems.items():
                    spent = await _timed(system.say(contact, texts[place % len(texts)]))
                    found[name][turn].append((*spent, system.size(contact)))
            done = last
    return {
        name: {
            str(turn): dict(
                zip(
                    ("ms", "processor_ms", "bytes"),
                    (round(statistics.median(one), 1) for one in zip(*rows, strict=True)),
                    strict=True,
                )
            )
            for turn, rows in turns.items()
        }
        for name, turns in found.items()
    }


async def _timed(turn: Awaitable[None]) -> tuple[float, float]:
    begun, busy = time.perf_counter(), time.process_time()
    await turn
    return (time.perf_counter() - begun) * 1000, (time.process_time() - busy) * 1000


def _systems(folder: Path) -> dict[str, Ours | Theirs]:
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.shared.core.domain import Domain

    from bot.answers.nlg import AnswerLibraryNLG
    from bot.rasa_compat import known_once, training
    from bot.rasa_compat.session_store import SessionTrackerStore

    known_once.install()
    model, domain = training.model_path(ROOT), Domain.load(str(ROOT / "domain.yml"))
    stores = {
        "ours": SessionTrackerStore(domain),
        "theirs": SQLTrackerStore(domain, dialect="sqlite", db=str(folder / "theirs.db")),
    }
    agents = {}
    for name, store in stores.items():
        agents[name] = Agent(domain=domain, generator=AnswerLibraryNLG(), tracker_store=store)
        agents[name].load_model(model)
    return {
        "ours": Ours(agents["ours"], folder / "ours.db"),
        "theirs": Theirs(agents["theirs"], folder / "theirs.db"),
    }


async def _texts(agent: Any) -> list[str]:
    """Questions of the tests that a rule answers with words alone."""
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    plain = {rule["steps"][0]["intent"] for rule in rules if rule["steps"][1]["action"].startswith("utter_")}
    asked = yaml.safe_load((ROOT / "tests" / "questions" / "es.yml").read_text(encoding="utf-8"))["questions"]
    texts: list[str] = []
    for one in asked:
        if (await agent.processor.parse_message(_message(one["text"])))["intent"]["name"] in plain:
            texts.append(one["text"])
        if len(texts) == QUESTIONS:
            break
    return texts


def _message(text: str) -> Any:
    from rasa.core.channels.channel import UserMessage

    return UserMessage(text, metadata={"language": "es", "language_chosen": False})


def main() -> int:
    """Measure and print."""
    from bot.rasa_compat import placeholders

    placeholders.install(only_understanding=True)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="faro-growth-") as folder:
        sys.stdout.write(json.dumps(asyncio.run(measure(Path(folder)))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
