"""The tasks in docs/tasks are done as they are written: each command is typed, in its order, on a copy of the content."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands import content, content_edit
from bot.settings import ROOT

TASKS = ROOT / "docs" / "tasks"

#: Task in English -> the same in Spanish.
BOTH = {
    "change-an-answer.md": "es/cambiar-una-respuesta.md",
    "add-a-topic.md": "es/agregar-un-tema.md",
    "add-a-language.md": "es/agregar-un-idioma.md",
    "improve-a-misunderstood-topic.md": "es/mejorar-un-tema-mal-entendido.md",
    "retire-an-answer.md": "es/retirar-una-respuesta.md",
    "confirm-a-contact.md": "es/confirmar-un-contacto.md",
    "opening-hours.md": "es/horario-de-atencion.md",
    "say-something-for-one-country.md": "es/decir-algo-a-un-pais.md",
}

#: The same for tasks whose commands speak to a provider: each is typed against a stand-in, in the tests of its command.
ABROAD = {
    "telegram.md": "es/telegram.md",
    "whatsapp.md": "es/whatsapp.md",
}

#: The same for tasks of operators and administrators, whose work is in the console or on the server.
CONSOLE = {
    "answer-people.md": "es/responder-a-las-personas.md",
    "answer-an-access-request.md": "es/responder-una-solicitud-de-acceso.md",
    "manage-the-team.md": "es/administrar-el-equipo.md",
    "start-and-stop.md": "es/iniciar-y-detener.md",
    "see-what-went-wrong.md": "es/ver-que-salio-mal.md",
    "review-messages.md": "es/revisar-mensajes.md",
    "read-the-figures.md": "es/leer-las-cifras.md",
    "read-conversations.md": "es/leer-conversaciones.md",
    "erase-somebody.md": "es/borrar-a-alguien.md",
    "install-on-a-server.md": "es/instalar-en-un-servidor.md",
    "install-on-kubernetes.md": "es/instalar-en-kubernetes.md",
    "watch-faro.md": "es/vigilar-faro.md",
}

#: The same for tasks of whoever has the server: each command is typed on an installation of its own, below.
MACHINE = {
    "back-up-and-restore.md": "es/respaldar-y-restaurar.md",
    "upgrade.md": "es/actualizar.md",
}

_COMMAND = re.compile(r"^ {4,}\.venv/bin/bot (?:content|telegram|whatsapp) (.+)$", re.MULTILINE)
_OF_MACHINE = re.compile(r"^ {4,}\.venv/bin/bot ((?:backup|restore|migrate).*)$", re.MULTILINE)


def commands(name: str) -> list[list[str]]:
    """What is typed behind `bot content` or the verb of a provider; in a task of MACHINE with the verb."""
    pattern = _OF_MACHINE if name in {*MACHINE, *MACHINE.values()} else _COMMAND
    return [shlex.split(line) for line in pattern.findall((TASKS / name).read_text(encoding="utf-8"))]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content and the register of a new member of staff, who has followed the steps in between by hand."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    (tmp_path / "data").mkdir()
    register = (ROOT / "data" / "topics.yml").read_text(encoding="utf-8")
    register = register.replace("    return_cost: {}\n", "    return_cost: {}\n    return_pets: {}\n")
    (tmp_path / "data" / "topics.yml").write_text(register, encoding="utf-8")
    answer = (ROOT / "content/answers/return/return_cost.yml").read_text(encoding="utf-8")
    (tmp_path / "content/answers/return/return_pets.yml").write_text(
        answer.replace("topic: return_cost", "topic: return_pets"), encoding="utf-8"
    )
    for module in (content, content_edit):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path / "content"


@pytest.mark.parametrize("name", [*BOTH, *BOTH.values()])
def test_every_command_of_a_task_works_as_it_is_written(
    name: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = commands(name)
    assert typed
    for arguments in typed:
        code = content.run([*arguments, "--dir", str(root)])
        told = capsys.readouterr()
        assert code == 0, f"{arguments}: {told.err or told.out}"
        assert told.out.strip(), arguments


@pytest.mark.parametrize("name", MACHINE)
def test_every_command_for_whoever_has_the_server_works_as_it_is_written(name: str, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "DATA_DIR": str(tmp_path / "var"),
        "BACKUP_KEY": "0123456789abcdef" * 2,
        "PYTHONPATH": str(ROOT),
    }
    environ.pop("DATABASE_URL", None)
    (tmp_path / "backups").mkdir()
    for arguments in [["migrate"], *commands(name)]:
        typed = [sys.executable, "-m", "bot", *arguments]
        done = subprocess.run(typed, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
    assert list((tmp_path / "backups").iterdir())
    if any("--files" in arguments for arguments in commands(name)):
        assert (tmp_path / "restored" / "content" / "contacts.yml").is_file()


@pytest.mark.parametrize("name", BOTH | ABROAD | CONSOLE | MACHINE)
def test_a_task_says_the_same_in_both_languages_and_leads_from_one_to_the_other(name: str) -> None:
    def plain(arguments: list[str]) -> list[str]:
        said = shlex.join(arguments)
        return shlex.split(re.sub(r"--lang (?:en|es)|--source '[^']*'", "", said))

    other = (BOTH | ABROAD | CONSOLE | MACHINE)[name]
    assert [plain(command) for command in commands(name)] == [plain(command) for command in commands(other)]
    english, spanish = (TASKS / name).read_text(encoding="utf-8"), (TASKS / other).read_text(encoding="utf-8")
    assert f"]({other})" in english
    assert f"](../{name})" in spanish
    steps = [len(re.findall(r"^\d+\. ", text, re.MULTILINE)) for text in (english, spanish)]
    assert steps[0] == steps[1]


def test_every_task_in_spanish_is_one_in_english() -> None:
    assert {f"es/{file.name}" for file in (TASKS / "es").glob("*.md")} == {
        *BOTH.values(),
        *ABROAD.values(),
        *CONSOLE.values(),
        *MACHINE.values(),
    }
