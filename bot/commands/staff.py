"""`bot staff add | roles | password | second-factor | remove | list`: who may enter the console, and as what."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.commands import migrate

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from console.audit.trail import Action
    from console.permissions import Role

#: What is said while nobody manages the team; `bot up` says it too.
_NO_ADMINISTRATOR = "bot staff roles NAME administrator"


def run(arguments: list[str]) -> int:
    """Change or show the accounts; 1 when it was refused."""
    options = _parser().parse_args(arguments)
    migrate.run([])  # also before the first `bot up`
    match options.verb:
        case "add":
            return _add(options.name, options.role)
        case "roles":
            return _roles(options.name, options.role)
        case "password":
            return _password(options.name)
        case "second-factor":
            return _reset_second_factor(options.name)
        case "remove":
            return _remove(options.name)
        case _:
            return _list()


def first_step() -> str:
    """What stands behind the console's address while nobody manages the team. Needs a migrated database."""
    from django.contrib.auth.models import User
    from django.db import connection

    if _administrators():
        found = ""
    elif User.objects.exists():
        # Accounts of before there were roles: each opens nothing until it has one.
        found = f"  (nobody manages the team yet: {_NO_ADMINISTRATOR})"
    else:
        found = "  (first: bot staff add NAME)"
    connection.close()  # `bot up` asks, and then lives on for days
    return found


def _parser() -> argparse.ArgumentParser:
    from console.permissions import Role

    roles = [role.value for role in Role]
    parser = argparse.ArgumentParser(prog="bot staff", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="a new account; asks for its password twice")
    add.add_argument("name")
    add.add_argument(
        "--role",
        action="append",
        choices=roles,
        default=[],
        help="what it may do; may be repeated (administrator while there is none, later: reader)",
    )
    change = verbs.add_parser("roles", help="make these the roles of an account")
    change.add_argument("name")
    change.add_argument("role", nargs="+", choices=roles)
    verbs.add_parser("password", help="a new password; ends the sessions of the account").add_argument("name")
    reset = verbs.add_parser("second-factor", help="a new start when the telephone is gone")
    reset.add_argument("name")
    reset.add_argument("--reset", action="store_true", required=True, help="take the second factor away")
    verbs.add_parser("remove", help="delete an account and end its sessions").add_argument("name")
    verbs.add_parser("list", help="every account, one a line")
    return parser


def _administrators() -> bool:
    from django.contrib.auth.models import User

    from console.permissions import Role

    return User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR.value).exists()


def _add(name: str, given: Sequence[str]) -> int:
    from django.contrib.auth.models import User
    from django.core.exceptions import ValidationError

    from console import roles
    from console.audit.trail import Action
    from console.permissions import Role

    user = User(username=User.normalize_username(name))
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        return _refuse(*error.messages)
    # "Ana" beside "ana" would be two people whom nobody tells apart.
    if User.objects.filter(username__iexact=user.username).exists():
        return _refuse(f"{name} has an account already (bot staff password {name} gives it a new password)")
    first = Role.READER if _administrators() else Role.ADMINISTRATOR
    wanted = [Role(one) for one in given] or [first]
    if (code := _ask_password(user)) != 0:
        return code
    user.save()
    roles.give(user, *wanted)
    _note(Action.ADDED_ACCOUNT, f"{user.username}: {_named(wanted)}")
    _say(f"{name} can enter the console now, as {_named(wanted)}")
    return _warn()


def _roles(name: str, given: Sequence[str]) -> int:
    from console import roles
    from console.audit.trail import Action
    from console.permissions import Role

    if (user := _account(name)) is None:
        return 1
    wanted = [role for role in Role if role.value in given]
    roles.give(user, *wanted)
    _note(Action.CHANGED_ROLES, f"{user.username}: {_named(wanted)}")
    _say(f"{user.username} is {_named(wanted)} now")
    return _warn()


def _password(name: str) -> int:
    from console.audit.trail import Action
    from console.login import sessions
    from console.team import invitations

    if (user := _account(name)) is None:
        return 1
    if (code := _ask_password(user)) != 0:
        return code
    user.save()
    sessions.end(user)
    invitations.withdraw(user)
    _note(Action.CHANGED_PASSWORD, user.username)
    _say(f"{user.username} has a new password; all sessions are ended")
    return 0


def _reset_second_factor(name: str) -> int:
    from console.audit.trail import Action
    from console.login import factor, sessions

    if (user := _account(name)) is None:
        return 1
    if not factor.remove(user):
        return _refuse(f"{user.username} has no second factor")
    sessions.end(user)
    _note(Action.REMOVED_SECOND_FACTOR, user.username)
    _say(f"{user.username} sets up a new second factor at the next login; all sessions are ended")
    return 0


def _remove(name: str) -> int:
    from django.contrib.auth.models import User

    from console.audit.trail import Action

    # An account that is gone is in no session: Django looks it up at every request.
    found = User.objects.filter(username__iexact=name)
    if not found.exists():
        return _refuse(f"there is no account {name}")
    found.delete()
    _note(Action.CLOSED_ACCOUNT, name)
    _say(f"{name} cannot enter the console any more")
    return _warn()


def _list() -> int:
    from django.contrib.auth.models import User

    from console import roles
    from console.login import factor

    for user in User.objects.order_by("username"):
        marks = [_named(roles.of(user)) or "without a role"]
        marks += ["second factor"] if factor.has_one(user) else []
        marks += [] if user.is_active else ["closed"]
        sys.stdout.write(f"{user.username}  {'; '.join(marks)}\n")
    return 0


def _account(name: str) -> User | None:
    from django.contrib.auth.models import User

    found = User.objects.filter(username__iexact=name).first()
    if found is None:
        _refuse(f"there is no account {name}")
    return found


def _ask_password(user: User) -> int:
    """Ask twice and set it, without saving; 1 when there is none that is good enough."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        password = getpass.getpass(f"Password for {user.username} (12 characters or more): ")
        if getpass.getpass("The same again: ") != password:
            return _refuse("the two passwords differ; nothing was changed")
        validate_password(password, user)
    except ValidationError as error:
        return _refuse(*error.messages)
    except EOFError:
        return _refuse("no password was typed; nothing was changed")
    user.set_password(password)
    return 0


def _named(given: Sequence[Role]) -> str:
    return ", ".join(role.value for role in given)


def _note(action: Action, about: str) -> None:
    from console.audit.trail import write

    write(action, account=None, name="bot staff", about=about)


def _warn() -> int:
    if not _administrators():
        _say(f"nobody manages the team now: {_NO_ADMINISTRATOR}")
    return 0


def _refuse(*reasons: str) -> int:
    _say("\n".join(f"bot staff: {reason}" for reason in reasons))
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
