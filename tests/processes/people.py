"""People who write to a Faro that is harmed, and what they see; and somebody who watches /readyz meanwhile."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from tests.channels.telegram.people import Person as Chatter
from tests.processes.running import Person, eventually

if TYPE_CHECKING:
    from tests.processes.lab import Lab

QUESTION = "¿dónde hay un hospital?"

#: Seconds between two messages of one person of a stream, unless a lab says otherwise.
EVERY = 0.7

#: Seconds between two looks at /readyz.
LOOK_EVERY = 0.25

#: Seconds after which everything that was said during a fault must be done: an unsure delivery waits 25, a retry up to 30.
DRAINED = 120

#: Which answer came first to which message, by their numbers.
_FIRST_ANSWERS = """
    select answers_id, id from conversations_message where provider_id like 'answer:%:0'
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What /readyz said at a moment."""

    status: int
    parts: dict[str, Any]


class Stream:
    """People who write, and somebody who watches /readyz."""

    def __init__(self, lab: Lab, *, phones: int, pages: int, chats: int = 0) -> None:
        self._lab = lab
        self._over = threading.Event()
        self.looks: list[Look] = []
        #: Seconds; known once the context of the people has ended well.
        self.longest = 0.0
        self.refusals: list[httpx.Response] = []
        self._phones = [lab.fresh() for _ in range(phones)]
        self._screens = [Screen(lab) for _ in range(pages)]
        self._threads = [threading.Thread(target=self._watch, daemon=True)]
        self._threads += [threading.Thread(target=self._phone, args=(one,), daemon=True) for one in self._phones]
        self._threads += [threading.Thread(target=self._page, args=(one,), daemon=True) for one in self._screens]
        self._threads += [threading.Thread(target=self._chat, daemon=True) for _ in range(chats)]
        self._broken: list[BaseException] = []

    def start(self) -> None:
        """Begin; returns once something was answered, so that the fault meets a conversation."""
        before = len(self._lab.provider.taken)
        for thread in self._threads:
            thread.start()
        eventually(lambda: len(self._lab.provider.taken) > before or None, seconds=40, what="somebody is answered")

    def end(self) -> None:
        """Let everybody finish the sentence that they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join(DRAINED)
            assert not thread.is_alive(), f"a message was never accepted\n{self._lab.faro.output[-3000:]}"
        if self._broken:
            raise self._broken[0]

    def leave(self) -> None:
        """Nobody looks at a page any more."""
        for screen in self._screens:
            screen.close()

    def longest_wait(self) -> float:
        """Seconds of the longest wait on a telephone or a page, to be asked once nothing waits: from the moment in which
        somebody's message was taken to that in which an answer came, be it the honest sentence."""
        waits: list[float] = []
        provider = self._lab.provider
        for person in self._phones:
            taken = provider.acknowledged.get(person, [])
            firsts = [name for name in dict.fromkeys(provider.order.get(person, [])) if name.endswith(":0")]
            waits += [provider.came[name] - at for name, at in zip(firsts, taken, strict=True)]
        answers = dict(self._lab.database.rows(_FIRST_ANSWERS)) if self._screens else {}
        for screen in self._screens:
            shown = {answers[number]: at for number, at in screen.taken.items()}
            screen.wait_for(shown)
            waits += [screen.came[answer] - at for answer, at in shown.items()]
        return max(waits, default=0.0)

    def said(self, condition: Callable[[Look], bool]) -> bool:
        """Whether /readyz ever said so."""
        return any(condition(look) for look in self.looks)

    def wait_for(self, condition: Callable[[Look], bool], what: str, *, seconds: float = 20) -> None:
        """Until /readyz says so."""
        try:
            eventually(lambda: self.said(condition) or None, seconds=seconds, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.looks[-1:]}") from None

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self.looks.append(Look(*self._lab.ready()))

    def _phone(self, person: str) -> None:
        number = 0
        try:
            while not self._over.is_set():
                self._lab.provider.say(person, f"{person}.{number}", QUESTION)
                number += 1
                self._over.wait(self._lab.every)
        except BaseException as error:
            self._broken.append(error)
        self._lab.said[person] += number

    def _chat(self) -> None:
        """Somebody at Telegram, which keeps what is written until it is fetched."""
        assert self._lab.telegram is not None
        person = Chatter(self._lab.telegram)
        while not self._over.is_set():
            person.say(QUESTION)
            self._lab.said[f"chat {person.id}"] += 1
            self._over.wait(self._lab.every)

    def _page(self, screen: Screen) -> None:
        """A browser: it repeats a message under the same id until it is told that it was received."""
        try:
            while not self._over.is_set():
                name = str(uuid.uuid4())
                while (refused := screen.say(name)) is not None:
                    self.refusals += refused
                    time.sleep(0.3)
                self._over.wait(self._lab.every)
        except BaseException as error:
            self._broken.append(error)
        self._lab.said[f"page {id(screen)}"] += len(screen.taken)


class Screen:
    """A page that somebody writes to, and looks at all the time."""

    def __init__(self, lab: Lab) -> None:
        self._person = Person(lab.faro.url)
        #: Moments (time.monotonic) at which a message was taken, and at which something was shown, by its number.
        self.taken: dict[int, float] = {}
        self.came: dict[int, float] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def say(self, name: str) -> list[httpx.Response] | None:
        """Say it. Returns None when it was taken, else the refusal if there was one."""
        try:
            response = self._person.post(QUESTION, number=name)
        except httpx.HTTPError:
            return []
        if response.status_code != httpx.codes.ACCEPTED:
            return [response]
        self.taken[int(response.json()["cursor"])] = time.monotonic()
        return None

    def wait_for(self, numbers: Collection[int]) -> None:
        """Until all of these are shown."""
        eventually(lambda: self.came.keys() >= set(numbers) or None, seconds=15, what="the page shows every answer")

    def close(self) -> None:
        """Look away."""
        self._closing.set()
        self._thread.join()
        self._person.close()

    def _look(self) -> None:
        while not self._closing.is_set():
            known = len(self._person.heard)
            try:
                self._person.poll()
            except (httpx.HTTPError, ValueError, KeyError):  # what comes is no list of messages: the page is away
                self._closing.wait(LOOK_EVERY)
            for message in self._person.heard[known:]:
                self.came.setdefault(int(message["n"]), time.monotonic())
