"""deploy/kubernetes as Kustomize puts it together: a strict reader of the few features that are used there.

It knows nothing else and refuses what it does not know, so a file that it takes means here what it means to Kustomize;
where a real one is at hand, test_kubernetes.py compares the two.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(path.name for path in (FOLDER / "overlays").iterdir())

Resource = dict[str, Any]

_KNOWN = {"apiVersion", "kind", "namespace", "resources", "components", "images", "replicas", "patches"}
_KNOWN |= {"configMapGenerator"}

#: Kinds that have no namespace.
_CLUSTER = {"Namespace"}


def rendered(folder: Path) -> list[Resource]:
    """The resources of a kustomization; the names of generated maps without their hash.

    Raises:
        ValueError: something that this reader does not know.
    """
    file = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    if unknown := set(file) - _KNOWN:
        raise ValueError(f"{folder.name}: {unknown} is not known to this reader")
    found: list[Resource] = []
    for name in file.get("resources", ()):
        path = (folder / name).resolve()
        found += rendered(path) if path.is_dir() else _documents(path)
    for name in file.get("components", ()):
        found += rendered((folder / name).resolve())
    for generator in file.get("configMapGenerator", ()):
        _generate(found, generator)
    for patch in file.get("patches", ()):
        _patch(found, patch)
    for count in file.get("replicas", ()):
        one = _the(found, "Deployment", count["name"])
        one["spec"]["replicas"] = count["count"]
    for image in file.get("images", ()):
        _name_images(found, image)
    if "namespace" in file:
        for one in found:
            if one["kind"] not in _CLUSTER:
                one["metadata"]["namespace"] = file["namespace"]
    return found


def _documents(path: Path) -> list[Resource]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def _the(found: list[Resource], kind: str, name: str) -> Resource:
    (one,) = [one for one in found if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return one


def _generate(found: list[Resource], generator: dict[str, Any]) -> None:
    values = dict(literal.split("=", 1) for literal in generator["literals"])
    match generator.get("behavior", "create"):
        case "create":
            metadata = {"name": generator["name"]}
            found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": values})
        case "merge":
            _the(found, "ConfigMap", generator["name"])["data"].update(values)
        case other:
            raise ValueError(f"behavior {other} is not known to this reader")


def _patch(found: list[Resource], patch: dict[str, Any]) -> None:
    one = _the(found, patch["target"]["kind"], patch["target"]["name"])
    for step in yaml.safe_load(patch["patch"]):
        if step["op"] != "replace":
            raise ValueError(f"op {step['op']} is not known to this reader")
        *way, last = [int(part) if part.isdigit() else part for part in step["path"].split("/")[1:]]
        place: Any = one
        for part in way:
            place = place[part]
        place[last]
        place[last] = step["value"]


def _name_images(value: Any, image: dict[str, str]) -> None:
    if isinstance(value, dict):
        if value.get("image") == image["name"]:
            value["image"] = f"{image['newName']}:{image['newTag']}"
        for one in value.values():
            _name_images(one, image)
    elif isinstance(value, list):
        for one in value:
            _name_images(one, image)


def by_kustomize(folder: Path) -> list[Resource] | None:
    """The same by Kustomize itself; None where there is none."""
    for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
        if shutil.which(command[0]):
            done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False, timeout=120)
            assert done.returncode == 0, done.stderr
            return [one for one in yaml.safe_load_all(done.stdout) if one]
    return None
