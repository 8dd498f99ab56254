"""What the documents say about files and commands is true, and so is what the container files take from the project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings
from bot.__main__ import VERBS
from bot.settings import ROOT
from bot.variables import VARIABLES

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PYTHON_AND_CONFIGURATION = sorted(
    [
        *(path for room in ("bot", "actions", "console") for path in (ROOT / room).rglob("*.py")),
        *ROOT.glob("*.yml"),
        *(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
        ROOT / "pyproject.toml",
    ]
)

#: What a server in a container must listen on to be reached from another.
EVERYWHERE = "0.0.0.0"  # noqa: S104 - asked for by the containers alone

#: Rooms of the project; a code span that begins with one of them and a slash names a file or a folder.
ROOMS = ("actions", "bot", "console", "content", "data", "deploy", "docs", "tests")

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4,}(?![-*|]).*$", re.MULTILINE)
_SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_PATH = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./-]*")
_COMMAND = re.compile(r"(?:^|[\s/\"'])(bot|make) ([a-z]+)\b")
_TARGET = re.compile(r"^([a-z]+):.*?(##)?(?(2).*)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_in(text: str) -> Iterator[str]:
    """Every piece of code in a Markdown text: fenced, indented and between backticks."""
    for match in _FENCE.finditer(text):
        yield match[0]
    rest = _FENCE.sub("", text)
    yield from (match[0] for match in _INDENTED.finditer(rest))
    yield from (match[2] for match in _SPAN.finditer(rest))


def commands_in(text: str, program: str) -> set[str]:
    return {match[2] for code in code_in(text) for match in _COMMAND.finditer(code) if match[1] == program}


def targets() -> dict[str, bool]:
    """Targets of the Makefile, and whether each is explained (##)."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {match[1]: "##" in match[0] for match in _TARGET.finditer(makefile)}


def anchors_of(path: Path) -> set[str]:
    """What a link can point to in a Markdown file, as GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reading_of_documents_finds_what_it_should() -> None:
    text = "See `bot erase`, `make run`.\n\n    make train\n    .venv/bin/bot nlu\n\n```sh\nbot up\n```\nA bot is a robot.\n"
    assert commands_in(text, "bot") == {"erase", "nlu", "up"}
    assert commands_in(text, "make") == {"run", "train"}
    assert _LINK.findall("[a](b.md) and [c](d/e.md#f)") == ["b.md", "d/e.md#f"]
    assert targets()["run"] is True
    assert targets()["clean"] is True


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    missing = []
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            missing.append(link)
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_named_in_a_document_exists(document: Path) -> None:
    named = {code for code in code_in(document.read_text(encoding="utf-8")) if _PATH.fullmatch(code)}
    assert not {path for path in named if not (ROOT / path).exists()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_named_in_a_document_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not commands_in(text, "bot") - set(VERBS)
    assert not commands_in(text, "make") - set(targets())


@pytest.mark.parametrize("file", PYTHON_AND_CONFIGURATION, ids=name_of)
def test_every_document_named_in_the_code_exists(file: Path) -> None:
    named = re.findall(r"\bdocs/[\w/-]+(?:\.md)?", file.read_text(encoding="utf-8"))
    assert not {path for path in named if not list(ROOT.glob(f"{path}*"))}


def test_every_command_of_make_is_explained_to_people() -> None:
    documents = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    explained = {target for target, has_purpose in targets().items() if has_purpose}
    assert not explained - commands_in(documents, "make")


# ---- docker-compose.yml and deploy/ ------------------------------------------------------------------------------------

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = sorted(name for name, service in SERVICES.items() if service.get("image") == "faro:local")
SECRETS = {name: f"{number:032x}" for number, name in enumerate(VARIABLES)}
GIVEN = {**SECRETS, "PUBLIC_URL": "https://faro.test", "POSTGRES_PASSWORD": "0" * 32}

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def environment_of(service: str) -> dict[str, str]:
    """The environment of a service as Compose makes it from a file .env with GIVEN's five lines."""

    def filled(match: re.Match[str]) -> str:
        return match[3] if match[2] == "-" else GIVEN[match[1]]

    return {name: _VARIABLE.sub(filled, str(text)) for name, text in SERVICES[service].get("environment", {}).items()}


def test_the_container_file_names_only_settings_that_exist() -> None:
    known = {*VARIABLES, "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"}
    set_in_it = {name for service in SERVICES.values() for name in service.get("environment", {})}
    read_by_it = {match[1] for match in _VARIABLE.finditer(COMPOSE)}
    assert not (set_in_it | read_by_it) - known


def test_only_the_proxy_has_ports_to_the_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]


def test_only_who_speaks_to_people_or_providers_has_a_way_out() -> None:
    networks = yaml.safe_load(COMPOSE)["networks"]
    open_ones = {name for name, network in networks.items() if not network.get("internal")}
    outside = {name for name, service in SERVICES.items() if open_ones & set(service["networks"])}
    assert outside == {"proxy", "web", "worker"}, "Rasa, the actions and the database reach nothing and nobody"
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"proxy"}


@pytest.mark.parametrize("service", OURS)
def test_the_settings_of_a_container_are_accepted(service: str, tmp_path: Path) -> None:
    read = settings.read({**environment_of(service), "DATA_DIR": str(tmp_path)})
    command = SERVICES[service]["command"]
    assert command[0] == "bot"
    assert command[1] in VERBS
    match command[2:]:
        case ["rasa" | "actions" as process, *options]:
            url = read.rasa_url if process == "rasa" else read.actions_url
            assert url.split("://")[1].split(":")[0] == service, "the others look for it under this name"
            assert options == ["--host", EVERYWHERE], "on loopback no other container reaches it"
        case ["web"]:
            assert (read.host, read.port) == (EVERYWHERE, 8000)


def test_worker_and_rasa_agree_and_rasa_knows_no_other_secret() -> None:
    worker, rasa = environment_of("worker"), environment_of("rasa")
    assert worker["RASA_SECRET"] == rasa["RASA_SECRET"]
    assert worker["RASA_URL"] == rasa["RASA_URL"]
    assert not {"DATABASE_URL", "SECRET_KEY", "PSEUDONYM_KEY"} & set(rasa)


def copied() -> set[str]:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    lines = re.findall(r"^COPY (.+)$", dockerfile, re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_the_image_gets_every_package_and_nothing_that_is_missing_or_kept_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {package["include"] for package in project["tool"]["poetry"]["packages"]}
    assert packages <= copied()
    assert not {source for source in copied() if not (ROOT / source).exists()}
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied() == set(let_in)


def test_the_proxy_says_what_the_content_says_when_faro_is_away() -> None:
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    sentences = yaml.safe_load((ROOT / "content" / "interface.yml").read_text(encoding="utf-8"))["web"]["error_server"]
    assert not {language for language, sentence in sentences.items() if sentence and sentence not in caddyfile}
    assert f"reverse_proxy web:{environment_of('web')['PORT']}" in caddyfile
