"""deploy/Dockerfile: what goes into the image, what stays out of it, and that no version is left open."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.settings import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
#: Stage -> its instructions.
STAGES = {
    match[2]: match[0] for match in re.finditer(r"^FROM (\S+) AS (\w+)\n.*?(?=^FROM |\Z)", DOCKERFILE, re.M | re.S)
}


def copied(stage: str) -> set[str]:
    """What a stage takes from the project."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", STAGES[stage], re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_there_is_a_stage_that_builds_and_two_that_run() -> None:
    assert list(STAGES) == ["build", "faro", "proxy"]


def test_the_image_gets_every_package_and_nothing_that_is_missing_or_kept_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {package["include"] for package in project["tool"]["poetry"]["packages"]}
    everything = copied("build") | copied("proxy")
    assert packages <= everything
    assert not {source for source in everything if not (ROOT / source).exists()}
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert everything == set(let_in)
    assert copied("faro") == set(), "what runs comes from the stage that was built, and nothing beside it"


def test_what_a_run_leaves_behind_is_not_a_reason_to_build_anew() -> None:
    """Compiled words and code lie in folders that are copied: with them, every build after a run would train again."""
    kept_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert {"**/__pycache__", "**/*.mo"} <= kept_out


def test_all_code_is_compiled_after_the_training_and_never_again() -> None:
    """Not by the time of its source, which building may change; nothing in an image is edited."""
    *_, last = re.findall(r"^RUN (.+)$", STAGES["build"], re.MULTILINE)
    assert last == "python -m compileall -q -f --invalidation-mode unchecked-hash actions bot console .venv/lib"
    (own,) = re.findall(r"^RUN python -m compileall (.+)$", STAGES["faro"], re.MULTILINE)
    assert own.startswith("-q --invalidation-mode unchecked-hash ") and own.endswith(" /usr/local/lib/python3.11")


def test_every_image_that_is_built_on_has_an_exact_version() -> None:
    for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE):
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", image), image
    assert len(set(re.findall(r"^FROM (python\S+)", DOCKERFILE, re.MULTILINE))) == 1


def test_what_runs_is_nobody_special_and_can_install_nothing() -> None:
    for stage in ("faro", "proxy"):
        assert re.findall(r"^USER (\S+)$", STAGES[stage], re.MULTILINE) == ["10001:10001"]
    assert not re.search(r"apk |gcc|build-essential|curl|wget", DOCKERFILE), "no compilers, nothing fetched by hand"
    installed = re.findall(r"apt-get install (.+?)(?= \\)", DOCKERFILE)
    assert installed == ["--yes --no-install-recommends postgresql-client-17"], "what a backup needs, and nothing else"
    removed = re.findall(r"/usr/local/\S+", next(re.finditer(r"rm -rf /usr/local.+(\n +/usr.+)*", STAGES["faro"]))[0])
    assert removed == [
        "/usr/local/lib/python3.11/ensurepip",
        "/usr/local/lib/python3.11/site-packages/*",  # pip, setuptools and wheel; ours are in /app/.venv
        "/usr/local/bin/pip*",
        "/usr/local/bin/wheel",
    ]


def test_the_proxy_can_be_started_without_a_capability() -> None:
    """Caddy's file in its image has cap_net_bind_service: execve refuses it where that cannot be had (capabilities(7))."""
    assert re.search(r"^RUN cp /usr/bin/caddy (\S+) \\\n +&& mv \1 /usr/bin/caddy", STAGES["proxy"], re.MULTILINE)


def test_a_backup_is_made_with_programs_of_the_servers_version() -> None:
    (client,) = re.findall(r"postgresql-client-(\d+)", STAGES["faro"])
    servers = set()
    for path in ("docker-compose.yml", "deploy/kubernetes/components/postgres/postgres.yaml"):
        servers |= set(re.findall(r"image: postgres:(\d+)\.", (ROOT / path).read_text(encoding="utf-8")))
    assert servers == {client}, "pg_dump refuses a server that is newer than itself"
    # Debian 13 has PostgreSQL 17 (packages.debian.org/trixie/postgresql-client-17, 2026-11).
    assert client == "17" and re.search(r"^FROM python:\S+-slim-trixie AS faro$", DOCKERFILE, re.MULTILINE)


def test_only_locked_wheels_are_installed() -> None:
    installs = re.findall(r"pip (?:install|sync) [^&\n]+", STAGES["build"])
    locked = [one for one in installs if "--editable" not in one]
    assert len(locked) == 2 and all("--require-hashes" in one for one in locked)
    assert "--only-binary :all:" in locked[1]
    (own,) = [one for one in installs if "--editable" in one]
    assert "--no-deps" in own and "--no-build-isolation" in own


def test_no_secret_is_built_in() -> None:
    assert not re.findall(r"^ARG ", DOCKERFILE, re.MULTILINE)
    assert not re.search(r"(KEY|SECRET|TOKEN|PASSWORD)\s*=", DOCKERFILE)


def _lock(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """A lock: package -> its version and the hashes of its files."""
    found = {}
    for block in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()):
        name, version = block.split()[0].split("==")
        found[name] = (version, frozenset(re.findall(r"sha256:[0-9a-f]{64}", block)))
    return found


def test_the_image_has_what_was_tested_without_the_tests() -> None:
    everything, run = _lock("requirements.lock"), _lock("requirements-run.lock")
    assert {name: one for name, one in run.items() if everything.get(name) != one} == {}, "make lock writes both"
    left_out = set(everything) - set(run)
    assert {"pytest", "hypothesis", "selenium", "mypy", "ruff"} <= left_out
    assert not {name for name in run if name.startswith(("tensorflow", "keras", "torch"))}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^\w.-]", line)[0].replace(".", "-").lower() for line in project["dependencies"]}
    assert wanted <= set(run)


def test_hadolint_finds_nothing() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    program = str(beside) if beside.exists() else shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed here: the Dockerfile was only read by these tests")
    done = subprocess.run(
        [program, ROOT / "deploy" / "Dockerfile"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")
