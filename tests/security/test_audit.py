"""`make audit`: an answer counts only when nothing was left out, and nothing is ignored without a reason and a day."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.security.audit import AUDITOR, LOCK, Accepted, accepted, ask, judge

TODAY = date(2026, 11, 30)
KNOWN = (Accepted("CVE-1", "dask", "a part that is not installed", TODAY + timedelta(days=90)),)
SOUND = {"name": "django", "version": "5.2.19", "vulns": []}
OURS = {
    "name": "dask",
    "version": "2022.10.2",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2024.8.3"], "description": "x"}],
}
NEW = {"name": "sanic", "version": "21.12.2", "vulns": [{"id": "CVE-2", "aliases": ["GHSA-2"], "fix_versions": []}]}
LEFT_OUT = {"name": "rasa", "version": "3.6.21", "skip_reason": "not found"}


def told(*packages: dict[str, Any], known: tuple[Accepted, ...] = KNOWN, today: date = TODAY) -> list[str]:
    return list(judge({"dependencies": packages, "fixes": []}, known, today))


def test_a_known_finding_is_no_news() -> None:
    assert told(SOUND, OURS) == []


def test_a_new_finding_says_what_it_is_and_what_mends_it() -> None:
    assert told(SOUND, OURS, NEW) == ["sanic 21.12.2: CVE-2, GHSA-2, fixed in no release"]


def test_a_known_finding_of_another_package_is_news() -> None:
    moved = {**OURS, "name": "distributed"}
    assert [line.split(":")[0] for line in told(SOUND, moved)] == ["distributed 2022.10.2", "dask"]


def test_what_was_left_out_is_no_answer() -> None:
    assert told(SOUND, OURS, LEFT_OUT) == ["rasa: left out"]
    assert told(LEFT_OUT) == told() == ["the auditor could ask about no package at all"]


def test_what_was_believed_until_a_day_is_read_again() -> None:
    assert told(SOUND, OURS, today=TODAY + timedelta(days=91)) == [
        f"dask: CVE-1 was accepted until {KNOWN[0].until}; read it again"
    ]


def test_what_is_no_longer_found_is_taken_off_the_list() -> None:
    assert told(SOUND, {**OURS, "vulns": []}) == [
        "dask: CVE-1 is accepted and no longer found; remove it from known_advisories.yml"
    ]


def test_our_own_list_is_about_locked_packages() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    assert accepted()
    for one in accepted():
        assert f"\n{one.package}==" in lock, one


@pytest.mark.parametrize("entry", ["- {id: A, package: b, until: 2027-01-01}", "- {id: A, package: b, reason: c}"])
def test_an_entry_without_reason_or_day_is_refused(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "known.yml"
    file.write_text(entry, encoding="utf-8")
    with pytest.raises(ValueError, match="needs a reason and a day"):
        accepted(file)


class _Advisories(BaseHTTPRequestHandler):
    """Speaks as much of OSV's language as pip-audit asks: one advisory about one package (osv.dev, v1)."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = [_ADVISORY] if asked["package"]["name"] == "sanic-cors" else []
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Silence."""


_ADVISORY = {
    "id": "GHSA-test",
    "aliases": ["CVE-2026-37737"],
    "summary": "an allowed origin matches longer ones",
    "details": "",
    "affected": [
        {
            "package": {"name": "sanic-cors", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.0"}]}],
        }
    ],
}


@pytest.fixture
def advisories() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not AUDITOR.exists(), reason="the auditor is not installed: make audit does it")
def test_the_auditor_itself_reads_our_lock_and_its_answer_is_understood(advisories: str) -> None:
    report = ask("osv", advisories)
    names = {package["name"] for package in report["dependencies"]}
    assert {"rasa", "django", "sanic-cors"} <= names and len(names) > 150
    only = tuple(one for one in accepted() if one.package == "sanic-cors")
    assert list(judge(report, only, TODAY)) == []
    assert list(judge(report, (), TODAY)) == ["sanic-cors 2.0.1: CVE-2026-37737, GHSA-test, fixed in 9.0"]
