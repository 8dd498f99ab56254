"""What `bot up` refuses before it starts anything."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from bot import settings
from bot.commands import up
from bot.commands.up import refuse_taken_ports
from bot.errors import SettingsError
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


def test_each_process_says_its_figures_on_a_port_of_its_own_or_nowhere(tmp_path: Path) -> None:
    assert up.metrics_ports(settings.read({"DATA_DIR": str(tmp_path)})) == {}
    found = up.metrics_ports(settings.read({"DATA_DIR": str(tmp_path), "METRICS_PORT": "9464"}))
    assert found == {"worker": 9464, "rasa": 9465, "actions": 9466}


def test_a_port_for_figures_that_is_in_use_is_named_with_its_process(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        told = _refused(tmp_path, METRICS_PORT=str(taken - 1))
        assert [line for line in told if line.startswith(f"METRICS_PORT (rasa): port {taken} is in use")]


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
