"""Whether the number works: what Meta says about it, as findings that a command can put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.webhook import PATH
from bot.errors import DeliveryError, Remedy

#: Codes of the token itself, and of what it may not do (see codes.py for the source).
_TOKEN = "190"  # noqa: S105 - a code
_PERMISSIONS = frozenset({"3", "10", *map(str, range(200, 300))})

_WRONG_NUMBER = "100"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `name` is the key of a sentence, `values` fill it; nothing secret is among them."""

    name: str
    good: bool
    values: Mapping[str, str] = field(default_factory=dict)


def examine(graph: Graph, public_url: str, *, subscribe: bool = False) -> Iterator[Finding]:
    """Ask Meta, and judge. Ends with the first thing without which the rest cannot be asked.

    Args:
        graph: the number.
        public_url: where people, and Meta, find us.
        subscribe: let our app have the messages of the account if it has not.
    """
    try:
        known = graph.get(graph.number, "display_phone_number,verified_name,quality_rating")
    except DeliveryError as error:
        yield refusal(error)
        return
    shown = {name: str(known.get(name, "?")) for name in ("display_phone_number", "verified_name")}
    yield Finding("number", good=True, values=shown)
    yield Finding("token", good=True)
    if known.get("quality_rating") in ("YELLOW", "RED"):
        yield Finding("quality", good=False, values={"quality": str(known["quality_rating"])})

    entities, health = _health(graph)
    if health is not None:
        yield health
    account, app = entities.get("WABA", ""), entities.get("APP", "")
    if account:
        yield _subscription(graph, account, app, subscribe=subscribe)
    else:
        yield Finding("subscription_unknown", good=False)
    yield _webhook(graph, public_url)


def refusal(error: DeliveryError) -> Finding:
    """What a refusal of Meta means for whoever runs Faro."""
    if error.code == _TOKEN:
        return Finding("token_refused", good=False)
    if error.code in _PERMISSIONS:
        return Finding("no_permission", good=False, values={"code": error.code})
    if error.code == _WRONG_NUMBER:
        return Finding("wrong_number", good=False)
    if error.remedy in (Remedy.RETRY, Remedy.UNSURE):
        return Finding("not_reached", good=False, values={"code": error.code})
    return Finding("refused", good=False, values={"code": error.code})


def _health(graph: Graph) -> tuple[dict[str, str], Finding | None]:
    """The ids of what the number belongs to, and whether all of it may send (Meta, "Messaging health status", 2026-11)."""
    health = _asked(graph, "health_status")
    found = [one for one in health.get("entities", ()) if isinstance(one, dict)]
    ids = {str(one.get("entity_type")): str(one.get("id", "")) for one in found}
    state = health.get("can_send_message")
    if state is None:
        return ids, None
    if state == "AVAILABLE":
        return ids, Finding("may_send", good=True)
    troubled = [
        f"{one.get('entity_type')}: {', '.join(_codes(one)) or one.get('can_send_message')}"
        for one in found
        if one.get("can_send_message") != "AVAILABLE"
    ]
    return ids, Finding("may_not_send", good=False, values={"state": str(state), "why": "; ".join(troubled)})


def _codes(entity: Mapping[str, Any]) -> list[str]:
    return [str(one.get("error_code")) for one in entity.get("errors", ()) if isinstance(one, dict)]


def _subscription(graph: Graph, account: str, app: str, *, subscribe: bool) -> Finding:
    path = f"{account}/subscribed_apps"
    try:
        if subscribe:
            graph.post(path, {})
        apps = graph.get(path).get("data", [])
    except DeliveryError as error:
        return refusal(error)
    ids = {str(one.get("whatsapp_business_api_data", {}).get("id")) for one in apps if isinstance(one, dict)}
    return Finding("subscribed" if app in ids else "not_subscribed", good=app in ids)


def _webhook(graph: Graph, public_url: str) -> Finding:
    ours = public_url + PATH
    if not ours.startswith("https://"):
        return Finding("no_https", good=False, values={"address": ours})
    known = _asked(graph, "webhook_configuration").get("application")
    if known == ours:
        return Finding("webhook", good=True, values={"address": ours})
    if known:
        return Finding("webhook_elsewhere", good=False, values={"address": ours, "known": str(known)})
    return Finding("webhook_unknown", good=False, values={"address": ours})


def _asked(graph: Graph, field_: str) -> dict[str, Any]:
    """A field that not every version and every token may read; empty when it is not told."""
    try:
        value = graph.get(graph.number, field_).get(field_)
    except DeliveryError:
        return {}
    return value if isinstance(value, dict) else {}
