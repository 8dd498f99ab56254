"""`bot up`: everything on this machine. What `make run` calls."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from bot import log, settings
from bot.errors import SettingsError
from bot.settings import ROOT, Settings


def run(arguments: list[str]) -> int:
    """Prepare, start and keep running until Ctrl-C or SIGTERM; returns the exit code.

    Raises:
        SettingsError: a setting is wrong, or a port is taken.
        GuardError: a start-up guard refused.
    """
    if arguments:
        _say(f"bot up takes no arguments, not {' '.join(arguments)}")
        return 2
    begun = time.monotonic()
    config = settings.read()
    log.configure(config.log_level, as_json=config.log_format == "json")
    refuse_taken_ports(config)

    _step("content")
    from bot.commands import content, migrate, staff

    if content.run(["check", "--quiet"]) != 0:
        _say("The answers have errors (above). Mend them, or see `bot content check`.")
        return 1
    _step("database")
    migrate.run([])
    first = staff.first_step()
    _step("model")
    if (code := _train_apart()) != 0:
        return code
    _step("processes")
    return asyncio.run(_supervise(config, begun, first))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _step(name: str) -> None:
    _say(f"Faro: {name} ...")


def _train_apart() -> int:
    """Train in a process of its own: its memory must not stay with the supervisor for as long as Faro runs."""
    command = [sys.executable, "-m", "bot", "train"]
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        with subprocess.Popen(command, cwd=ROOT) as process:
            try:
                return process.wait()
            except (KeyboardInterrupt, SystemExit):
                process.send_signal(signal.SIGINT)
                process.wait()
                raise
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse_taken_ports(config: Settings) -> None:
    """Try every port before anything is started on it.

    Raises:
        SettingsError: one is in use, is wanted twice, or cannot be had; the message names the setting.
    """
    problems = []
    wanted = {
        "PORT": (config.host, config.port),
        "RASA_URL": ("127.0.0.1", urlsplit(config.rasa_url).port or 5005),
        "ACTIONS_URL": ("127.0.0.1", urlsplit(config.actions_url).port or 5055),
    }
    by_port: dict[int, str] = {}
    for name, (host, port) in wanted.items():
        if (other := by_port.setdefault(port, name)) != name:
            problems.append(f"{name}: port {port} is that of {other} too; choose another")
            continue
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    problems.append(f"{name}: port {port} is in use on {host}; stop what uses it or choose another")
                else:
                    problems.append(f"{name}: cannot listen on {host}, port {port} ({error.strerror})")
    if problems:
        raise SettingsError("\n".join(problems))


async def _supervise(config: Settings, begun: float, first: str) -> int:
    from bot.conversations.rasa_client import PATH
    from bot.supervisor import Child, Supervisor

    web = f"http://{'127.0.0.1' if config.host == '0.0.0.0' else config.host}:{config.port}"  # noqa: S104 - asked, not listened on
    environ = _environ(config)
    children = [
        Child("rasa", ("serve", "rasa"), f"{config.rasa_url}{PATH.removesuffix('/turn')}/ready", environ),
        Child("actions", ("serve", "actions"), f"{config.actions_url}/health", environ),
        Child("web", ("serve", "web"), f"{web}/healthz", environ),
        Child("worker", ("serve", "worker"), None, environ),
    ]

    def announce() -> None:
        _say(
            f"\nFaro is ready after {time.monotonic() - begun:.0f} s.\n\n"
            f"  chat     {config.public_url}/\n"
            f"  guide    {config.public_url}/guide/\n"
            f"  console  {config.public_url}/console/{first}\n\n"
            "Stop with Ctrl-C.\n"
        )

    supervisor = Supervisor(children, say=_say, cwd=str(ROOT))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    code = await supervisor.run(announce)
    with contextlib.suppress(OSError):
        _say("Faro has stopped.")
    return code


def _environ(config: Settings) -> dict[str, str]:
    """What the children must agree on, whatever their own defaults would say."""
    return {
        "DATA_DIR": str(config.data_dir),
        "CONTENT_DIR": str(config.content_dir),
        "RASA_URL": config.rasa_url,
        "ACTIONS_URL": config.actions_url,
        "PUBLIC_URL": config.public_url,
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),  # one message is no work for two cores
    }
