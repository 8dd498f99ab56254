"""What providers call: straight from the socket to the channel, past Django, so that a burst is acknowledged at once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from bot.channels.contract import Answer, Call, Webhook
from bot.log import place_of
from bot.web.bodies import App, Receive, Send, Unread, whole_body

log = logging.getLogger("faro.webhooks")

#: Query parameters of a call that are read: a verification has three.
MAX_PARAMETERS = 20


class Webhooks:
    """An ASGI application around another one that answers the addresses of the channels itself."""

    def __init__(self, app: App, hooks: Iterable[Webhook]) -> None:
        self._app = app
        self._hooks = {hook.path: hook for hook in hooks}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a channel's address; pass every other request on."""
        hook = self._hooks.get(scope.get("path", "")) if scope["type"] == "http" else None
        if hook is None:
            await self._app(scope, receive, send)
            return
        body = await whole_body(scope, receive, hook.max_body)
        if body is Unread.GONE:
            return
        if isinstance(body, Unread):
            answer = Answer(413)
        else:
            try:
                answer = await hook.answer(_call(scope, body))
            except Exception as error:
                # Nothing was promised: the provider comes again.
                log.error("webhook failed", extra={"path": hook.path, "error": place_of(error)})
                answer = Answer(503)
        if answer.status >= 400:  # noqa: PLR2004 - the first status that refuses (RFC 9110, 15.5)
            log.warning("webhook refused", extra={"path": hook.path, "status": answer.status})
        await _send(send, answer)


def _call(scope: MutableMapping[str, Any], body: bytes) -> Call:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        pairs = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS))
    except ValueError:
        pairs = {}
    return Call(scope["method"], pairs, headers, body)


async def _send(send: Send, answer: Answer) -> None:
    text = answer.text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
