"""deploy/kubernetes: valid to Kubernetes' own schemas, as closed as the restricted profile, with settings Faro accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings
from bot.__main__ import VERBS
from bot.settings import ROOT
from bot.variables import SECRETS, VARIABLES
from tests.deploy.composed import make_secrets
from tests.deploy.kustomized import FOLDER, OVERLAYS, Resource, by_kustomize, rendered

#: The oldest and the newest version that the manifests are for (docs/tasks/install-on-kubernetes.md).
VERSIONS = ("1.31", "1.37")

#: Kinds whose schema is not Kubernetes' own: test_workers_are_scaled_by_how_long_people_wait reads the one.
FOREIGN = {"ScaledObject"}

MOUNTED = "/run/secrets/faro/"


@cache
def overlay(name: str) -> tuple[Resource, ...]:
    return tuple(rendered(FOLDER / "overlays" / name))


def of_kind(name: str, *kinds: str) -> list[Resource]:
    return [one for one in overlay(name) if one["kind"] in kinds]


def workloads(name: str) -> dict[str, dict[str, Any]]:
    """Name -> the pod of each workload."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in of_kind(name, "Deployment", "StatefulSet")
    }


def jobs(name: str) -> dict[str, dict[str, Any]]:
    """Name -> the pod of what is done now and then."""
    return {
        one["metadata"]["name"]: one["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        for one in of_kind(name, "CronJob")
    }


def pod_of(name: str, pod: str) -> dict[str, Any]:
    return (workloads(name) | jobs(name))[pod]


def containers(pod: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from pod.get("initContainers", ())
    yield from pod["containers"]


PODS = [(name, one) for name in OVERLAYS for one in (*workloads(name), *jobs(name))]


@pytest.mark.parametrize(("overlay_name", "name"), PODS)
def test_no_command_of_faro_waits_for_a_shell_that_is_not_there(overlay_name: str, name: str) -> None:
    """Kubernetes puts in what is written $(NAME); "$NAME" would be the same word in every pod."""
    for container in containers(pod_of(overlay_name, name)):
        words = [*container.get("command", ()), *container.get("args", ())]
        assert words[:1] != ["bot"] or not [word for word in words if re.search(r"\$(?!\()", word)], container["name"]


def test_there_are_the_overlays_that_are_explained() -> None:
    assert OVERLAYS == ["country", "office"]
    assert set(workloads("country")) == {"web", "worker", "rasa"}
    assert set(workloads("office")) == {"web", "worker", "rasa", "postgres"}
    assert (set(jobs("office")), set(jobs("country"))) == ({"backup"}, set())


@pytest.mark.parametrize("name", OVERLAYS)
def test_kustomize_makes_of_the_files_what_this_test_reads(name: str) -> None:
    found = by_kustomize(FOLDER / "overlays" / name)
    if found is None:
        pytest.skip("neither kustomize nor kubectl is installed: only our own strict reader put the files together")
    text = re.sub(r"faro-settings-[0-9a-z]{10}\b", "faro-settings", json.dumps(found))

    def sorted_by_name(resources: list[Resource]) -> list[Resource]:
        return sorted(resources, key=lambda one: (one["kind"], one["metadata"]["name"]))

    assert sorted_by_name(json.loads(text)) == sorted_by_name(list(overlay(name)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OVERLAYS)
def test_every_resource_is_valid_to_the_schemas_of_kubernetes(name: str, version: str) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for one in overlay(name):
        if one["kind"] not in FOREIGN:
            kubernetes_validate.validate(one, version, strict=True)


def test_the_schemas_refuse_what_is_wrong() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    (web,) = [one for one in of_kind("office", "Deployment") if one["metadata"]["name"] == "web"]
    wrong = json.loads(json.dumps(web))
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


# ---- what a pod may do --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pod"), PODS)
def test_a_pod_keeps_to_the_restricted_profile_and_more(name: str, pod: str) -> None:
    spec = pod_of(name, pod)
    context = spec["securityContext"]
    assert context["runAsNonRoot"] is True and context["runAsUser"] > 0 and context["runAsGroup"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    for container in containers(spec):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    assert all({"emptyDir", "secret", "persistentVolumeClaim"} & set(volume) for volume in spec["volumes"])
    kept = {volume["name"] for volume in spec["volumes"] if "persistentVolumeClaim" in volume}
    assert kept == ({"backups"} if pod == "backup" else set())
    assert all("sizeLimit" in volume["emptyDir"] for volume in spec["volumes"] if "emptyDir" in volume)


@pytest.mark.parametrize(("name", "pod"), PODS)
def test_a_pod_has_bounds_probes_and_time_to_end(name: str, pod: str) -> None:
    spec = pod_of(name, pod)
    assert spec["terminationGracePeriodSeconds"] >= 30
    for container in containers(spec):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        assert re.search(r":[\w.-]+$", container["image"]) and not container["image"].endswith(":latest")
    for container in spec["containers"]:
        assert ("livenessProbe" in container) == (pod in workloads(name)), "a job ends by itself, or by its deadline"


def test_the_namespace_demands_the_restricted_profile() -> None:
    (namespace,) = of_kind("country", "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_node_that_is_emptied_takes_one_of_each_at_a_time(name: str) -> None:
    budgets = {
        one["spec"]["selector"]["matchLabels"]["app"]: one["spec"]["maxUnavailable"]
        for one in of_kind(name, "PodDisruptionBudget")
    }
    assert budgets == {"web": 1, "worker": 1, "rasa": 1}


# ---- who reaches whom ---------------------------------------------------------------------------------------------------


def _matches(selector: dict[str, Any], app: str) -> bool:
    labels = selector.get("matchLabels", {})
    wanted = all(app in one["values"] for one in selector.get("matchExpressions", ()) if one["key"] == "app")
    return wanted and labels.get("app", app) == app


@pytest.mark.parametrize("name", OVERLAYS)
def test_nobody_speaks_to_anybody_unless_it_is_said(name: str) -> None:
    policies = of_kind(name, "NetworkPolicy")
    (nobody,) = [one for one in policies if one["spec"]["podSelector"] == {}]
    assert nobody["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    said = [one["spec"] for one in policies if one is not nobody]
    out = {app for app in workloads(name) for spec in said if "egress" in spec and _matches(spec["podSelector"], app)}
    assert out == {"web", "worker"}, "Rasa, its actions and the database reach nobody"
    reached = {
        app for app in workloads(name) for spec in said if "ingress" in spec and _matches(spec["podSelector"], app)
    }
    assert reached == set(workloads(name)) - {"worker"}, "a worker is called by nobody"
    of_job = [spec for spec in said if _matches(spec["podSelector"], "backup")]
    ports = {port["port"] for spec in of_job for rule in spec["egress"] for port in rule["ports"]}
    assert ports == ({53, 5432} if jobs(name) else set()), "a backup reaches names and the database"
    assert not any("ingress" in spec for spec in of_job)
    for spec in said:
        for rule in [*spec.get("ingress", ()), *spec.get("egress", ())]:
            assert rule.get("ports") and (rule.get("from") or rule.get("to"))


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_way_out_leads_to_nothing_inside(name: str) -> None:
    for policy in of_kind(name, "NetworkPolicy"):
        for rule in policy["spec"].get("egress", ()):
            for to in rule["to"]:
                if to.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
                        to["ipBlock"]["except"]
                    )
                    assert {port["port"] for port in rule["ports"]} == {443, 465, 587}


def test_what_is_public_is_the_same_as_behind_the_proxy() -> None:
    (ingress,) = of_kind("country", "Ingress")
    (rule,) = ingress["spec"]["rules"]
    here = {(path["path"], path["pathType"]) for path in rule["http"]["paths"]}
    assert {path["backend"]["service"]["name"] for path in rule["http"]["paths"]} == {"web"}
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    (listed,) = re.findall(r"@public path (.+)", caddyfile)
    there = {
        (path.removesuffix("/*"), "Prefix" if f"{path.removesuffix('/*')}/*" in listed else "Exact")
        for path in listed.split()
    }
    assert here == there


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_address_is_everywhere_the_same(name: str) -> None:
    (ingress,) = of_kind(name, "Ingress")
    (settings_map,) = of_kind(name, "ConfigMap")
    host = ingress["spec"]["rules"][0]["host"]
    assert settings_map["data"]["PUBLIC_URL"] == f"https://{host}"
    assert ingress["spec"]["tls"][0]["hosts"] == [host]
    assert "invalid" not in json.dumps(overlay(name)), "the base's placeholder is replaced"


# ---- settings and secrets -----------------------------------------------------------------------------------------------


def environment(name: str, pod: str, container: dict[str, Any], folder: Path) -> dict[str, str]:
    """What a container's process finds, with the mounted secrets in a folder; one that is not mounted is not there."""
    spec = pod_of(name, pod)
    mounted = {
        item["key"]
        for volume in spec["volumes"]
        for item in volume.get("secret", {}).get("items", ())
        if any(mount["name"] == volume["name"] for mount in container["volumeMounts"])
    }
    (settings_map,) = of_kind(name, "ConfigMap")
    environ = dict(settings_map["data"]) if container.get("envFrom") else {}
    for one in container.get("env", ()):
        secret = one["value"].removeprefix(MOUNTED)
        environ[one["name"]] = one["value"]
        if secret != one["value"]:
            environ[one["name"]] = str(folder / (secret if secret in mounted else "none"))
    return environ


@pytest.mark.parametrize(("name", "pod"), [one for one in PODS if one[1] != "postgres"])
def test_the_settings_of_every_container_are_accepted(name: str, pod: str, tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    read = {}
    for container in containers(pod_of(name, pod)):
        environ = environment(name, pod, container, tmp_path / "secrets")
        assert not set(environ) - {*VARIABLES, *(f"{secret}_FILE" for secret in SECRETS)}
        assert not {*SECRETS} & set(environ) - {"DATABASE_URL"}
        read[container["name"]] = settings.read({**environ, "DATA_DIR": str(tmp_path / "var")})
        assert container["args"][0] == "bot" and container["args"][1] in VERBS
    if pod == "rasa":
        assert (read["rasa"].rasa_url, read["rasa"].actions_url) == ("http://rasa:5005", "http://127.0.0.1:5055")
    else:
        assert read[pod].rasa_urls == ("http://rasa:5005",) and read[pod].second_factor_demanded


def test_the_secrets_that_are_mounted_are_those_of_the_template_and_the_script_makes_them(tmp_path: Path) -> None:
    template = yaml.safe_load((FOLDER / "secret-template.yaml").read_text(encoding="utf-8"))
    assert set(template["stringData"].values()) == {""}, "a template, not values"
    mounted = {
        item["key"]
        for name, pod in PODS
        for volume in pod_of(name, pod)["volumes"]
        for item in volume.get("secret", {}).get("items", ())
    }
    assert mounted == set(template["stringData"])
    assert all(f"{key} is made" in make_secrets(tmp_path / key) for key in sorted(mounted))


def test_a_backup_is_made_every_day_never_two_at_once_and_lies_on_a_volume_of_its_own(tmp_path: Path) -> None:
    (job,) = of_kind("office", "CronJob")
    assert re.fullmatch(r"\d+ \d+ \* \* \*", job["spec"]["schedule"])
    assert job["spec"]["concurrencyPolicy"] == "Forbid" and job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"]
    (container,) = jobs("office")["backup"]["containers"]
    (claim,) = of_kind("office", "PersistentVolumeClaim")
    volumes = {volume["name"]: volume for volume in jobs("office")["backup"]["volumes"]}
    assert volumes["backups"]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert container["args"] == ["bot", "backup", "/backups"]
    assert {"name": "backups", "mountPath": "/backups"} in container["volumeMounts"]
    make_secrets(tmp_path / "secrets")
    environ = environment("office", "backup", container, tmp_path / "secrets")
    assert len(settings.read({**environ, "DATA_DIR": str(tmp_path / "var")}).backup_key) == 64
    for pod in workloads("office").values():
        items = [item["key"] for volume in pod["volumes"] for item in volume.get("secret", {}).get("items", ())]
        assert "backup_key" not in items, "whoever gets into a process that people reach cannot open a backup"


def test_rasa_knows_one_secret_and_its_actions_none() -> None:
    rasa, actions = workloads("country")["rasa"]["containers"]
    volumes = {volume["name"]: volume for volume in workloads("country")["rasa"]["volumes"]}
    assert [item["key"] for item in volumes["secrets"]["secret"]["items"]] == ["rasa_secret"]
    assert "secrets" in {mount["name"] for mount in rasa["volumeMounts"]}
    assert "secrets" not in {mount["name"] for mount in actions["volumeMounts"]}
    assert not rasa.get("envFrom") and not actions.get("envFrom")


# ---- growing ------------------------------------------------------------------------------------------------------------


def test_every_rasa_has_an_address_of_its_own() -> None:
    (service,) = [one for one in of_kind("country", "Service") if one["metadata"]["name"] == "rasa"]
    assert service["spec"]["clusterIP"] == "None"
    assert not service["spec"].get("publishNotReadyAddresses")


def test_what_is_scaled_is_there_and_nobody_else_says_how_many() -> None:
    deployments = {one["metadata"]["name"]: one for one in of_kind("country", "Deployment")}
    scaled = of_kind("country", "HorizontalPodAutoscaler", "ScaledObject")
    assert sorted(one["spec"]["scaleTargetRef"]["name"] for one in scaled) == ["rasa", "web", "worker"]
    assert not [name for name, one in deployments.items() if "replicas" in one["spec"]], "it would undo the scaling"
    for one in of_kind("country", "HorizontalPodAutoscaler"):
        assert one["spec"]["minReplicas"] == 2
    assert {one["metadata"]["name"]: one["spec"]["replicas"] for one in of_kind("office", "Deployment")} == {
        "web": 1,
        "worker": 1,
        "rasa": 1,
    }


def test_workers_are_scaled_by_how_long_people_wait() -> None:
    """No schema of KEDA's is at hand: the fields are those of keda.sh/docs/latest/reference/scaledobject-spec (2026-11)."""
    (one,) = of_kind("country", "ScaledObject")
    assert one["apiVersion"] == "keda.sh/v1alpha1"
    spec = one["spec"]
    assert set(spec) == {
        "scaleTargetRef",
        "minReplicaCount",
        "maxReplicaCount",
        "pollingInterval",
        "cooldownPeriod",
        "fallback",
        "triggers",
    }
    assert 2 <= spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
    assert set(spec["fallback"]) == {"failureThreshold", "replicas"}
    (trigger,) = spec["triggers"]
    assert trigger["type"] == "prometheus"
    assert set(trigger["metadata"]) == {"serverAddress", "query", "threshold", "ignoreNullValues"}
    assert all(isinstance(value, str) for value in trigger["metadata"].values())
    assert trigger["metadata"]["query"].startswith("max(faro_oldest_waiting_seconds{")


def test_the_database_has_room_for_as_many_workers_as_there_may_be() -> None:
    (one,) = of_kind("country", "ScaledObject")
    each = 20  # turns, deliveries and chores, each thread its own (docs/adr/0017-how-faro-grows.md)
    assert one["spec"]["maxReplicaCount"] * each < 200
