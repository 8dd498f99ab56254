"""docker-compose.yml: who can be reached, who may write, who knows which secret, and that Faro accepts what it is told."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from bot import settings
from bot.__main__ import VERBS
from bot.settings import ROOT
from bot.variables import SECRETS, VARIABLES
from tests.deploy.composed import BASE, BESIDE, GIVEN, INSIDE, composed, environment_of, make_secrets

WHOLE = composed(*BESIDE)
SERVICES: dict[str, dict[str, Any]] = WHOLE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service.get("image") == "faro:local")

#: What a server in a container must listen on to be reached from another.
EVERYWHERE = "0.0.0.0"  # noqa: S104 - asked for by the containers alone

#: Settings of PostgreSQL's own image (hub.docker.com/_/postgres, 2026-11).
POSTGRES = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD_FILE"}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of secrets as an operator has it."""
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    make_secrets(folder)
    return folder


def test_all_services_are_there() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker", "rasa", "actions", "postgres", "migrate", "backup"}
    assert OURS == ["actions", "backup", "migrate", "rasa", "web", "worker"]
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"backup"}, (
        "made when it is asked for"
    )


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_as_little_as_possible(name: str) -> None:
    service = SERVICES[name]
    user, _, group = service["user"].partition(":")
    assert int(user) > 0 and int(group) > 0, "a number: the engine can then tell that it is not root"
    assert service["read_only"] is True
    assert (service["cap_drop"], service.get("cap_add")) == (["ALL"], None)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"} & set(service)
    assert all("docker.sock" not in volume for volume in service.get("volumes", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_bounds_and_an_end(name: str) -> None:
    service = SERVICES[name]
    assert float(service["cpus"]) > 0 and re.fullmatch(r"\d+[MG]", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 512
    # Compose 2 refuses a file that has `pids_limit` and `deploy.resources.limits` without the same `pids` in it.
    assert "deploy" not in service, "bounds are said in one place"
    assert all("size=" in place for place in service["tmpfs"]), "memory that nobody counts"
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    grace = int(service["stop_grace_period"].removesuffix("s"))
    assert grace >= 30


def test_no_key_stands_twice() -> None:
    """Compose 2 and kubectl refuse such a file; PyYAML and Compose 1 take the last one and say nothing."""
    for path in (BASE, *sorted((ROOT / "deploy").rglob("*.y*ml"))):
        list(YAML(typ="base").load_all(path))  # a DuplicateKeyError names the line


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "backup"}))
def test_whether_a_container_is_well_is_asked(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert int(check["interval"].removesuffix("s")) <= 15 and int(check["timeout"].removesuffix("s")) <= 5
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_every_image_that_is_not_built_here_has_an_exact_version() -> None:
    pulled = [service["image"] for service in SERVICES.values() if "build" not in service]
    assert pulled and all(re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?", image) for image in pulled)


def test_only_the_proxy_has_ports_to_the_outside() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if service.get("ports")} == {
        "proxy": ["80:8080", "443:8443"]
    }


def test_only_who_speaks_to_people_or_providers_has_a_way_out() -> None:
    open_ones = {name for name, network in WHOLE["networks"].items() if not network.get("internal")}
    outside = {name for name, service in SERVICES.items() if open_ones & set(service["networks"])}
    assert outside == {"proxy", "web", "worker"}, "Rasa, the actions and the database reach nothing and nobody"


def test_rasa_and_the_proxy_do_not_see_the_database_and_nobody_outside_sees_rasa() -> None:
    def on(network: str) -> set[str]:
        return {name for name, service in SERVICES.items() if network in service["networks"]}

    assert on("data") == {"postgres", "migrate", "backup", "web", "worker"}
    assert on("thinking") == {"rasa", "actions", "web", "worker"}
    assert on("front") == {"proxy", "web"}
    assert {name for name in SERVICES if SERVICES[name]["networks"] == ["thinking"]} == {"rasa", "actions"}


def test_the_files_name_only_settings_that_exist() -> None:
    known = {*VARIABLES, *(f"{name}_FILE" for name in SECRETS), *POSTGRES}
    set_in_them = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert not set_in_them - known
    texts = "".join(path.read_text(encoding="utf-8") for path in (BASE, *BESIDE))
    assert not set(re.findall(r"\$\{(\w+)", texts)) - {*VARIABLES, "SECRETS_DIR", "BACKUPS_DIR"}


def test_no_secret_is_in_an_environment_or_on_a_command_line() -> None:
    for name, service in SERVICES.items():
        assert not {*SECRETS, "POSTGRES_PASSWORD"} & set(service.get("environment", {})) - {"DATABASE_URL"}, name
        assert "@" not in " ".join(service.get("command", ()))
    urls = {service["environment"].get("DATABASE_URL") for service in SERVICES.values() if "environment" in service}
    assert urls - {None} == {"postgresql://faro@postgres:5432/faro"}, "without a password"
    assert all("build" not in service or "args" not in service["build"] for service in SERVICES.values())


def test_no_command_of_faro_waits_for_a_shell_that_is_not_there() -> None:
    """Compose starts them without one: "$HOSTNAME" would be the same word in every container."""
    for name, service in SERVICES.items():
        command = service.get("command", ())
        assert command[:1] != ["bot"] or not [word for word in command if "$" in word], name


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_given_the_secrets_that_it_reads_and_no_other(name: str) -> None:
    named = {
        value.removeprefix(INSIDE)
        for value in map(str, SERVICES[name].get("environment", {}).values())
        if value.startswith(INSIDE)
    }
    assert named == set(SERVICES[name].get("secrets", ()))
    assert named <= set(WHOLE["secrets"])


def test_who_knows_which_secret() -> None:
    def know(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if secret in service.get("secrets", ())}

    assert know("rasa_secret") == {"web", "worker", "migrate", "backup", "rasa"}
    for secret in ("secret_key", "pseudonym_key", "address_key"):
        assert know(secret) == {"web", "worker", "migrate", "backup"}
    assert know("database_password") == {"web", "worker", "migrate", "backup", "postgres"}
    assert know("backup_key") == {"backup"}, "whoever gets into a process that people reach cannot open a backup"
    for secret in ("telegram_token", "telegram_secret", "whatsapp_token", "whatsapp_app_secret", "smtp_url"):
        assert know(secret) == {"web", "worker"}
    assert not SERVICES["actions"].get("secrets")


@pytest.mark.parametrize(
    "beside", [(), *((path,) for path in BESIDE), tuple(BESIDE)], ids=lambda paths: str(len(paths))
)
@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_a_container_are_accepted(
    name: str, beside: tuple[Path, ...], secrets: Path, tmp_path: Path
) -> None:
    service = composed(*beside)["services"][name]
    read = settings.read({**environment_of(service, secrets), "DATA_DIR": str(tmp_path)})
    command = service["command"]
    assert command[0] == "bot" and command[1] in VERBS
    match command[2:]:
        case ["rasa" | "actions" as process, *options]:
            url = read.rasa_url if process == "rasa" else read.actions_url
            assert url.split("://")[1].split(":")[0] == name, "the others look for it under this name"
            assert options == ["--host", EVERYWHERE], "on loopback no other container reaches it"
        case ["web"]:
            assert (read.host, read.port) == (EVERYWHERE, 8000)
    assert bool(read.backup_key) == (name == "backup")
    if name in ("web", "worker"):
        stems = {path.stem for path in beside}
        assert (read.telegram is not None, read.whatsapp is not None) == ("telegram" in stems, "whatsapp" in stems)
        assert read.notify.wanted == ("notices" in stems)
        assert read.second_factor_demanded and read.public_url == GIVEN["PUBLIC_URL"]


def test_worker_and_rasa_agree(secrets: Path, tmp_path: Path) -> None:
    read = {
        name: settings.read({**environment_of(SERVICES[name], secrets), "DATA_DIR": str(tmp_path)})
        for name in ("web", "worker", "rasa", "actions")
    }
    assert read["worker"].rasa_secret == read["web"].rasa_secret == read["rasa"].rasa_secret
    assert read["worker"].rasa_urls == read["web"].rasa_urls == read["rasa"].rasa_urls
    assert read["web"].actions_url == read["rasa"].actions_url == read["actions"].actions_url


@pytest.mark.parametrize("name", ["rasa", "worker"])
def test_a_model_can_be_unpacked_where_one_is(name: str) -> None:
    (place,) = SERVICES[name]["tmpfs"]
    assert int(place.partition("size=")[2].removesuffix("m")) >= 4 * 53, "MB of a model, unpacked (2026-11)"


def test_the_health_of_the_worker_is_asked_where_it_is_shown() -> None:
    worker = SERVICES["worker"]
    option = worker["command"].index("--alive")
    assert f"os.stat('{worker['command'][option + 1]}')" in worker["healthcheck"]["test"][-1]
    writable = [place.partition(":")[0] for place in worker["tmpfs"]]
    assert any(worker["command"][option + 1].startswith(f"{place}/") for place in writable), "nothing else is"


# ---- deploy/make-secrets ------------------------------------------------------------------------------------------------


def test_secrets_are_made_once_each_another_and_only_their_owner_gets_at_them(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere" / "secrets"
    assert "secret_key is made" in make_secrets(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    made = {path.name: path.read_text(encoding="utf-8").strip() for path in folder.iterdir()}
    keys = [value for name, value in made.items() if re.fullmatch("[0-9a-f]{64}", value)]
    assert len(keys) == len(set(keys)) == 8
    assert set(WHOLE["secrets"]) == set(made), "all that the containers want, and nothing else"
    for name in WHOLE["secrets"]:
        assert not (folder / name).stat().st_mode & 0o022
    assert "secret_key is there" in make_secrets(folder)
    assert made == {path.name: path.read_text(encoding="utf-8").strip() for path in folder.iterdir()}


def test_without_a_folder_nothing_is_made() -> None:
    done = subprocess.run([ROOT / "deploy" / "make-secrets"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage:")


# ---- Compose itself -----------------------------------------------------------------------------------------------------


def _compose() -> list[str] | None:
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False, timeout=60)
        if asked.returncode == 0:
            return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


@pytest.mark.parametrize("beside", [(), tuple(BESIDE)], ids=["alone", "with all beside"])
def test_compose_takes_the_files_and_understands_what_this_test_understands(
    beside: tuple[Path, ...], tmp_path: Path
) -> None:
    compose = _compose()
    if compose is None:
        pytest.skip("Docker Compose is not installed: only the structure of the files was tested")
    files = [part for path in (BASE, *beside) for part in ("--file", str(path))]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [*compose, *files, "--profile", "backup", "config"],
        cwd=ROOT,
        env={**kept, **GIVEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)
    assert set(found["services"]) == set(SERVICES)
    for name, service in composed(*beside)["services"].items():
        mine = {key: str(value) for key, value in service.get("environment", {}).items()}
        theirs = {key: str(value or "") for key, value in (found["services"][name].get("environment") or {}).items()}
        assert mine == theirs
        given = {one["source"] if isinstance(one, dict) else one for one in found["services"][name].get("secrets", ())}
        assert given == set(service.get("secrets", ()))


def test_what_watches_faro_stands_on_networks_that_there_are_and_leaves_the_health_of_the_worker_to_be_asked() -> None:
    watch, alerts = (ROOT / "deploy" / "watch" / f"docker-compose.{name}.yml" for name in ("watch", "alerts"))
    whole = composed(watch, alerts)
    for name, service in whole["services"].items():
        assert set(service.get("networks", ())) <= set(whole["networks"]), name
    reached = {"web", "worker", "rasa", "actions"}
    on = set(whole["services"]["prometheus"]["networks"])
    assert all(on & set(whole["services"][name]["networks"]) for name in reached)
    assert "--alive" in whole["services"]["worker"]["command"]
    compose = _compose()
    if compose is not None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        command = [*compose, "--file", str(BASE), "--file", str(watch), "--file", str(alerts), "config", "--quiet"]
        environ = {**kept, **GIVEN, "GRAFANA_PASSWORD": "0" * 32}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_compose_refuses_without_an_address_of_its_own() -> None:
    compose = _compose()
    if compose is None:
        pytest.skip("Docker Compose is not installed")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [*compose, "--file", str(BASE), "config"], cwd=ROOT, env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and "set PUBLIC_URL in .env" in done.stderr
