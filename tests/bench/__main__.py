"""`make bench`: measure Faro beside stock Rasa and write docs/figures/benchmark.md and .json. It asserts no time.

A whole run installs stock Rasa into .tools (2.5 GB) and trains it once (minutes; kept and said so
afterwards, --train-stock repeats it). Anything less than a whole run prints its tables and writes no file, unless --update
is given: then it stands beside what was measured before, each part with its own date.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import capacity, databases, faro, load, measure, report, stock, stock_project
from tests.bench.measure import Turns
from tests.bench.processes import ROOT, end_with_sigterm

PARTS = ("environment", "setup", "training", "turns", "replicas", "growth")
CONTACTS = (1, 8)

#: Rounds into which a load is cut; in each, every system has its turn.
ROUNDS = 4

#: Messages a second that are offered, answered or not.
RATE = 20.0

FIGURES = ROOT / "docs" / "figures"

OFFERED = 0  # stands for that load among the numbers of contacts

#: Turns before those that count.
WARM_UP = 4 * load.LENGTH

#: Rasa processes, and as many workers.
REPLICAS = (1, 2, 4)
#: Contacts at a time where it is counted what several replicas answer: enough for all of them to have work.
CROWD = 16


@dataclass(slots=True)
class Bench:
    """One run."""

    options: argparse.Namespace
    folder: Path
    results: dict[str, Any]

    @property
    def with_stock(self) -> bool:
        """Whether stock Rasa is measured too."""
        return not self.options.skip_stock

    def begin(self, part: str) -> None:
        """Say which part comes, and note what others do to the machine while we do nothing."""
        _say(f"{part} ...")
        self.results["measured"][part] = {
            "when": _now(),
            "commit": _commit(),
            "busy": round(measure.busy_cores(1.0), 1),
            "queue": round(os.getloadavg()[0], 1),
        }

    def note(self, text: str) -> None:
        """Add a sentence to the report."""
        self.results["notes"].append(text)

    def environment(self) -> None:
        """Size of the environments."""
        self.begin("environment")
        self.results["environment"] = {"faro": measure.size(faro.ENVIRONMENT)}
        if self.with_stock:
            self.results["environment"]["stock"] = measure.size(stock.ENVIRONMENT)

    def setup(self) -> None:
        """Time to make the environments with nothing in uv's cache."""
        self.begin("setup")
        self.results["setup"] = {}
        for name, install in (("faro", faro.install), ("stock", stock.install)):
            if name == "stock" and not self.with_stock:
                continue
            with tempfile.TemporaryDirectory(prefix="faro-bench-", dir=self.folder) as folder:
                ran = install(Path(folder) / "environment", environ={"UV_CACHE_DIR": f"{folder}/cache"})
            assert ran is not None
            self.results["setup"][name] = {"seconds": ran.seconds}

    def training(self) -> None:
        """Time and memory of a training from nothing."""
        self.begin("training")
        ran = faro.train(self.folder / "train.log", force=True)
        self.results["training"] = {"faro": {"seconds": ran.seconds, "processor": ran.processor, "peak": ran.peak}}
        if not self.with_stock:
            return
        trained = self.stock_model()
        self.results["training"]["stock"] = {
            "seconds": trained.seconds,
            "processor": trained.processor,
            "peak": trained.ran.peak,
            "examples": trained.examples,
            "epochs": trained.epochs,
            "when": trained.when,
        }
        if trained.when != self.results["when"]:
            self.note(f"Stock was trained on {trained.when}, not in this run.")
        if trained.examples != stock_project.digest():
            self.note("The examples have changed since stock was trained; --train-stock trains it again.")
        if trained.epochs != stock_project.EPOCHS:
            self.note(
                f"Stock's training was measured with {trained.epochs} epochs of each network ({trained.ran.seconds:.0f} s) "
                f"and reckoned for {stock_project.EPOCHS}: one more epoch of each takes {trained.seconds_an_epoch:.1f} s. "
                "Turns do not depend on the number of epochs."
            )

    def stock_model(self) -> stock.Trained:
        """The trained stock project, trained now when it never was or when that is asked for."""
        folder = stock_project.project(self.options.stock_epochs)
        before = None if self.options.train_stock else stock.trained_before(folder)
        if before is not None:
            return before
        _say("training stock Rasa ...")
        self.options.train_stock = False
        return stock.train(folder, epochs=self.options.stock_epochs, when=self.results["when"])

    def turns(self) -> None:
        """Start, turns and memory."""
        if self.with_stock:
            self.stock_model()
        faro.train(self.folder / "train.log", force=False)
        self.begin("turns")
        with ExitStack() as stack:
            systems: dict[str, faro.Faro | stock.Running] = {}
            for name, url in databases.all_of(self.folder, stack).items():
                if url is None:
                    self.note(f"{name} was not measured: TEST_DATABASE_URL names no server.")
                    continue
                folder = self.folder / name
                folder.mkdir()
                systems[f"Faro, {name}"] = stack.enter_context(faro.running(folder, url))
            if self.with_stock:
                folder = self.folder / "stock"
                folder.mkdir()
                trained = stock_project.project(self.options.stock_epochs)
                systems["Stock, SQLite"] = stack.enter_context(stock.running(trained, folder))
            starts = {name: system.started for name, system in systems.items()}
            empty = {name: one.server.size() for name, one in systems.items() if isinstance(one, faro.Faro)}
            self.results["start"] = {
                "faro": starts["Faro, SQLite"],
                "stock": starts.get("Stock, SQLite"),
                "all": starts,
            }
            self.results["turns"] = self.rounds(systems)
            self.results["memory"] = {name: report.memories(system.memory()) for name, system in systems.items()}
            self.results["storage"] = {
                name: {"bytes_a_turn": round((system.server.size() - empty[name]) / self.turns_of(name))}
                for name, system in systems.items()
                if isinstance(system, faro.Faro)
            }

    def rounds(self, systems: dict[str, faro.Faro | stock.Running]) -> dict[str, Any]:
        """The loads, cut into rounds that alternate between the systems; before them one that does not count."""
        for name, system in systems.items():
            _say(f"warming up: {name}")
            system.hold(self.conversations("warm", WARM_UP, seed=0), contacts=4)
        found = {name: dict.fromkeys((*CONTACTS, OFFERED), Turns((), 0.0)) for name in systems}
        for number in range(ROUNDS):
            for contacts in CONTACTS:
                said = self.conversations(f"{number}-{contacts}", self.options.turns // ROUNDS, seed=number + 1)
                for name, system in systems.items():
                    done = system.hold(said, contacts=contacts)
                    found[name][contacts] += done
                    _say(f"round {number + 1} of {ROUNDS}, {contacts} at a time, {name}: {done.per_second:.1f}/s")
            said = self.conversations(f"{number}-offered", self.options.turns // ROUNDS, seed=number + 11)
            for name, system in systems.items():
                found[name][OFFERED] += system.offer(said, rate=RATE)
                _say(f"round {number + 1} of {ROUNDS}, {RATE:.0f} a second offered, {name}")
        return {name: {str(n): report.turns(one) for n, one in loads.items()} for name, loads in found.items()}

    def turns_of(self, system: str) -> int:
        """Turns of a system so far, those of the warm-up and the start among them."""
        return sum(int(load["turns"]) for load in self.results["turns"][system].values()) + WARM_UP + 1

    def replicas(self) -> None:
        """The same crowd and the same rate for 1, 2 and 4 Rasa processes with as many workers on one database."""
        self.begin("replicas")
        self.results["replicas"] = {}
        for number in REPLICAS:
            with ExitStack() as stack:
                name, url = databases.best_of(self.folder, stack)
                folder = self.folder / f"replicas-{number}"
                folder.mkdir()
                system = stack.enter_context(faro.running(folder, url, replicas=number))
                system.hold(self.conversations(f"warm-{number}", WARM_UP, seed=0), contacts=CROWD)
                crowd = system.hold(self.conversations(f"crowd-{number}", self.options.turns, seed=21), contacts=CROWD)
                offered = system.offer(self.conversations(f"rate-{number}", self.options.turns, seed=22), rate=RATE)
                self.results["replicas"][str(number)] = {
                    "database": name,
                    "crowd": report.turns(crowd),
                    "offered": report.turns(offered),
                    "memory": sum(one.share for one in system.memory().values()),
                }
                _say(f"{number} Rasa, {name}: {crowd.per_second:.1f}/s")

    def growth(self) -> None:
        """What a turn costs late in a long conversation, with either tracker store."""
        self.begin("growth")
        command = [sys.executable, "-m", "tests.bench.growth"]
        ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
        self.results["growth"] = json.loads(ran.stdout.splitlines()[-1])

    def conversations(self, name: str, turns: int, *, seed: int) -> list[load.Conversation]:
        """Conversations from the test questions."""
        return load.conversations(ROOT / "tests" / "questions", turns=turns, name=name, seed=seed)


def main() -> int:
    """Measure what was asked for; returns the exit code."""
    options = _options()
    end_with_sigterm()
    results = _blank()
    if options.update:
        results = json.loads((FIGURES / "benchmark.json").read_text(encoding="utf-8"))
        results |= {"notes": [], "when": _now(), "commit": _commit()}
    with tempfile.TemporaryDirectory(prefix="faro-bench-") as folder:
        bench = Bench(options, Path(folder), results)
        if bench.with_stock:
            _say("stock environment ...")
            stock.install()
        for part in options.only or [part for part in PARTS if part != "setup" or options.setup]:
            if part in options.without:
                bench.note(f"Left out of this run: {part}.")
            else:
                getattr(bench, part)()
    if (options.only or options.skip_stock) and not options.update:
        sys.stdout.write(report.markdown(bench.results))
        return 0
    for path in report.write(bench.results, FIGURES):
        _say(f"written: {path.relative_to(ROOT)}")
    try:
        written = capacity.write(capacity.Measured.read(FIGURES))
    except KeyError as missing:
        _say(f"the pages on capacity stay as they are: {missing} was not measured (it needs TEST_DATABASE_URL)")
        return 0
    for path in written:
        _say(f"written: {path.relative_to(ROOT)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be given several times")
    parser.add_argument(
        "--update",
        action="store_true",
        help="put what is measured now in the place of that part in what was measured last",
    )
    parser.add_argument("--without", action="append", choices=PARTS, default=[], help="a whole run but for this part")
    parser.add_argument("--skip-stock", action="store_true", help="Faro alone")
    parser.add_argument("--setup", action="store_true", help="also make both environments anew, downloading everything")
    parser.add_argument("--turns", type=int, default=480, help="turns of each system in each load (default: 480)")
    parser.add_argument("--train-stock", action="store_true", help="train stock Rasa again")
    parser.add_argument(
        "--stock-epochs",
        type=int,
        default=stock_project.MEASURED_EPOCHS,
        help="epochs of stock's networks, at least 2; the time of 100 is reckoned (default: 3)",
    )
    return parser.parse_args()


def _blank() -> dict[str, Any]:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "when": _now(),
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "memory_gb": round(pages / 2**30)},
        "measured": {},
        "notes": [],
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)  # noqa: PLW1510
    return found.stdout.strip() if found.returncode == 0 else "none yet"


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
