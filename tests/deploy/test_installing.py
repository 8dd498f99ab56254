"""What the tasks of installing tell people to type names files, services and workloads that there are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.__main__ import VERBS
from bot.settings import ROOT
from tests.deploy.composed import BASE
from tests.deploy.kustomized import FOLDER, OVERLAYS, rendered

TASKS = ROOT / "docs" / "tasks"
SERVER = [TASKS / "install-on-a-server.md", TASKS / "es" / "instalar-en-un-servidor.md"]
CLUSTER = [TASKS / "install-on-kubernetes.md", TASKS / "es" / "instalar-en-kubernetes.md"]


def typed(path: Path) -> list[str]:
    """The commands of a task, line by line."""
    return re.findall(r"^ {4,}(\S.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("english", "spanish"), [SERVER, CLUSTER])
def test_the_same_is_typed_in_both_languages(english: Path, spanish: Path) -> None:
    assert typed(english) == typed(spanish) != []


def test_every_service_and_file_that_is_typed_is_there() -> None:
    services = set(yaml.safe_load(BASE.read_text(encoding="utf-8"))["services"])
    lines = typed(SERVER[0])
    named = [match[1] for line in lines for match in re.finditer(r"(?:exec|--scale) (\w+)", line)]
    assert named and set(named) <= services
    (listed,) = [line.partition("=")[2] for line in lines if line.startswith("COMPOSE_FILE=")]
    assert all((ROOT / name).exists() for name in listed.split(":"))
    verbs = [match[1] for line in lines for match in re.finditer(r"\bbot (\w+)", line)]
    assert set(verbs) <= set(VERBS)


def test_the_first_steps_on_a_server_work_as_they_are_typed(tmp_path: Path) -> None:
    (make,) = [line for line in typed(SERVER[0]) if line.startswith("deploy/make-secrets")]
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    say = next(line for line in typed(SERVER[0]) if line.startswith("echo PUBLIC_URL="))
    for line in (make, say):
        subprocess.run(["sh", "-euc", line], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert (tmp_path / "secrets" / "secret_key").exists()
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "PUBLIC_URL=https://faro.your-organisation.org\n"


def test_every_overlay_and_workload_that_is_typed_is_there() -> None:
    text = CLUSTER[0].read_text(encoding="utf-8")
    named = re.findall(r"deploy/kubernetes/overlays/(\w+)", text)
    assert set(named) == set(OVERLAYS)
    workloads = {
        one["metadata"]["name"] for one in rendered(FOLDER / "overlays" / "office") if one["kind"] == "Deployment"
    }
    assert set(re.findall(r"deployment/(\w+)", text)) <= workloads
    (scaled,) = re.findall(r"scale deployment ([\w ]+) --replicas=0", text)
    assert set(scaled.split()) == workloads
    (label,) = set(re.findall(r"(faro-may-reach=web)", text))
    assert label.replace("=", ": ") in (FOLDER / "base" / "network.yaml").read_text(encoding="utf-8")
