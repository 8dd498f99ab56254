"""Template tags of the handover."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from bot.conversations.models import Contact
from console.handover.desk import Desk, desk
from console.spans import span

register = template.Library()


@register.inclusion_tag("console/handover/panel.html", takes_context=True)
def handover_panel(context: RequestContext, contact: Contact) -> dict[str, Any]:
    """The panel to take a conversation and to answer in it; whoever may not sees who has it.

    A view that has a text which could not be sent gives its own `desk` and `trouble` in the context.
    """
    given = context.get("desk")
    made = given if isinstance(given, Desk) else desk(context.request, contact, now=timezone.now())
    token = context.get("csrf_token")
    return {"desk": made, "trouble": context.get("trouble", ""), "asked": context.get("asked"), "csrf_token": token}


@register.filter(name="span")
def in_words(seconds: float | None) -> str:
    """A number of seconds in words."""
    return span(seconds)
