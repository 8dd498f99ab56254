"""What an office, a country and a region need: docs/capacity.md and its Spanish twin, reckoned from what was measured.

python -m tests.bench.capacity     writes both from docs/figures/benchmark.json and channels.json, as `make bench` does
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tests.bench.measure import MB
from tests.bench.processes import ROOT
from tests.bench.report import table

FIGURES = ROOT / "docs" / "figures"
PAGES = {"en": ROOT / "docs" / "capacity.md", "es": ROOT / "docs" / "es" / "capacidad.md"}

#: Conversations a day.
SIZES = {"office": 500, "country": 5_000, "region": 50_000}

#: Assumptions, not measured: the console's page of figures shows what they are in an installation.
MESSAGES = 6  # of a person in a conversation
PEAK_HOUR = 0.15  # of a day's messages
BURST = 3.0  # the busiest minutes of that hour against its mean
USE = 0.6  # of a core: above it, waiting grows quickly
DAYS = 30  # what RETENTION_DAYS allows at most

#: Threads of a worker that use the database besides those of TURN_THREADS (4) and DELIVERY_THREADS (8): the scout, chores,
#: sign of life, typing, Telegram's polling, notices, the audit trail and the training of the review.
OTHER_THREADS, TURN_THREADS, DELIVERY_THREADS = 8, 4, 8
#: Requests that a web process has under way at once, in the worst minutes; each has a connection for as long as it lasts.
REQUESTS = 16
#: Connections for commands, backups and people.
SPARE = 8
#: Memory of PostgreSQL with the default settings of Debian and so many connections, and of one connection.
POSTGRES, CONNECTION = 200 * MB, 6 * MB


@dataclass(frozen=True, slots=True)
class Measured:
    """What the bench found; bytes, turns a second, bytes a turn."""

    rasa: int
    worker: int
    web: int
    actions: int
    turns_a_second: float  # one Rasa and one worker, PostgreSQL beside them
    whole_path: float  # answers delivered a second with WhatsApp, everything and the load on the machine's cores
    door: float  # webhooks a second that one web process writes
    bytes_a_turn: float
    cores: int

    @classmethod
    def read(cls, folder: Path) -> Measured:
        """From what `make bench` and `make load` wrote.

        Raises:
            KeyError: a part was not measured.
        """
        bench = json.loads((folder / "benchmark.json").read_text(encoding="utf-8"))
        channels = json.loads((folder / "channels.json").read_text(encoding="utf-8"))["PostgreSQL"]
        memory = {name: one["share"] for name, one in bench["memory"]["Faro, PostgreSQL"].items()}
        return cls(
            **{name: memory[name] for name in ("rasa", "worker", "web", "actions")},
            turns_a_second=bench["replicas"]["1"]["crowd"]["per_second"],
            whole_path=channels["delivered_a_second"],
            door=channels["acknowledged_a_second"],
            bytes_a_turn=bench["storage"]["Faro, PostgreSQL"]["bytes_a_turn"],
            cores=bench["machine"]["cores"],
        )


@dataclass(frozen=True, slots=True)
class Need:
    """What a size of installation needs."""

    messages_a_day: int
    peak: float  # messages a second
    cores: int
    rasa: int
    worker: int
    web: int
    memory: int  # bytes
    disk_a_day: float
    disk: float
    connections: int


def need(conversations: int, found: Measured) -> Need:
    """Reckon it."""
    messages = conversations * MESSAGES
    peak = messages * PEAK_HOUR / 3600 * BURST
    pairs = max(1, math.ceil(peak / (found.turns_a_second * USE)))
    web = max(1, math.ceil(peak / (found.door * USE)))
    connections = pairs * (TURN_THREADS + DELIVERY_THREADS + OTHER_THREADS) + web * REQUESTS + SPARE
    memory = pairs * (found.rasa + found.worker + found.actions) + web * found.web + POSTGRES + connections * CONNECTION
    disk = messages * found.bytes_a_turn
    cores = max(2, math.ceil(peak * found.cores / found.whole_path / USE))
    return Need(messages, peak, cores, pairs, pairs, web, memory, disk, disk * DAYS, connections)


#: Headings of the columns and rows, by language.
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "office": "office",
        "country": "country",
        "region": "region",
        "conversations": "conversations a day",
        "messages_a_day": "messages of people a day",
        "peak": "messages a second at the peak",
        "cores": "cores",
        "rasa": "Rasa processes (with an action server each)",
        "worker": "workers",
        "web": "web processes",
        "memory": "memory",
        "disk_a_day": "disk a day",
        "disk": f"disk for {DAYS} days",
        "connections": "PostgreSQL connections (`max_connections`)",
    },
    "es": {
        "office": "oficina",
        "country": "país",
        "region": "región",
        "conversations": "conversaciones al día",
        "messages_a_day": "mensajes de personas al día",
        "peak": "mensajes por segundo en el momento de más carga",
        "cores": "núcleos de procesador",
        "rasa": "procesos Rasa (cada uno con un servidor de acciones)",
        "worker": "procesos worker",
        "web": "procesos web",
        "memory": "memoria",
        "disk_a_day": "disco al día",
        "disk": f"disco para {DAYS} días",
        "connections": "conexiones de PostgreSQL (`max_connections`)",
    },
}


def page(language: str, found: Measured) -> str:
    """A page in one language, its frame from capacity-<language>.md beside this file."""
    words, needs = WORDS[language], {size: need(number, found) for size, number in SIZES.items()}
    rows = [(words["conversations"], *(f"{number:,}" for number in SIZES.values()))]
    rows += [
        (words[one.name], *(_shown(one.name, getattr(needs[size], one.name)) for size in SIZES)) for one in fields(Need)
    ]
    frame = (Path(__file__).parent / f"capacity-{language}.md").read_text(encoding="utf-8")
    return frame.format(
        table=table(("", *(words[size] for size in SIZES)), rows),
        messages=MESSAGES,
        peak_hour=f"{PEAK_HOUR:.0%}",
        burst=f"{BURST:.0f}",
        use=f"{USE:.0%}",
        days=DAYS,
        turns_a_second=f"{found.turns_a_second:.0f}",
        whole_path=f"{found.whole_path:.0f}",
        door=f"{found.door:.0f}",
        cores=found.cores,
        kilobytes=f"{found.bytes_a_turn / 1000:.1f}",
        **{name: f"{getattr(found, name) / MB:,.0f}" for name in ("rasa", "worker", "web", "actions")},
        postgres=f"{POSTGRES / MB:,.0f}",
        connection=f"{CONNECTION / MB:,.0f}",
        turn_threads=TURN_THREADS,
        delivery_threads=DELIVERY_THREADS,
        other_threads=OTHER_THREADS,
        requests=REQUESTS,
        spare=SPARE,
    )


def _shown(name: str, value: Any) -> str:
    if name == "memory":
        return f"{value / 1e9:.1f} GB"
    if name in ("disk", "disk_a_day"):
        return f"{value / 1e9:.1f} GB" if value >= 1e9 else f"{value / MB:.0f} MB"
    return f"{value:.1f}" if isinstance(value, float) else f"{value:,}"


def write(found: Measured) -> list[Path]:
    """Write both pages; returns them."""
    for language, path in PAGES.items():
        path.write_text(page(language, found), encoding="utf-8")
    return list(PAGES.values())


def main() -> int:
    """Write the pages from what was measured last; returns the exit code."""
    for path in write(Measured.read(FIGURES)):
        sys.stdout.write(f"written: {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
