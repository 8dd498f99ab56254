"""`bot staff add NAME | remove NAME | list`: who may enter the console."""

from __future__ import annotations

import argparse
import getpass
import sys

from bot.commands import migrate


def run(arguments: list[str]) -> int:
    """Change or show the accounts; 1 when it was refused."""
    parser = argparse.ArgumentParser(prog="bot staff", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("add", help="a new account; asks for its password twice").add_argument("name")
    verbs.add_parser("remove", help="delete an account and end its sessions").add_argument("name")
    verbs.add_parser("list", help="every account, one a line")
    options = parser.parse_args(arguments)
    migrate.run([])  # also before the first `bot up`
    match options.verb:
        case "add":
            return _add(options.name)
        case "remove":
            return _remove(options.name)
        case _:
            return _list()


def some() -> bool:
    """Whether there is an account at all. Needs a migrated database."""
    from django.contrib.auth.models import User
    from django.db import connection

    found = User.objects.exists()
    connection.close()  # `bot up` asks, and then lives on for days
    return found


def _add(name: str) -> int:
    from django.contrib.auth.models import User
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    user = User(username=User.normalize_username(name))
    try:
        user.clean_fields(exclude=["password"])
        # "Ana" beside "ana" would be two people whom nobody tells apart.
        if User.objects.filter(username__iexact=user.username).exists():
            return _refuse(f"{name} has an account already; remove it first to give it a new password")
        password = getpass.getpass(f"Password for {name} (12 characters or more): ")
        if getpass.getpass("The same again: ") != password:
            return _refuse("the two passwords differ; nothing was changed")
        validate_password(password, user)
    except ValidationError as error:
        return _refuse(*error.messages)
    except EOFError:
        return _refuse("no password was typed; nothing was changed")
    user.set_password(password)
    user.save()
    _say(f"{name} can enter the console now")
    return 0


def _remove(name: str) -> int:
    from django.contrib.auth.models import User

    # An account that is gone is in no session: Django looks it up at every request.
    deleted, _ = User.objects.filter(username__iexact=name).delete()
    if not deleted:
        return _refuse(f"there is no account {name}")
    _say(f"{name} cannot enter the console any more")
    return 0


def _list() -> int:
    from django.contrib.auth.models import User

    for name in User.objects.order_by("username").values_list("username", flat=True):
        sys.stdout.write(f"{name}\n")
    return 0


def _refuse(*reasons: str) -> int:
    _say("\n".join(f"bot staff: {reason}" for reason in reasons))
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
