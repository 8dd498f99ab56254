"""`make audit`: asks an auditor about every locked package, and holds its answer against what is known.

The auditor (pip-audit) lives in an environment of its own, .tools/audit: its dependencies clash with Rasa's packaging<22.
An answer counts only when nothing was left out: pip-audit reports success when it could ask about nothing at all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

AUDITOR = ROOT / ".tools" / "audit" / "bin" / "pip-audit"
LOCK = ROOT / "requirements.lock"

#: Findings that do not reach us, each with its reason and the day until which that was believed.
KNOWN = ROOT / "tests" / "security" / "known_advisories.yml"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An advisory that was read and does not reach us. Looked at again after `until`."""

    id: str
    package: str
    reason: str
    until: date


def accepted(path: Path = KNOWN) -> tuple[Accepted, ...]:
    """Read the list.

    Raises:
        ValueError: an entry has no reason or no day.
    """
    written: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for one in written:
        if not str(one.get("reason", "")).strip() or not isinstance(one.get("until"), date):
            raise ValueError(f"{path.name}: {one.get('id')} needs a reason and a day (until)")
    return tuple(Accepted(str(one["id"]), str(one["package"]), str(one["reason"]), one["until"]) for one in written)


def judge(report: Mapping[str, Any], known: tuple[Accepted, ...], today: date) -> Iterator[str]:
    """What must be done about a report of pip-audit (its JSON), a line each; nothing when all is well."""
    packages = report.get("dependencies") or []
    left_out = [package["name"] for package in packages if package.get("skip_reason")]
    if len(left_out) == len(packages):
        yield "the auditor could ask about no package at all"
        return
    for name in left_out:
        yield f"{name}: left out"
    seen: set[str] = set()
    for package in packages:
        for one in package.get("vulns", ()):
            names = {one["id"], *one.get("aliases", ())}
            fits = {entry.id for entry in known if entry.id in names and entry.package == package["name"]}
            seen |= fits
            if not fits:
                fixed = ", ".join(one.get("fix_versions", ())) or "no release"
                yield f"{package['name']} {package['version']}: {', '.join(sorted(names))}, fixed in {fixed}"
    for entry in known:
        if entry.until < today:
            yield f"{entry.package}: {entry.id} was accepted until {entry.until}; read it again"
        elif entry.id not in seen and entry.package not in left_out:
            yield f"{entry.package}: {entry.id} is accepted and no longer found; remove it from {KNOWN.name}"


def ask(service: str, url: str | None = None, lock: Path = LOCK) -> dict[str, Any]:
    """The auditor's report on a lock.

    Raises:
        RuntimeError: it gave none.
    """
    command = [str(AUDITOR), "--requirement", str(lock), "--disable-pip", "--require-hashes", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", service, *(["--osv-url", url] if url else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise RuntimeError(f"no answer from {service}: {last[0][:300]}") from None
    return report


def main(arguments: list[str]) -> int:
    """Ask, judge, and say so; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--service", default="pypi", choices=("pypi", "osv"))
    parser.add_argument("--url", default=None, help="another address that speaks OSV's language")
    options = parser.parse_args(arguments)
    try:
        report = ask(options.service, options.url)
    except RuntimeError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    problems = list(judge(report, accepted(), date.today()))
    for problem in problems:
        print(problem)  # noqa: T201
    print(f"{len(report.get('dependencies', []))} packages, {len(problems)} to be looked at", file=sys.stderr)  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
