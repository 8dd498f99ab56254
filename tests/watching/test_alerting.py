"""Every alert reaches somebody, tried with a real Alertmanager, and what follows from another is not told as well."""

from __future__ import annotations

import base64
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.deploy.composed import composed
from tests.mailbox import MailBox
from tests.watching.files import WATCH, rules

SETTINGS = WATCH / "alertmanager.yml"
TEXT = SETTINGS.read_text(encoding="utf-8")
WHOLE: dict[str, Any] = yaml.safe_load(TEXT)
RECEIVERS = {one["name"]: one for one in WHOLE["receivers"]}
#: Severity -> who is told.
TOLD = {"now": "can be woken", "today": "reads every day"}
MATCHER = re.compile(r'(\w+) (=~|=) "([^"]+)"')

#: Seconds for a letter, with a machine that does other things beside it.
PATIENCE = 60


def fits(matchers: list[str], labels: dict[str, str]) -> bool:
    """Whether labels fit all matchers, of the two kinds that stand in the file."""
    for matcher in matchers:
        read = MATCHER.fullmatch(matcher)
        assert read is not None, matcher
        name, kind, value = read.groups()
        if not (re.fullmatch(value, labels.get(name, "")) if kind == "=~" else labels.get(name, "") == value):
            return False
    return True


def told(labels: dict[str, str]) -> str:
    route = WHOLE["route"]
    return str(next((one for one in route["routes"] if fits(one["matchers"], labels)), route)["receiver"])


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_every_alert_reaches_who_has_to_look(rule: dict[str, Any]) -> None:
    labels = {"alertname": rule["alert"], **rule["labels"]}
    assert told(labels) == TOLD[rule["labels"]["severity"]]
    amtool = shutil.which("amtool")
    if amtool is None:
        pytest.skip(
            "amtool is not installed (Debian: prometheus-alertmanager): only our own reading of the routes was tried"
        )
    asked = [amtool, "config", "routes", "test", "--config.file", str(SETTINGS)]
    done = subprocess.run(
        [*asked, *(f"{name}={value}" for name, value in labels.items())], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, told(labels))


def test_what_nobody_thought_of_wakes_somebody() -> None:
    assert told({"alertname": "FaroNew", "severity": "odd"}) == told({}) == TOLD["now"]
    assert set(TOLD.values()) == set(RECEIVERS)
    assert all(one.get("email_configs") for one in RECEIVERS.values())


def test_an_alert_is_kept_back_only_for_one_that_wakes_somebody_as_much() -> None:
    severity = {rule["alert"]: rule["labels"]["severity"] for rule in rules()}
    for rule in WHOLE["inhibit_rules"]:
        causes = [name for name in severity if fits(rule["source_matchers"], {"alertname": name})]
        followers = [name for name in severity if fits(rule["target_matchers"], {"alertname": name})]
        named = MATCHER.findall(" ".join(rule["source_matchers"] + rule["target_matchers"]))
        assert sorted(one for _, _, value in named for one in value.split("|")) == sorted(causes + followers)
        assert {severity[name] for name in causes} == {"now"}
        assert not set(causes) & set(followers)


def test_no_secret_stands_in_the_file_and_each_is_mounted_where_it_is_looked_for() -> None:
    looked_for = re.findall(r"_file: /run/secrets/(\w+)", TEXT)
    assert not re.search(r"password:|token:|credentials:|api_key|routing_key", TEXT)
    assert set(re.findall(r"[@/]([\w.-]+\.(?:org|com))", TEXT)) <= {
        f"{name}your-organisation.org" for name in ("", "alerts.", "mail.")
    }
    whole = composed(WATCH / "docker-compose.watch.yml", WATCH / "docker-compose.alerts.yml")
    service = whole["services"]["alertmanager"]
    assert sorted(service["secrets"]) == sorted(looked_for) and set(looked_for) <= set(whole["secrets"])
    assert set(service["networks"]) & set(whole["services"]["prometheus"]["networks"])
    assert not service.get("ports"), "nobody else reaches it"
    assert f"./{SETTINGS.relative_to(WATCH.parents[1])}:/etc/alertmanager/alertmanager.yml:ro" in service["volumes"]
    prometheus = yaml.safe_load((WATCH / "prometheus.yml").read_text(encoding="utf-8"))
    (where,) = prometheus["alerting"]["alertmanagers"][0]["dns_sd_configs"]
    assert (where["names"], where["port"]) == (["alertmanager"], 9093)


# ---- with a real one ----------------------------------------------------------------------------------------------------


class Bell(ThreadingHTTPServer):
    """A service that rings a telephone; keeps what it is sent, with who says so."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ringing)
        self.taken: list[tuple[str, dict[str, Any]]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Ringing(BaseHTTPRequestHandler):
    server: Bell

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((self.headers["Authorization"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def alertmanager(folder: Path, mailbox: MailBox, bell: Bell) -> Iterator[str]:
    """The settings as they are, but for where things are sent and how long is waited; yields its address."""
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        pytest.skip("no Alertmanager on this machine (Debian: prometheus-alertmanager)")
    (folder / "alert_smtp_password").write_text("pa55word", encoding="utf-8")
    (folder / "alert_webhook_token").write_text("t0ken", encoding="utf-8")
    text = TEXT.replace("/run/secrets/", f"{folder}/").replace(
        "mail.your-organisation.org:587", f"127.0.0.1:{mailbox.port}"
    )
    text = text.replace("https://alerts.your-organisation.org", f"http://127.0.0.1:{bell.server_port}")
    text = re.sub(r"group_wait: \w+", "group_wait: 1s", text).replace("global:", "global:\n  smtp_require_tls: false")
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/kept", "--cluster.listen-address="]
    command = [program, *options, f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: ready(url) or process.poll() is not None, "Alertmanager")
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        yield url
    finally:
        process.kill()
        process.wait()


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready", trust_env=False, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait(condition: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def fire(url: str, *names: str, **labels: str) -> None:
    by_name = {rule["alert"]: rule for rule in rules()}
    alerts = [
        {
            "labels": {"alertname": name, **by_name[name]["labels"], **labels},
            "annotations": {"summary": f"summary of {name}.", "do": by_name[name]["annotations"]["do"]},
            "startsAt": datetime.now(UTC).isoformat(),
        }
        for name in names
    ]
    httpx.post(f"{url}/api/v2/alerts", json=alerts, trust_env=False, timeout=10).raise_for_status()


def test_somebody_is_woken_or_written_to_and_what_follows_from_another_is_not_told(tmp_path: Path) -> None:
    mailbox, bell = MailBox(), Bell()
    try:
        with alertmanager(tmp_path, mailbox, bell) as url:
            fire(url, "FaroDatabaseAway", "FaroNobodyAnswers", "FaroDiskFills")
            wait(lambda: len(mailbox.taken) >= 2 and bell.taken, "two letters and a ring")
            # What is kept back would have come with them: it fired in the same moment, and waits as long.
            fire(url, "FaroNotReachable")
            wait(lambda: len(mailbox.taken) >= 3 and len(bell.taken) >= 2, "the next alert")
    finally:
        for server in (mailbox, bell):
            server.shutdown()
            server.server_close()
    letters = {tuple(people): text.decode() for _, people, text in mailbox.taken}
    today = letters[("team@your-organisation.org",)]
    assert "Subject: Faro: 1 to look at today" in today and "FaroDiskFills" in today
    woken = [text.decode() for _, people, text in mailbox.taken if people == ["on-call@your-organisation.org"]]
    assert [re.search(r"Subject: (.*)\r", one)[1].strip() for one in woken] == [  # type: ignore[index]
        "Faro: firing: summary of FaroDatabaseAway.",
        "Faro: firing: summary of FaroNotReachable.",
    ]
    assert "Is PostgreSQL running" in woken[0] and "docs/tasks/watch-faro.md" in woken[0]
    assert {base64.b64decode(one.split()[-1]) for one in mailbox.logins} == {
        b"\x00faro@your-organisation.org\x00pa55word"
    }
    assert {who for who, _ in bell.taken} == {"Bearer t0ken"}
    rung = [alert["labels"]["alertname"] for _, body in bell.taken for alert in body["alerts"]]
    assert rung == ["FaroDatabaseAway", "FaroNotReachable"]
