"""The results as tables for people (benchmark.md) and as data (benchmark.json)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import MB, Memory, Turns, percentile

#: What we aim at; a figure beside the measured one, never a test.
AIMS = {
    "environment": "under 1 GB",
    "training": "under 60 s",
    "start": "under 15 s",
    "memory": "four processes under 900 MB",
    "throughput": "5 times stock on the same cores",
    "processor": "one turn under 25 ms of processor time",
    "p95": "95 of 100 answers within 300 ms at 20 messages a second",
}

#: Loads, as the results name them.
LOADS = {"1": "1 at a time", "8": "8 at a time", "0": "20 a second offered"}

#: Names of the tracker stores.
STORES = {"ours": "our session store", "theirs": "Rasa's SQLTrackerStore"}

METHOD = """\
* One machine; each part in one run, whose date is below. Where both can be up at a time (turns), rounds alternate between
  them, so that whatever else the machine does hits both. Compare columns, not with other machines, and not parts of
  different dates. Processor time is less changed by what else the machine does than any other figure.
* **The same**: one rule a topic, the texts and buttons of `content/`, the messages of `tests/questions` in conversations of
  six, each in one language, every conversation a new contact.
* **Examples**: Faro learns all of `data/nlu`. Stock learns 20 of each topic and language, evenly spread, for 3 epochs of
  each network: all of them for 100 epochs would take two cores most of a day. That flatters stock's training and its start.
  A turn of stock costs the same: its networks have the same layers, and words are looked up. What it understands is not
  compared here (it is in [understanding.md](understanding.md)).
* **Faro** runs as `bot up` starts it (supervisor, rasa, actions, worker, web). A turn counts from before the message is
  accepted into the inbox until another process sees it answered in the database, all outbox rows written (committed to
  disk). The load comes from a process of its own, which looks every 4 ms. Processor time is that of all its processes,
  with the connections of PostgreSQL.
* **Stock** is Rasa 3.6.21 as `rasa init` leaves it: default pipeline (DIET) and policies (Memoization, Rule,
  UnexpecTED, TED), templates in domain.yml, SQL tracker store on SQLite, REST channel. Rules that call an action of ours
  utter the topic's answer instead, so that stock needs no action server; three stories, as `rasa init` has, so that its
  policies learn something. A turn is one POST to its REST channel.
* Faro does more in a turn: three languages, a durable inbox and outbox, guesses offered when unsure. Stock answers in one.
* Latencies of a load with one contact are what a lone person waits; with eight, throughput is what counts. "Offered" is a
  load that does not wait for answers: 20 messages leave every second, and a latency counts from the moment at which the
  message should have left.
* **Long conversations**: one process, Faro's model, policies and answers for both stores; turns of both alternate, three
  conversations each, median of five turns around the named one. With ours the state is read from a row of SQLite and written
  to it as the worker does; Rasa's store writes its own rows.
* Sizes on disk count every file once, without Python itself. Memory after all turns: resident (RSS), and the share (PSS)
  in which pages used by several processes are divided among them. Start: from the first process to the first answer, the
  model trained and the tables there. Peak of a training: its largest process. MB are 10^6 bytes.
"""


def turns(found: Turns) -> dict[str, Any]:
    """What is kept of a load: milliseconds and turns a second."""
    return {
        "turns": len(found.latencies),
        "p50_ms": round(percentile(found.latencies, 0.5) * 1000, 1),
        "p95_ms": round(percentile(found.latencies, 0.95) * 1000, 1),
        "p99_ms": round(percentile(found.latencies, 0.99) * 1000, 1),
        "per_second": round(found.per_second, 1),
        "processor_ms": round(found.processor_a_turn * 1000, 1),
        "unanswered": found.unanswered,
    }


def memories(found: dict[str, Memory]) -> dict[str, dict[str, int]]:
    """What is kept of memory: bytes."""
    return {name: {"resident": one.resident, "share": one.share} for name, one in found.items()}


def markdown(results: dict[str, Any]) -> str:
    """The report."""
    machine = results["machine"]
    parts = [
        "# Benchmark: Faro beside stock Rasa",
        "Made by `make bench`; do not edit.",
        f"{results['when']} · commit {results['commit']} · {machine['cores']} cores, {machine['memory_gb']} GB of memory",
        "## Aims",
        _aims(results),
        "## Environment, training, start",
        _once(results),
        "## Turns",
        _turns(results),
        *_section("## More processes", _replicas(results)),
        *_section("## A long conversation", _growth(results)),
        *_section("## What is kept", _storage(results)),
        "## Memory",
        _memory(results),
        "## Method",
        METHOD,
        _load(results),
        *results.get("notes", ()),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def write(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write both files; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / "benchmark.md", folder / "benchmark.json"
    page.write_text(markdown(results), encoding="utf-8")
    data.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [page, data]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of a page; numbers to the right."""
    marks = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, marks, *rows))


def _mb(value: int | None) -> str:
    return "–" if value is None else f"{value / MB:,.0f} MB"


def _s(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} s" if value < 100 else f"{value / 60:,.1f} min"


def _times(stock: float | None, faro: float | None) -> str:
    return f"{stock / faro:.1f}" if stock and faro else "–"


def _once(results: dict[str, Any]) -> str:
    rows = []
    for name, key, field, shown in (
        ("Environment on disk", "environment", None, _mb),
        ("Set-up with an empty cache", "setup", "seconds", _s),
        ("Training, wall time", "training", "seconds", _s),
        ("Training, processor time", "training", "processor", _s),
        ("Training, peak memory", "training", "peak", _mb),
        ("Start to first answer", "start", None, _s),
    ):
        both = results.get(key, {})
        faro, stock = (_field(both.get(who), field) for who in ("faro", "stock"))
        rows.append((name, shown(faro), shown(stock), _times(stock, faro)))
    return table(("", "Faro", "Stock", "Stock / Faro"), rows)


def _field(value: Any, field: str | None) -> Any:
    return value if field is None or value is None else value[field]


def _turns(results: dict[str, Any]) -> str:
    rows = []
    for contacts, load_name in LOADS.items():
        for system, loads in results.get("turns", {}).items():
            load = loads.get(contacts)
            if load is None:
                continue
            rows.append(
                (
                    f"{load_name}: {system}",
                    *(f"{load[name]:.0f} ms" if name in load else "–" for name in ("p50_ms", "p95_ms", "p99_ms")),
                    f"{load['per_second']:.1f}",
                    f"{load['processor_ms']:.1f} ms",
                    str(load["turns"]),
                    str(load["unanswered"]),
                )
            )
    return table(("Load", "p50", "p95", "p99", "turns a second", "processor a turn", "turns", "unanswered"), rows)


def _section(title: str, table: str) -> tuple[str, ...]:
    return (title, table) if table else ()


def _replicas(results: dict[str, Any]) -> str:
    rows = [
        (
            f"{number} Rasa and as many workers, {one['database']}",
            f"{one['crowd']['per_second']:.1f}",
            f"{one['crowd']['processor_ms']:.1f} ms",
            *(f"{one['offered'][name]:.0f} ms" for name in ("p50_ms", "p95_ms", "p99_ms")),
            str(one["crowd"]["unanswered"] + one["offered"]["unanswered"]),
            _mb(one["memory"]),
        )
        for number, one in results.get("replicas", {}).items()
    ]
    head = ("", "turns a second, 16 at a time", "processor a turn", "at 20 a second: p50", "p95", "p99")
    return table((*head, "unanswered", "memory"), rows) if rows else ""


def _growth(results: dict[str, Any]) -> str:
    rows = [
        (
            f"turn {turn}: {STORES[name]}",
            f"{one['ms']:.1f} ms",
            f"{one['processor_ms']:.1f} ms",
            f"{one['bytes'] / 1000:,.1f} kB",
        )
        for turn in results.get("growth", {}).get("ours", ())
        for name, one in ((name, results["growth"][name][turn]) for name in STORES)
    ]
    return table(("", "a turn", "processor", "kept of the conversation"), rows) if rows else ""


def _storage(results: dict[str, Any]) -> str:
    rows = [(name, f"{one['bytes_a_turn'] / 1000:.1f} kB") for name, one in results.get("storage", {}).items()]
    return table(("Database", "on disk for a turn, with indexes"), rows) if rows else ""


def _memory(results: dict[str, Any]) -> str:
    rows = []
    for system, processes in results.get("memory", {}).items():
        rows += [(f"{system}: {name}", _mb(one["resident"]), _mb(one["share"])) for name, one in processes.items()]
        if len(processes) > 1:
            total = {kind: sum(one[kind] for one in processes.values()) for kind in ("resident", "share")}
            rows.append((f"**{system}: together**", _mb(total["resident"]), _mb(total["share"])))
    return table(("Process", "resident", "share"), rows)


def _aims(results: dict[str, Any]) -> str:
    turns_of, memory_of = results.get("turns", {}), results.get("memory", {}).get("Faro, SQLite", {})
    faro, stock = turns_of.get("Faro, SQLite"), turns_of.get("Stock, SQLite")
    four = sum(one["resident"] for name, one in memory_of.items() if name != "up") or None
    ratios = (
        ", ".join(
            f"{faro[contacts]['per_second'] / stock[contacts]['per_second']:.1f} times with {contacts}"
            for contacts in ("1", "8")
            if not math.isclose(stock[contacts]["per_second"], 0.0)
        )
        if faro and stock
        else "–"
    )
    rows = [
        ("Environment", AIMS["environment"], _mb(results.get("environment", {}).get("faro"))),
        ("Training", AIMS["training"], _s(_field(results.get("training", {}).get("faro"), "seconds"))),
        ("Second start to first answer", AIMS["start"], _s(results.get("start", {}).get("faro"))),
        ("Memory, without the supervisor", AIMS["memory"], _mb(four)),
        ("Turns a second", AIMS["throughput"], ratios),
        ("Processor", AIMS["processor"], _each(turns_of, "1", "processor_ms")),
        ("Latency", AIMS["p95"], _each(turns_of, "0", "p95_ms")),
    ]
    return table(("", "Aim", "Measured"), rows)


def _each(turns_of: dict[str, Any], load: str, field: str) -> str:
    shown = (f"{name} {loads[load][field]:.0f} ms" for name, loads in turns_of.items() if load in loads)
    return ", ".join(shown) or "–"


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _load(results: dict[str, Any]) -> str:
    rows = [
        (
            part,
            one["when"],
            one["commit"],
            f"{one['busy']:.1f} of {results['machine']['cores']}",
            _or_dash(one["queue"]),
        )
        for part, one in results.get("measured", {}).items()
    ]
    if not rows:
        return ""
    head = ("Part", "measured", "commit", "cores that others kept busy just before", "load average")
    return "What else the machine did:\n\n" + table(head, rows)
