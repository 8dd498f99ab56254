"""Every address of the console demands a permission, and the demand stands in the code where everybody sees it.

The code is read, not only run: a view that forgot its demand is named with its file and the cure. Modelled on
notifications-admin's test_permissions (MIT).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from bot.settings import ROOT
from console.permissions import ROLES, Permission

#: Views without a permission, each with its reason. Everything else needs `@demands(...)`.
FOR_EVERY_ACCOUNT = {
    "home": "leads everybody to what they may see",
    "language": "how one reads",
    "login": "before there is an account",
    "logout": "everybody may leave",
    "second_factor": "between the password and the console",
    "second_factor_new": "one's own telephone",
    "second_factor_remove": "one's own, where it is not demanded",
    "recovery_codes": "one's own",
    "invitation": "whoever has the link has no session yet",
    "account": "one's own account",
    "account_password": "one's own",
    "my_sessions_end": "one's own",
    "my_session_end": "one's own",
}

CURE = "put @demands(Permission....) directly above it (below @require_...), or give a reason in FOR_EVERY_ACCOUNT"


def patterns(found: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """The addresses of the console."""
    if found is None:
        (resolver,) = (one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "console")
        found = resolver.url_patterns
    for one in found:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns)
        else:
            yield one


def decorators(source: str) -> dict[str, list[str]]:
    """The names of the decorators of each function of a source."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            called = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
            found[node.name] = [
                one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in called
            ]
    return found


def test_the_reader_finds_decorators() -> None:
    source = (
        "@require_safe\n@demands(Permission.A)\ndef a(request): ...\n@x.y\nasync def b(request): ...\ndef c(): ...\n"
    )
    assert decorators(source) == {"a": ["require_safe", "demands"], "b": ["y"], "c": []}


@pytest.mark.parametrize("pattern", list(patterns()), ids=lambda one: str(one.name))
def test_every_address_demands_a_permission(pattern: URLPattern) -> None:
    view = pattern.callback
    path = Path(
        view.__code__.co_filename if not hasattr(view, "__wrapped__") else _innermost(view).__code__.co_filename
    )
    where = f"{path.relative_to(ROOT)}: {view.__name__}"
    named = decorators(path.read_text(encoding="utf-8")).get(view.__name__)
    assert named is not None, f"{where} must be a function, whose decorators can be read"
    if pattern.name in FOR_EVERY_ACCOUNT:
        assert "for_every_account" in named, f"{where} is in FOR_EVERY_ACCOUNT: mark it @for_every_account"
        return
    assert "demands" in named, f"{where} demands nothing: {CURE}"
    assert view.demands, f"{where} names no permission: {CURE}"


def test_every_address_says_which_methods_it_takes() -> None:
    bare = []
    for pattern in patterns():
        inner = _innermost(pattern.callback)
        path = Path(inner.__code__.co_filename)
        named = decorators(path.read_text(encoding="utf-8")).get(inner.__name__, [])
        if not any(one.startswith("require_") for one in named) and pattern.name not in ("login", "logout"):
            bare.append(f"{path.relative_to(ROOT)}: {inner.__name__}")
    assert bare == []


def test_no_reason_is_left_over() -> None:
    assert set(FOR_EVERY_ACCOUNT) <= {pattern.name for pattern in patterns()}


def test_variables_of_addresses_have_types() -> None:
    for pattern in patterns():
        route = str(pattern.pattern)
        assert all(":" in part.partition(">")[0] for part in route.split("<")[1:]), (
            f"{route}: write <int:...> or <uuid:...>"
        )


def test_every_permission_is_demanded_somewhere_and_held_by_a_role() -> None:
    held = {permission for permissions in ROLES.values() for permission in permissions}
    assert held == set(Permission)


def _innermost(view: object) -> object:
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view
