"""Faro: its environment, its training, and all its processes as `bot up` starts them."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench.databases import Server, server_of
from tests.bench.load import Conversation
from tests.bench.measure import Memory, Ran, Turns, ended, memory, processor, run
from tests.bench.processes import ROOT, NeverReady, Process, free_port, free_ports, tail, until
from tests.bench.stock import uv

ENVIRONMENT = ROOT / ".venv"

#: Seconds: training on a busy machine, all processes.
TRAINING = 3600.0
START = 300.0

_NAME = re.compile(r"-m bot (?:serve )?(\w+)")


def install(environment: Path, *, environ: dict[str, str]) -> Ran:
    """Make a second environment from requirements.lock, as the Makefile does.

    Raises:
        subprocess.CalledProcessError: uv could not.
    """
    into = {**environ, "VIRTUAL_ENV": str(environment)}
    made = ended(run([uv(), "--quiet", "venv", "--python", sys.executable, str(environment)], cwd=ROOT, environ=into))
    command = [uv(), "--quiet", "pip", "sync", "--require-hashes", "--only-binary", ":all:", "requirements.lock"]
    return made + ended(run(command, cwd=ROOT, environ=into))


def train(log: Path, *, force: bool) -> Ran:
    """`bot train`; with `force` from nothing, else only when there is no model.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", "bot", "train", *(["--force"] if force else [])]
    return ended(run(command, cwd=ROOT, log=log, timeout=TRAINING))


@dataclass(frozen=True, slots=True)
class Feeder:
    """The process that plays the channels (feeder.py)."""

    child: subprocess.Popen[str]
    log: Path

    def ask(self, load: dict[str, Any]) -> dict[str, Any]:
        """Let it hold a load; returns what came of it.

        Raises:
            NeverReady: it has ended.
        """
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(load) + "\n")
        self.child.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        """What it says next; arguments and errors as above."""
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            raise NeverReady(f"the feeder ended:\n{tail(self.log)}")
        found: dict[str, Any] = json.loads(line)
        return found


@dataclass(slots=True)
class Faro:
    """Faro running, and the feeder that speaks to it."""

    process: Process
    feeder: Feeder
    url: str
    started: float
    server: Server

    def hold(self, held: Sequence[Conversation], *, contacts: int) -> Turns:
        """Hold conversations through the inbox.

        Raises:
            NeverReady: the feeder or Faro broke.
        """
        return self._measured(held, {"contacts": contacts})

    def offer(self, held: Sequence[Conversation], *, rate: float) -> Turns:
        """Put so many messages a second into the inbox; errors as above."""
        return self._measured(held, {"rate": rate})

    def _measured(self, held: Sequence[Conversation], how: dict[str, Any]) -> Turns:
        listed = [[one.contact, one.texts] for one in held]
        before = self.processor()
        try:
            found = self.feeder.ask({**how, "conversations": listed})
        except NeverReady as error:
            raise NeverReady(f"{error}\n{self.process.name} said last:\n{tail(self.process.log)}") from None
        return Turns(tuple(found["latencies"]), found["seconds"], found["unanswered"], self.processor() - before)

    def processor(self) -> float:
        """Seconds of processor time that all processes have used, PostgreSQL's for us among them; not the feeder's."""
        return sum(self.processors().values())

    def processors(self) -> dict[str, float]:
        """The same for every process by name."""
        return {name: processor(pid) for name, pid in self.family().items()} | self.server.used()

    def family(self) -> dict[str, int]:
        """The numbers of the processes: the supervisor ("up") and its children, by name."""
        return _family(self.process.pid)

    def memory(self) -> dict[str, Memory]:
        """Memory of every process: the supervisor ("up") and its children, by name."""
        return {name: memory(pid) for name, pid in _family(self.process.pid).items()}


def _family(parent: int) -> dict[str, int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    found = {"up": parent}
    for line in listed.splitlines():
        pid, ppid, arguments = line.split(None, 2)
        name = _NAME.search(arguments)
        if int(ppid) == parent and name:
            same = sum(one.partition(" ")[0] == name[1] for one in found)
            found[f"{name[1]} {same + 1}" if same else name[1]] = int(pid)
    return found


@contextmanager
def running(
    into: Path, database_url: str, more: Mapping[str, str] | None = None, *, replicas: int = 1
) -> Iterator[Faro]:
    """Run all of Faro on a database, with its data in the folder `into`, until the context ends.

    The model and the tables are there before: it is a second start, the one that happens every day. `started` counts
    from the first process to the first answer. `replicas` is the number of Rasa processes, and of workers; `more` are
    further settings.
    """
    ports = {"web": free_port(), "rasa": free_ports(replicas), "actions": free_port()}
    environ = {
        "DATA_DIR": str(into),
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_hex(32),
        "PSEUDONYM_KEY": secrets.token_hex(32),
        "PORT": str(ports["web"]),
        "PUBLIC_URL": f"http://127.0.0.1:{ports['web']}",
        "RASA_URL": f"http://127.0.0.1:{ports['rasa']}",
        "ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
        **(more or {}),
    }
    pages = (
        *(f"http://127.0.0.1:{ports['rasa'] + number}/webhooks/faro/ready" for number in range(replicas)),
        f"{environ['ACTIONS_URL']}/health",
        f"{environ['PUBLIC_URL']}/healthz",
    )
    train(into / "train.log", force=False)
    with ExitStack() as stack, _feeder(environ, into) as feeder:
        feeder.read()
        begun = time.monotonic()
        up = [sys.executable, "-m", "bot", "up", "--rasa", str(replicas), "--worker", str(replicas)]
        with Process.started("bot up", up, cwd=ROOT, environ=environ, log=into / "up.log") as process:
            until(lambda: process.alive() and all(_well(page) for page in pages), START, "Faro")
            faro = Faro(process, feeder, environ["PUBLIC_URL"], 0.0, stack.enter_context(server_of(database_url)))
            first = faro.hold([Conversation("start", ("hola",))], contacts=1)
            if first.unanswered:
                raise NeverReady(f"Faro did not answer:\n{tail(into / 'up.log')}")
            faro.started = time.monotonic() - begun
            yield faro


@contextmanager
def _feeder(environ: dict[str, str], into: Path) -> Iterator[Feeder]:
    log = into / "feeder.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.feeder"],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
        with child:
            try:
                yield Feeder(child, log)
            finally:
                child.kill()


def _well(page: str) -> bool:
    try:
        return httpx.get(page, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
