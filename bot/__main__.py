"""The `bot` command. Each verb is a file of bot/commands; nothing heavy is imported before its verb is known."""

from __future__ import annotations

import importlib
import os
import sys

from bot.errors import FaroError

#: verb -> (module of bot/commands, what it is for)
VERBS = {
    "up": ("up", "start everything on this machine and keep it running"),
    "train": ("train", "train a model if the one on disk does not fit the project"),
    "nlu": ("nlu", "understand one message a line from stdin; one JSON a line to stdout"),
    "talk": ("talk", "a conversation in the terminal, through inbox, turn and outbox [--json]"),
    "content": ("content", "the answers that staff write: content check, show, report and verbs that change them"),
    "evaluate": ("evaluate", "measure understanding on files of test questions"),
    "improve": ("improve", "measure a change of training data from the console: improve RUN (the worker calls it)"),
    "erase": ("erase", "erase everything kept about a contact"),
    "export": ("export", "everything kept about a contact, as JSON: for whoever asks what we know of them"),
    "figures": ("figures", "figures of a period as a table (CSV), as the console shows them"),
    "addresses": ("addresses", "seal where people are written to with a new key: addresses rotate"),
    "backup": ("backup", "back up the database and what staff edit, sealed: backup FILE"),
    "restore": ("restore", "bring a backup back: restore FILE [--check] [--replace] [--files FOLDER]"),
    "retention": ("retention", "delete what is older than RETENTION_DAYS"),
    "staff": ("staff", "accounts for the console: staff add, roles, password, second-factor, remove, list"),
    "demo": ("demo", "invented conversations, to look around and to measure: demo --messages N, demo --remove"),
    "whatsapp": ("whatsapp", "the WhatsApp number: whatsapp check [--subscribe], whatsapp profile [--set]"),
    "telegram": ("telegram", "arrange things with Telegram: telegram whoami, set-webhook, delete-webhook"),
    "migrate": ("migrate", "bring the database up to date"),
    "serve": ("serve", "one process: rasa, actions, web or worker (what containers start)"),
    "rasa": ("rasa", "any command of stock Rasa: shell, test, data validate, interactive ..."),
}


def usage() -> str:
    """The list of verbs."""
    lines = [f"  bot {verb:<10} {purpose}" for verb, (_, purpose) in VERBS.items()]
    return "\n".join(["Faro. Usage:", *lines])


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())  # noqa: T201
        return 0 if given else 2
    if given[0] not in VERBS:
        # What is wrong comes last: that is what a terminal, and the supervisor's last lines, still show.
        print(f"{usage()}\nbot: there is no verb {given[0]!r}", file=sys.stderr)  # noqa: T201
        return 2
    module = importlib.import_module(f"bot.commands.{VERBS[given[0]][0]}")
    try:
        code: int = module.run(given[1:])
    except FaroError as error:
        print(f"Faro cannot start:\n{error}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`). Python writes what is left of it at its end: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
