"""`bot rasa ...`: any command of stock Rasa, over our placeholders and guards, from the project's root."""

from __future__ import annotations

import os
import sys

from bot import settings
from bot.errors import GuardError
from bot.settings import ROOT


def run(arguments: list[str]) -> int:
    """Pass the command on to Rasa.

    Raises:
        GuardError: an option or a component that we never allow.
    """
    from bot.rasa_compat import guards, placeholders

    placeholders.install()
    config = settings.read()
    os.environ.setdefault("RASA_SECRET", config.rasa_secret)
    os.environ.setdefault("CONTENT_DIR", str(config.content_dir))
    os.environ.setdefault("ACTIONS_WEBHOOK", f"{config.actions_url}/webhook")
    os.chdir(ROOT)
    if arguments[:1] in (["train"], ["test"]):
        guards.refuse_to_train(ROOT)
    if arguments[:1] == ["run"]:
        if problems := guards.option_problems(arguments):
            raise GuardError("\n".join(problems))
        arguments = ["run", "--interface", guards.LOOPBACK[0], *arguments[1:]]  # Rasa's own default is every interface

    from rasa.__main__ import main as rasa_main

    sys.argv = ["rasa", *arguments]
    try:
        rasa_main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
