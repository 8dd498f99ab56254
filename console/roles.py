"""Roles in the database: Django's groups, kept equal to console/permissions.py at every migration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, User
from django.contrib.auth.models import Permission as Row

from console.permissions import APP, ROLES, Role


def keep_equal(sender: Any, *, using: str = "default", **_: Any) -> None:
    """Make the groups what ROLES says. A handler of Django's post_migrate."""
    create_permissions(sender, verbosity=0, using=using)
    for role, permissions in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=role.value)
        rows = Row.objects.using(using).filter(
            content_type__app_label=APP, codename__in=[one.value for one in permissions]
        )
        group.permissions.set(rows)


def give(user: User, *roles: Role) -> None:
    """Make these the roles of an account."""
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))


def of(user: User) -> tuple[Role, ...]:
    """The roles of an account, in the order of Role."""
    names = set(user.groups.values_list("name", flat=True))
    return tuple(role for role in Role if role.value in names)
