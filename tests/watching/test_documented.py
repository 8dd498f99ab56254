"""Every figure is explained, every query asks for one that exists, and every alert says what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import Counter, Histogram

from bot.settings import ROOT
from bot.watching import figures
from bot.web.gauges import GAUGES
from tests.watching.files import OTHERS, WATCH, documented, expressions, names_in, panels, rules

TASKS = (ROOT / "docs/tasks/watch-faro.md", ROOT / "docs/tasks/es/vigilar-faro.md")


def counted() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Figure -> kind and labels, as the code has them."""
    found = {
        one._name + ("_total" if isinstance(one, Counter) else ""): (one._type, tuple(one._labelnames))
        for one in vars(figures).values()
        if isinstance(one, Counter | Histogram)
    }
    found |= {gauge.name: ("gauge", gauge.labels) for gauge in GAUGES}
    return found | {"faro_content_info": ("gauge", ("version",)), "faro_model_info": ("gauge", ("model",))}


def test_every_figure_is_explained_with_its_kind_and_labels_and_no_other_is() -> None:
    assert documented() == counted()


def test_the_reading_of_queries_finds_their_figures() -> None:
    asked = (
        'sum by (channel) (rate(faro_turn_seconds_bucket{outcome="up"}[5m])) / max(faro_workers) and up{job=~"faro-x"}'
    )
    assert names_in(asked) == {"faro_turn_seconds", "faro_workers", "up"}
    assert names_in("faro_turn_seconds") == {"faro_turn_seconds"}
    assert len(list(expressions())) > 60


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_every_query_asks_for_figures_that_exist(where: str, expression: str) -> None:
    names = names_in(expression)
    assert names, where
    assert names <= set(documented()) | OTHERS


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_every_label_of_a_query_is_one_of_its_figures(where: str, expression: str) -> None:
    asked = set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", expression))
    asked |= {one for by in re.findall(r"by \(([^)]*)\)", expression) for one in by.split(", ")}
    known = {label for name in names_in(expression) for label in documented().get(name, ("", ()))[1]}
    assert asked <= known | {"job", "instance", "le"}


def test_every_alert_says_who_has_to_look_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("now", "today"), rule["alert"]
        assert rule["annotations"]["summary"].strip().endswith("."), rule["alert"]
        assert "docs/tasks/watch-faro.md" in rule["annotations"]["do"], rule["alert"]


@pytest.mark.parametrize("page", TASKS, ids=["en", "es"])
def test_every_alert_is_explained_to_whoever_has_to_act(page: Path) -> None:
    explained = re.findall(r"^\| `(Faro\w+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert explained == [rule["alert"] for rule in rules()]


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    dashboard = json.loads((WATCH / "grafana" / "faro.json").read_text(encoding="utf-8"))
    source = yaml.safe_load((WATCH / "grafana/provisioning/datasources/faro.yml").read_text(encoding="utf-8"))
    uid = source["datasources"][0]["uid"]
    assert {"uid", "title", "schemaVersion", "panels", "time", "refresh"} <= set(dashboard)
    assert len({panel["id"] for panel in panels()}) == len(panels())
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24, panel["title"]  # Grafana's grid has 24 columns
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells
        assert panel["type"] in ("row", "stat", "timeseries", "table"), panel["title"]
        for target in panel.get("targets", []):
            assert target["datasource"] == {"type": "prometheus", "uid": uid}
            assert target["expr"].strip()
            assert target["refId"]


def test_the_containers_say_where_prometheus_looks() -> None:
    watch = yaml.safe_load((WATCH / "docker-compose.watch.yml").read_text(encoding="utf-8"))
    jobs = yaml.safe_load((WATCH / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    places = {
        job["dns_sd_configs"][0]["names"][0]: job["dns_sd_configs"][0]["port"]
        for job in jobs
        if "dns_sd_configs" in job
    }
    assert places.pop("web") == 8000
    assert {name: int(watch["services"][name]["environment"]["METRICS_PORT"]) for name in places} == places
    published = [port for service in watch["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:3000:3000"]
    for service in watch["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), volume
        assert ":latest" not in service.get("image", "x:1") and ":" in service.get("image", "x:1")


def test_the_rules_are_right_and_do_what_they_say() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    for arguments in (
        ["check", "config", str(WATCH / "prometheus.yml")],
        ["test", "rules", str(ROOT / "tests" / "watching" / "alerts.yml")],
    ):
        done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_been_seen_to_fire() -> None:
    tests = yaml.safe_load((ROOT / "tests" / "watching" / "alerts.yml").read_text(encoding="utf-8"))["tests"]
    fired = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one.get("exp_alerts")}
    silent = {one["alertname"] for test in tests for one in test["alert_rule_test"] if not one.get("exp_alerts")}
    names = {rule["alert"] for rule in rules()}
    assert fired == names
    assert silent == names
