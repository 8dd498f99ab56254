"""`bot up`: everything on this machine. What `make run` calls."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import subprocess
import sys
import time

from bot import log, settings
from bot.commands.up_plan import Plan, planned, refuse_taken_ports
from bot.settings import ROOT, Settings

#: More of one process than this on one machine is a slip of the finger.
MOST = 16

#: What there may be several of. The action server is asked only now and then.
REPLICATED = {
    "web": "web processes, on neighbouring ports from PORT on: a proxy in front shares the requests between them",
    "worker": "worker processes, which share the messages",
    "rasa": "Rasa processes, on neighbouring ports; or as many as RASA_URL lists",
}


def run(arguments: list[str]) -> int:
    """Prepare, start and keep running until Ctrl-C or SIGTERM; returns the exit code.

    Args:
        arguments: `--web N`, `--worker N`, `--rasa N`: how many of each.

    Raises:
        SettingsError: a setting is wrong, or a port is taken.
        GuardError: a start-up guard refused.
    """
    parser = argparse.ArgumentParser(prog="bot up", description="Everything on this machine.")
    for process, purpose in REPLICATED.items():
        parser.add_argument(f"--{process}", type=_number, default=1, metavar="N", help=purpose)
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    config = settings.read()
    log.configure(config.log_level, as_json=config.log_format == "json")
    plan = planned(config, web=options.web, worker=options.worker, rasa=options.rasa)
    refuse_taken_ports(plan)

    _step("content")
    from bot.answers import kept
    from bot.commands import content, migrate, staff

    if content.run(["check", "--quiet"]) != 0:
        if kept.read(config.data_dir / kept.NAME) is None:
            _say("The answers have errors (above). Mend them, or see `bot content check`.")
            return 1
        _say("The answers have errors (above). People get the last good copy until they are mended.")
    _step("database")
    migrate.run([])
    first = staff.first_step()
    _step("model")
    if (code := _train_apart()) != 0:
        return code
    _step("processes")
    return asyncio.run(_supervise(config, plan, begun, first))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST}")
    return int(text)


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


async def _supervise(config: Settings, plan: Plan, begun: float, first: str) -> int:
    from bot.supervisor import Supervisor

    others = "".join(f"           also at {url}/\n" for url in plan.web_urls[1:])

    def announce() -> None:
        _say(
            f"\nFaro is ready after {time.monotonic() - begun:.0f} s.\n\n"
            f"  chat     {config.public_url}/\n{others}"
            f"  guide    {config.public_url}/guide/\n"
            f"  console  {config.public_url}/console/{first}\n\n"
            "Stop with Ctrl-C.\n"
        )

    supervisor = Supervisor(plan.children(), say=_say, cwd=str(ROOT))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    code = await supervisor.run(announce)
    with contextlib.suppress(OSError):
        _say("Faro has stopped.")
    return code
