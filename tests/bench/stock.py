"""Stock Rasa 3.6.21: its environment, its training and its server.

The installation is the published one (`uv pip install rasa==3.6.21`, Python 3.10, TensorFlow 2.12). It works as it is;
two things must be kept away from it. This project's pyproject.toml describes Rasa anew for uv (no TensorFlow, Python
3.11), so uv is told not to read it (`--no-config`, `--no-project`). And docopt, mattermostwrapper and randomname exist as
source archives only: uv builds them, which needs no compiler.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import httpx

from tests.bench.load import Conversation, drive, offer
from tests.bench.measure import Memory, Ran, Turns, ended, memory, processor, run
from tests.bench.processes import ROOT, Process, free_port, until
from tests.bench.stock_project import EPOCHS, digest, write_project

VERSION = "3.6.21"
ENVIRONMENT = ROOT / ".tools" / "stock-rasa"
MODEL = "stock"
RECORD = "training.json"

ENDPOINTS = "tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {database}\n"
CREDENTIALS = "rest:\n"

#: Seconds: training on a busy machine, loading the model, one answer.
TRAINING = 3 * 3600.0
START = 300.0
ANSWER = 60.0


def uv() -> str:
    """The uv to use: the system's, or the one that the Makefile installs.

    Raises:
        FileNotFoundError: there is neither.
    """
    own = ROOT / ".tools" / "bin" / "uv"
    found = shutil.which("uv") or (str(own) if own.exists() else None)
    if found is None:
        raise FileNotFoundError("uv is not installed; `make install` puts one into .tools")
    return found


def python() -> str:
    """Python 3.10 for uv: STOCK_PYTHON, one that pyenv installed, or "3.10", which uv looks for or fetches itself."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    known = sorted(pyenv.glob("versions/3.10.*/bin/python3.10"))
    return os.environ.get("STOCK_PYTHON") or (str(known[-1]) if known else "3.10")


def install(environment: Path = ENVIRONMENT, *, environ: dict[str, str] | None = None) -> Ran | None:
    """Make the environment, 2.5 GB; None when it is there already.

    Raises:
        subprocess.CalledProcessError: uv could not.
    """
    if (environment / "bin" / "rasa").exists():
        return None
    environment.parent.mkdir(parents=True, exist_ok=True)
    command = [
        uv(),
        "--quiet",
        "--no-config",
        "venv",
        "--no-project",
        "--clear",
        "--python",
        python(),
        str(environment),
    ]
    made = ended(run(command, cwd=environment.parent, environ=environ))
    target = ["--python", str(environment / "bin" / "python")]
    command = [uv(), "--quiet", "--no-config", "pip", "install", *target, f"rasa=={VERSION}"]
    return made + ended(run(command, cwd=environment.parent, environ=environ))


def surroundings() -> dict[str, str]:
    """What every command of stock is given: no telemetry, no cache of half a training, no chatter."""
    return {"RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True, slots=True)
class Trained:
    """A training that was measured: when, on which examples, with how many epochs, and what one epoch more takes."""

    when: str
    examples: str
    epochs: int
    ran: Ran
    seconds_an_epoch: float

    @property
    def seconds(self) -> float:
        """Wall time of a training with EPOCHS epochs: measured, or reckoned from fewer."""
        return self.ran.seconds + self.seconds_an_epoch * (EPOCHS - self.epochs)

    @property
    def processor(self) -> float:
        """The same for processor time, which grows as wall time does."""
        return self.ran.processor * self.seconds / self.ran.seconds


def train(folder: Path, *, epochs: int = EPOCHS, when: str) -> Trained:
    """Write the project, train it from nothing with `rasa train`, and keep what it took beside the model.

    Raises:
        subprocess.CalledProcessError: Rasa could not; its output is in train.log of the folder.
    """
    write_project(folder, epochs=epochs)
    command = [str(ENVIRONMENT / "bin" / "rasa"), "train", "--force", "--fixed-model-name", MODEL]
    ran = ended(run(command, cwd=folder, environ=surroundings(), log=folder / "train.log", timeout=TRAINING))
    if not model(folder).exists():
        raise subprocess.CalledProcessError(1, command)
    output = (folder / "train.log").read_bytes().decode(errors="replace")
    trained = Trained(when, digest(), epochs, ran, seconds_an_epoch(output))
    (folder / RECORD).write_text(json.dumps(asdict(trained)), encoding="utf-8")
    return trained


def trained_before(folder: Path) -> Trained | None:
    """The last training, when its model is still there: training takes most of an hour and is not repeated lightly."""
    if not model(folder).exists() or not (folder / RECORD).exists():
        return None
    kept = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return Trained(**{**kept, "ran": Ran(**{**kept["ran"], "command": tuple(kept["ran"]["command"])})})


#: A state of the progress bar of one network, as tqdm writes it: "Epochs:  67%|...| 2/3 [01:12<00:36, ...".
_BAR = re.compile(r"Epochs: +\d+%\|[^|]*\| (\d+)/\d+ \[(?:(\d+):)?(\d+):(\d+)<")


def seconds_an_epoch(output: str) -> float:
    """Seconds that one more epoch of every network takes, from the output of a training; 0 when there was one only.

    The first epoch of each is left out: TensorFlow compiles the network in it.
    """
    spent: list[dict[int, int]] = []
    for found in _BAR.finditer(output):
        epoch, seconds = int(found[1]), int(found[2] or 0) * 3600 + int(found[3]) * 60 + int(found[4])
        if epoch == 0:
            spent.append({})
        elif spent:
            spent[-1][epoch] = seconds
    return sum((one[max(one)] - one[1]) / (max(one) - 1) for one in spent if len(one) > 1)


def model(folder: Path) -> Path:
    """Where the trained model is."""
    return folder / "models" / f"{MODEL}.tar.gz"


@dataclass(slots=True)
class Running:
    """A running stock server."""

    process: Process
    url: str
    client: httpx.Client
    started: float = 0.0

    def say(self, contact: str, text: str) -> bool:
        """Say one message and wait for the answers; returns whether there were any."""
        response = self.client.post(f"{self.url}/webhooks/rest/webhook", json={"sender": contact, "message": text})
        response.raise_for_status()
        return bool(response.json())

    def hold(self, held: Sequence[Conversation], *, contacts: int) -> Turns:
        """Hold conversations through the REST channel."""
        before = processor(self.process.pid)
        turns = drive(self.say, held, contacts=contacts)
        return replace(turns, processor=processor(self.process.pid) - before)

    def offer(self, held: Sequence[Conversation], *, rate: float) -> Turns:
        """Say so many messages a second through the REST channel."""
        before = processor(self.process.pid)
        turns = offer(self.say, held, rate=rate)
        return replace(turns, processor=processor(self.process.pid) - before)

    def memory(self) -> dict[str, Memory]:
        """Memory of its one process."""
        return {"rasa": memory(self.process.pid)}

    def listens(self) -> bool:
        """Whether the server takes messages; it opens its port before its model is loaded."""
        try:
            return self.client.get(f"{self.url}/status", timeout=2.0).status_code < httpx.codes.INTERNAL_SERVER_ERROR
        except httpx.HTTPError:
            return False


@contextmanager
def running(folder: Path, into: Path) -> Iterator[Running]:
    """Run the server of a trained project, with its tracker store in the folder `into`, until the context ends."""
    port = free_port()
    endpoints = into / "endpoints.yml"
    endpoints.write_text(ENDPOINTS.format(database=into / "tracker.db"), encoding="utf-8")
    credentials = into / "credentials.yml"
    credentials.write_text(CREDENTIALS, encoding="utf-8")
    command = [
        *(str(ENVIRONMENT / "bin" / "rasa"), "run", "--model", str(model(folder)), "--port", str(port)),
        *("--interface", "127.0.0.1", "--endpoints", str(endpoints), "--credentials", str(credentials)),
    ]
    begun = time.monotonic()
    with Process.started("stock", command, cwd=folder, environ=surroundings(), log=into / "stock.log") as process:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(timeout=ANSWER, trust_env=False, limits=httpx.Limits(max_connections=64)) as client:
            stock = Running(process, url, client)
            # A message that comes too early is answered with an empty list; only an answer counts as a start.
            until(lambda: process.alive() and stock.listens() and stock.say("start", "hola"), START, "stock Rasa")
            stock.started = time.monotonic() - begun
            yield stock
