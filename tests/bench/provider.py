"""A process that plays Meta's Graph API for a load: it takes every message after 20 ms and counts how often each came.

GET /taken -> {"messages": how many, "twice": how many of them more than once}
GET /said?words=... -> {"messages": how many had these words}
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter

from aiohttp import web

#: Seconds that the real service takes at its best.
TAKES = 0.02

taken: Counter[str] = Counter()
texts: dict[str, str] = {}


async def take(request: web.Request) -> web.Response:
    """Take one call: a message, or the mark that one was read."""
    body = await request.json()
    await asyncio.sleep(TAKES)
    if body.get("status") == "read":
        return web.json_response({"success": True})
    name = body["biz_opaque_callback_data"]
    taken[name] += 1
    texts[name] = json.dumps(body, ensure_ascii=False)
    return web.json_response({"messages": [{"id": f"wamid.{name}"}], "contacts": []})


async def report(_request: web.Request) -> web.Response:
    """What came so far."""
    twice = sum(1 for number in taken.values() if number > 1)
    return web.Response(text=json.dumps({"messages": len(taken), "twice": twice}), content_type="application/json")


async def said(request: web.Request) -> web.Response:
    """How many messages had certain words."""
    words = json.dumps(request.query["words"], ensure_ascii=False)[1:-1]
    return web.json_response({"messages": sum(words in text for text in texts.values())})


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    app = web.Application()
    app.add_routes([web.get("/taken", report), web.get("/said", said), web.post("/{version}/{number}/messages", take)])
    web.run_app(app, host="127.0.0.1", port=options.port, print=None)


if __name__ == "__main__":
    main()
