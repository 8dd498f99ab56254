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
from bot.commands.up_plan import Plan, planned, refuse_taken_ports
from bot.errors import SettingsError
from bot.settings import ROOT
from tests.processes.running import eventually, free_ports


def _refused(folder: Path, **environ: str) -> list[str]:
    ports = dict(zip(("PORT", "RASA_URL", "ACTIONS_URL"), map(str, free_ports(3)), strict=True))
    ports = {name: port if name == "PORT" else f"http://127.0.0.1:{port}" for name, port in ports.items()}
    try:
        refuse_taken_ports(planned(settings.read({"DATA_DIR": str(folder), **ports, **environ})))
    except SettingsError as refused:
        return str(refused).splitlines()
    return []


def test_free_ports_are_taken_as_they_are(tmp_path: Path) -> None:
    assert _refused(tmp_path) == []


def test_each_process_says_its_figures_on_a_port_of_its_own_or_nowhere(tmp_path: Path) -> None:
    assert _plan(tmp_path).measured() == {}
    assert _plan(tmp_path, METRICS_PORT="9464").measured() == {"worker": 9464, "rasa": 9465, "actions": 9466}
    plan = _plan(tmp_path, worker=2, rasa=2, METRICS_PORT="9464")
    assert list(plan.measured().values()) == [9464, 9465, 9466, 9467, 9468]
    ports = [child.environ["METRICS_PORT"] for child in plan.children()]
    assert ports == ["9466", "9467", "9468", "0", "9464", "9465"], "the web process says them on its own"


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


def _plan(folder: Path, *, web: int = 1, worker: int = 1, rasa: int = 1, **environ: str) -> Plan:
    return planned(settings.read({"DATA_DIR": str(folder), **environ}), web=web, worker=worker, rasa=rasa)


def test_replicas_have_ports_beside_each_other_and_everybody_else_knows_all_of_them(tmp_path: Path) -> None:
    plan = _plan(tmp_path, web=2, worker=3, rasa=2, PORT="9000")
    children = {child.name: child for child in plan.children()}
    assert list(children) == ["rasa-1", "rasa-2", "actions", "web-1", "web-2", "worker-1", "worker-2", "worker-3"]
    assert [children[f"web-{n}"].environ["PORT"] for n in (1, 2)] == ["9000", "9001"]
    assert children["web-2"].ready_url == "http://127.0.0.1:9001/healthz"
    own = [children[f"rasa-{n}"].environ["RASA_URL"] for n in (1, 2)]
    assert own == ["http://127.0.0.1:5005", "http://127.0.0.1:5006"]
    assert children["rasa-2"].ready_url == "http://127.0.0.1:5006/webhooks/faro/ready"
    for name in ("web-1", "worker-3"):
        read = settings.read({"DATA_DIR": str(tmp_path), **children[name].environ})
        assert list(read.rasa_urls) == own


def test_every_worker_has_a_seat_that_its_successor_gets_and_nobody_else(tmp_path: Path) -> None:
    children = _plan(tmp_path, worker=2).children() + _plan(tmp_path, worker=2).children()
    seats = [child.arguments[child.arguments.index("--seat") + 1] for child in children if "--seat" in child.arguments]
    assert len(set(seats)) == len(seats) == 4
    assert {child.name for child in children if "--seat" in child.arguments} == {"worker-1", "worker-2"}


def test_one_of_each_is_called_by_its_plain_name(tmp_path: Path) -> None:
    assert [child.name for child in _plan(tmp_path).children()] == ["rasa", "actions", "web", "worker"]


def test_as_many_rasas_are_started_as_are_listed_and_no_other_number(tmp_path: Path) -> None:
    listed = "http://127.0.0.1:7001,http://127.0.0.1:7009/"
    for number in (1, 2):
        plan = _plan(tmp_path, rasa=number, RASA_URL=listed)
        assert plan.rasa_urls == ("http://127.0.0.1:7001", "http://127.0.0.1:7009")
    with pytest.raises(SettingsError, match="RASA_URL: lists 2 addresses, and --rasa asks for 3"):
        _plan(tmp_path, rasa=3, RASA_URL=listed)


def test_replicas_that_meet_other_ports_or_the_last_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORT: 3 ports from 65534 on"):
        _plan(tmp_path, web=3, PORT="65534")
    (port,) = free_ports(1)
    plan = _plan(tmp_path, rasa=2, RASA_URL=f"http://127.0.0.1:{port - 1}", PORT=str(port))
    with pytest.raises(SettingsError, match=f"RASA_URL: port {port} is that of PORT too"):
        refuse_taken_ports(plan)


@pytest.mark.parametrize("number", ["0", "17", "-1", "two", "1.5", "٣", ""])
def test_a_number_of_replicas_that_is_none_is_a_usage(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        up.run(["--worker", number])
    assert left.value.code == 2
    assert "from 1 to 16" in capsys.readouterr().err


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
