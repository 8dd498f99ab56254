"""What `bot up` refuses before it starts anything."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from bot import settings
from bot.answers import kept
from bot.commands import content, migrate, up
from bot.commands.up import refuse_taken_ports
from bot.errors import SettingsError
from bot.settings import ROOT
from tests.processes.running import eventually, free_ports


def _refused(folder: Path, **environ: str) -> list[str]:
    ports = dict(zip(("PORT", "RASA_URL", "ACTIONS_URL"), map(str, free_ports(3)), strict=True))
    ports = {name: port if name == "PORT" else f"http://127.0.0.1:{port}" for name, port in ports.items()}
    try:
        refuse_taken_ports(settings.read({"DATA_DIR": str(folder), **ports, **environ}))
    except SettingsError as refused:
        return str(refused).splitlines()
    return []


def test_free_ports_are_taken_as_they_are(tmp_path: Path) -> None:
    assert _refused(tmp_path) == []


@pytest.mark.parametrize("name", ["PORT", "RASA_URL", "ACTIONS_URL"])
def test_a_port_in_use_is_named(tmp_path: Path, name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (problem,) = _refused(tmp_path, **{name: str(port) if name == "PORT" else f"http://127.0.0.1:{port}"})
    assert problem.startswith(f"{name}: port {port} is in use")


def test_one_port_for_two_is_refused(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    problems = _refused(tmp_path, PORT=str(port), RASA_URL=url, ACTIONS_URL=url)
    assert [problem.partition(":")[0] for problem in problems] == ["RASA_URL", "ACTIONS_URL"]


def test_an_interface_that_is_none_of_ours_is_not_called_in_use(tmp_path: Path) -> None:
    (problem,) = _refused(tmp_path, HOST="192.0.2.1")  # of a network that nobody has (RFC 5737)
    assert problem.startswith("PORT: cannot listen on 192.0.2.1")


@pytest.mark.parametrize(
    ("number", "ends_with"), [(signal.SIGTERM, SystemExit), (signal.SIGINT, KeyboardInterrupt)], ids=["TERM", "INT"]
)
def test_a_stop_during_training_ends_the_training_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, ends_with: type[BaseException]
) -> None:
    training = tmp_path / "bot"
    training.mkdir()
    (training / "__init__.py").touch()
    (training / "__main__.py").write_text(
        "import os, pathlib, time\npathlib.Path('pid').write_text(f'{os.getpid()}\\n')\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(up, "ROOT", tmp_path)
    pid = tmp_path / "pid"

    def stop() -> None:
        eventually(
            lambda: (pid.exists() and pid.read_text(encoding="utf-8").endswith("\n")) or None, seconds=20, what="pid"
        )
        os.kill(os.getpid(), number)

    stopper = threading.Thread(target=stop)
    stopper.start()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ends_with):
        up._train_apart()
    stopper.join()
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text(encoding="utf-8")), 0)


def test_errors_in_the_answers_stop_a_start_only_when_there_is_no_good_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Reached(Exception):
        """The step after the content."""

    def next_step(_arguments: list[str]) -> int:
        raise Reached

    web, rasa, actions = free_ports(3)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", str(web))
    monkeypatch.setenv("RASA_URL", f"http://127.0.0.1:{rasa}")
    monkeypatch.setenv("ACTIONS_URL", f"http://127.0.0.1:{actions}")
    monkeypatch.setattr(content, "run", lambda _arguments: 1)
    monkeypatch.setattr(migrate, "run", next_step)
    assert up.run([]) == 1
    root = ROOT / "content"
    kept.keep(tmp_path / kept.NAME, root, [file.relative_to(root).as_posix() for file in root.rglob("*.yml")])
    with pytest.raises(Reached):
        up.run([])
    assert "People get the last good copy" in capsys.readouterr().err
