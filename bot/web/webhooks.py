"""What providers call: straight from the socket to the channel, past Django, so that a burst is acknowledged at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from bot import trace
from bot.channels.contract import Answer, Call, Webhook
from bot.log import place_of
from bot.watching import figures
from bot.web.bodies import App, Receive, Send, Unread, whole_body

log = logging.getLogger("faro.webhooks")

#: Query parameters of a call that are read: a verification has three.
MAX_PARAMETERS = 20


class Webhooks:
    """An ASGI application around another one that answers the addresses of the channels itself."""

    def __init__(self, app: App, hooks: Iterable[Webhook], *, seconds: Callable[[], float] = time.perf_counter) -> None:
        self._app, self._seconds = app, seconds
        self._hooks = {hook.path: hook for hook in hooks}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a channel's address; pass every other request on."""
        hook = self._hooks.get(scope.get("path", "")) if scope["type"] == "http" else None
        if hook is None:
            await self._app(scope, receive, send)
            return
        begun = self._seconds()
        body = await whole_body(scope, receive, hook.max_body)
        if body is Unread.GONE:
            return
        call = _call(scope, b"" if isinstance(body, Unread) else body)
        if isinstance(body, Unread):
            answer = Answer(413)
        else:
            try:
                answer = await hook.answer(call)
            except Exception as error:
                # Nothing was promised: the provider comes again.
                extra = {"trace": call.trace, "path": hook.path, "error": place_of(error)}
                log.error("webhook failed", extra=extra)
                answer = Answer(503)
        if answer.status >= 400:  # noqa: PLR2004 - the first status that refuses (RFC 9110, 15.5)
            log.warning("webhook refused", extra={"trace": call.trace, "path": hook.path, "status": answer.status})
        channel = hook.path.rpartition("/")[2]
        figures.WEBHOOK.labels(channel, str(int(answer.status))).observe(self._seconds() - begun)
        await _send(send, answer)


def _call(scope: MutableMapping[str, Any], body: bytes) -> Call:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        pairs = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS))
    except ValueError:
        pairs = {}
    return Call(scope["method"], pairs, headers, body, trace.new())


async def _send(send: Send, answer: Answer) -> None:
    text = answer.text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
