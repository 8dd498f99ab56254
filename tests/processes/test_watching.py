"""Faro is watched: one id leads through the lines of four processes, and Prometheus reads the figures of each."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.channels.whatsapp import standin
from tests.channels.whatsapp.standin import APP_SECRET, NUMBER, TOKEN, VERIFY, Meta, deliver, envelope
from tests.processes.running import Faro, Person, eventually, free_ports, running
from tests.watching.files import WATCH, documented, expressions

pytestmark = pytest.mark.processes

#: Seconds for an answer, with a machine that does other things beside it.
ANSWER = 30

_LINE = re.compile(r"^(web|worker|rasa|actions) *\| (.*)$", re.MULTILINE)


@dataclass
class Watched:
    """A running Faro that says its figures, with WhatsApp on, and what somebody wrote there."""

    faro: Faro
    port: int
    meta: Meta

    def lines(self) -> list[tuple[str, dict[str, Any]]]:
        """Process and line of everything that was logged. Each is one JSON object, or this fails."""
        return [(process, json.loads(line)) for process, line in _LINE.findall(self.faro.output)]

    @property
    def pages(self) -> dict[str, str]:
        """Process -> where it says its figures."""
        worker, rasa, actions = (f"http://127.0.0.1:{self.port + n}/metrics" for n in range(3))
        return {"web": f"{self.faro.url}/metrics", "worker": worker, "rasa": rasa, "actions": actions}

    def page(self, process: str) -> str:
        return httpx.get(self.pages[process], trust_env=False, timeout=15).raise_for_status().text


def three_ports() -> int:
    """The first of three free ports in a row."""
    while True:
        first = free_ports(1)[0]
        if first < 65533 and all(_is_free(first + n) for n in range(3)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def watched(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    port = three_ports()
    with standin.running() as meta:
        environ = {
            "WHATSAPP_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY,
            "WHATSAPP_API_BASE": meta.url,
            "LOG_FORMAT": "json",
            "METRICS_PORT": str(port),
        }
        with running(tmp_path_factory.mktemp("watched"), **environ) as faro:
            one = Watched(faro, port, meta)
            person = standin.Person("50761110077")
            # An action is asked for this: the line of the fourth process.
            deliver(f"{faro.url}/webhooks/whatsapp", envelope(person.says("quiero hablar con una persona")))
            eventually(lambda: meta.taken or None, seconds=ANSWER, what="an answer on WhatsApp")
            somebody = Person(faro.url)
            somebody.ask("¿cuánto cuesta volver a mi país?", seconds=ANSWER)
            somebody.close()
            eventually(lambda: _events(one, "delivered"), seconds=ANSWER, what="the line of a delivery")
            yield one


def _events(watched: Watched, event: str) -> list[tuple[str, dict[str, Any]]]:
    return [(process, line) for process, line in watched.lines() if line["event"] == event]


def test_one_id_leads_from_the_webhook_to_the_delivery(watched: Watched) -> None:
    process, accepted = next((p, line) for p, line in _events(watched, "accepted") if line["channel"] == "whatsapp")
    assert process == "web"
    trace = accepted["trace"]
    assert re.fullmatch("[0-9a-f]{16}", trace)
    found = [(process, line["event"]) for process, line in watched.lines() if line.get("trace") == trace]
    assert {
        ("web", "accepted"),
        ("worker", "turn"),
        ("rasa", "turn served"),
        ("actions", "action"),
        ("worker", "delivered"),
    } == set(found)
    assert found.count(("worker", "turn")) == found.count(("rasa", "turn served")) == 1
    turn = next(line for _, line in _events(watched, "turn") if line["trace"] == trace)
    assert 0 < turn["rasa_ms"] <= turn["total_ms"]
    assert turn["waited_ms"] <= turn["total_ms"]


def test_two_messages_have_two_ids(watched: Watched) -> None:
    traces = [line["trace"] for _, line in _events(watched, "turn")]
    assert len(set(traces)) == len(traces) >= 2


def test_every_line_of_every_process_is_one_json_object_with_a_time(watched: Watched) -> None:
    lines = watched.lines()
    assert {process for process, _ in lines} == {"web", "worker", "rasa", "actions"}
    assert not [line for _, line in lines if not {"time", "level", "logger", "event"} <= set(line)]


def test_each_process_says_its_figures_and_only_those_that_are_explained(watched: Watched) -> None:
    told = {process: watched.page(process) for process in watched.pages}
    known = documented()
    for process, page in told.items():
        names = set(re.findall(r"^# TYPE (faro_\w+) ", page, re.MULTILINE))
        assert names <= set(known), process
    assert 'faro_accepted_total{channel="whatsapp"} 1.0' in told["web"]
    assert re.search(r'faro_webhook_seconds_count\{channel="whatsapp",status="200"\} [1-9]', told["web"])
    assert re.search(r'faro_turn_seconds_count\{channel="whatsapp",outcome="\w+"\} 1.0', told["worker"])
    assert 'faro_understood_total{language="es"}' in told["worker"]
    assert re.search(r'faro_deliveries_total\{channel="whatsapp",result="sent"\} [1-9]', told["worker"])
    assert 'faro_deliveries_total{channel="whatsapp",result="failed"} 0.0' in told["worker"]
    assert re.search(r'faro_rasa_turn_seconds_count\{result="answered"\} [2-9]', told["rasa"])
    assert re.search(r'faro_model_info\{model="faro-[0-9a-f]{12}"\} 1.0', told["rasa"])
    assert 'faro_action_seconds_count{result="said"}' in told["actions"]
    for line in ("faro_database_up 1.0", "faro_rasa_ready 1.0", "faro_workers 1.0"):
        assert line in told["web"]
    assert 'faro_oldest_waiting_seconds{channel="telegram"} 0.0' in told["web"]
    versions = {
        match for page in told.values() for match in re.findall(r'faro_content_info\{version="(\w+)"\} 1', page)
    }
    assert len(versions) == 1
    private = ("5076111", "persona", "cuánto")
    assert not [word for page in told.values() for word in private if word in page]


def test_nobody_reads_them_through_a_proxy(watched: Watched) -> None:
    for url in watched.pages.values():
        answer = httpx.get(url, headers={"X-Forwarded-For": "203.0.113.7"}, trust_env=False)
        assert (answer.status_code, answer.text) == (404, "")


def test_the_figures_are_written_as_prometheus_wants_them(watched: Watched) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    for process in watched.pages:
        page = watched.page(process)
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=page, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, ""), process


@contextmanager
def prometheus(program: str, watched: Watched, folder: Path) -> Iterator[str]:
    """A Prometheus with our rules that asks the processes of `watched` every second; gives its address."""
    config = yaml.safe_load((WATCH / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(WATCH / "rules" / "*.yml")]
    hosts = {f"faro-{process}": url.split("/")[2] for process, url in watched.pages.items()}
    jobs = [job for job in config["scrape_configs"] if job["job_name"] in hosts]
    for job in jobs:
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [hosts[job["job_name"]]]}]
    config["scrape_configs"] = jobs
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [
            program,
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        process.terminate()
        process.wait(20)


def test_every_query_of_the_rules_and_the_dashboard_is_answered_by_prometheus(watched: Watched, tmp_path: Path) -> None:
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed (Debian: prometheus)")
    with prometheus(program, watched, tmp_path) as api, httpx.Client(trust_env=False, timeout=10) as client:

        def ask(expression: str) -> dict[str, Any]:
            answer: dict[str, Any] = client.get(f"{api}/query", params={"query": expression}).json()
            return answer

        def seen() -> bool:
            try:
                return len(ask("up == 1")["data"]["result"]) == len(watched.pages)
            except (httpx.HTTPError, ValueError, KeyError):
                return False

        eventually(lambda: seen() or None, seconds=30, what="all four are scraped")
        eventually(lambda: len(ask("up[5m]")["data"]["result"][0]["values"]) > 3 or None, seconds=15, what="four looks")
        for where, expression in expressions():
            answer = ask(expression)
            assert answer["status"] == "success", (where, answer)
        # What a dashboard shows of a house that is well.
        for expression in (
            "max(faro_oldest_waiting_seconds)",
            "max(faro_workers) == 1",
            "max(faro_rasa_ready) == 1",
            "count(count by (version) (faro_content_info)) == 1",
            "sum(rate(faro_turn_seconds_count[5m]))",
            "histogram_quantile(0.95, sum by (le) (rate(faro_turn_seconds_bucket[5m])))",
        ):
            assert ask(expression)["data"]["result"], expression
        loaded = client.get(f"{api}/rules").json()["data"]["groups"]
        assert {rule["health"] for group in loaded for rule in group["rules"]} <= {"ok", "unknown"}
        firing = client.get(f"{api}/alerts").json()["data"]["alerts"]
        assert [one["labels"]["alertname"] for one in firing if one["state"] == "firing"] == []
