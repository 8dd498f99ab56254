"""What stands in docs/metrics.md, the rules and the dashboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from bot.settings import ROOT

WATCH = ROOT / "deploy" / "watch"

#: What others count: Prometheus itself, the probe of the public address, and the process as the library sees it.
OTHERS = frozenset(
    {
        "up",
        "probe_success",
        "probe_ssl_earliest_cert_expiry",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
    }
)

_ROW = re.compile(r"^\| `(faro_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
_NAME = re.compile(r"\b(?:faro|process|probe)_\w+|\bup\b")


def documented() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Figure -> its kind and its labels, as docs/metrics.md says."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in _ROW.findall(text)}


def rules() -> list[dict[str, Any]]:
    found = yaml.safe_load((WATCH / "rules" / "faro.yml").read_text(encoding="utf-8"))
    return [rule for group in found["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return list(json.loads((WATCH / "grafana" / "faro.json").read_text(encoding="utf-8"))["panels"])


def expressions() -> Iterator[tuple[str, str]]:
    """Where a query of ours stands, and the query."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", []):
            yield f"{panel['title']} {target['refId']}", target["expr"]


def names_in(expression: str) -> set[str]:
    """The figures of a query; the endings of a histogram are taken off."""
    without_labels = re.sub(r"\{[^}]*\}|\"[^\"]*\"", "", expression)
    without_by = re.sub(r"\b(?:by|without|on) \([^)]*\)", "", without_labels)
    known = documented()
    return {
        base if known.get(base := re.sub(r"_(?:bucket|sum|count)$", "", name), ("",))[0] == "histogram" else name
        for name in _NAME.findall(without_by)
    }
