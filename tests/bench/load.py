"""The load: conversations made of our test questions, held by a number of contacts at a time."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench.measure import Turns

#: Messages in one conversation. Whoever asks rarely asks more; stock Rasa becomes slower with every further one.
LENGTH = 6

#: Messages that may wait for their answer at once when they are offered at a rate; more would not be said at their time.
AT_ONCE = 48

#: Says one message for a contact and waits until it is answered; returns whether there was an answer.
Say = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One contact, never seen before, and what it says."""

    contact: str
    texts: tuple[str, ...]


def conversations(questions: Path, *, turns: int, name: str, seed: int = 1) -> list[Conversation]:
    """Conversations with `turns` messages or a few more in all, each in one language, the same for the same arguments.

    Args:
        questions: the folder of test questions, one file a language.
        turns: how many messages at least.
        name: what contacts are called, so that two loads never share one.
        seed: of the choice.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(questions.glob("*.yml"))]
    texts = [[str(one["text"]) for one in file["questions"]] for file in files]
    number = -(-turns // LENGTH)
    return [
        Conversation(f"{name}-{place}", tuple(chance.sample(texts[place % len(texts)], LENGTH)))
        for place in range(number)
    ]


def _nothing() -> None:
    """Nothing is held open."""


def drive(say: Say, held: Sequence[Conversation], *, contacts: int, leave: Callable[[], None] = _nothing) -> Turns:
    """Hold all conversations, `contacts` of them at a time; each contact waits for its answer before it goes on.

    `leave`: called at the end of each thread, for what it has opened.

    Raises:
        Exception: whatever `say` raised first.
    """
    waiting: queue.SimpleQueue[Conversation] = queue.SimpleQueue()
    for one in held:
        waiting.put(one)
    latencies: list[float] = []
    silent: list[str] = []
    failures: list[BaseException] = []

    def hold() -> None:
        try:
            while not failures:
                one = waiting.get_nowait()
                for text in one.texts:
                    begun = time.perf_counter()
                    answered = say(one.contact, text)
                    latencies.append(time.perf_counter() - begun)
                    if not answered:
                        silent.append(one.contact)
        except queue.Empty:
            return
        except BaseException as error:
            failures.append(error)

    return _run(hold, contacts, latencies, silent, failures, leave=leave)


def offer(say: Say, held: Sequence[Conversation], *, rate: float, leave: Callable[[], None] = _nothing) -> Turns:
    """Say `rate` messages a second whether those before are answered or not, every contact in its own order.

    A latency counts from the moment at which the message should have been said. The first messages of all conversations
    come first, then the second ones, so that a contact has waited for its answer before it goes on, as people do.

    Raises:
        Exception: whatever `say` raised first.
    """
    order = [(one.contact, one.texts[place]) for place in range(LENGTH) for one in held]
    places = iter(range(len(order)))
    lock = threading.Lock()
    latencies: list[float] = []
    silent: list[str] = []
    failures: list[BaseException] = []
    begun = time.perf_counter()

    def hold() -> None:
        try:
            while not failures:
                with lock:
                    place = next(places)
                contact, text = order[place]
                due = begun + place / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                answered = say(contact, text)
                latencies.append(time.perf_counter() - due)
                if not answered:
                    silent.append(contact)
        except StopIteration:
            return
        except BaseException as error:
            failures.append(error)

    return _run(hold, AT_ONCE, latencies, silent, failures, leave=leave)


def _run(
    hold: Callable[[], None],
    number: int,
    latencies: list[float],
    silent: list[str],
    failures: list[BaseException],
    *,
    leave: Callable[[], None],
) -> Turns:
    def run() -> None:
        try:
            hold()
        finally:
            leave()

    threads = [threading.Thread(target=run) for _ in range(number)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise failures[0]
    return Turns(tuple(latencies), seconds, len(silent))
