"""The id under which one delivery of a provider, or one post of a page, is found again in the lines of every process.

Random, and about nothing: neither the person nor the message can be computed from it. It is kept with the message and goes
with it (docs/adr/0018-watching.md). What a proxy or a client sends as `traceparent` is not taken over: an id that others
choose could be used twice, or say something.
"""

from __future__ import annotations

import re
import secrets

#: Hexadecimal digits: 64 random bits. A million ids meet with a chance of 1 in 36 million.
LENGTH = 16

#: The header of the private channel that carries it to Rasa.
HEADER = "X-Faro-Trace"

_TRACE = re.compile(f"[0-9a-f]{{{LENGTH}}}")


def new() -> str:
    """An id that nobody has had."""
    return secrets.token_hex(LENGTH // 2)


def read(given: object) -> str:
    """An id that another process of ours gave, or "" for anything else."""
    return given if isinstance(given, str) and _TRACE.fullmatch(given) else ""
