"""The errors of the Cloud API and what to do about each. Data: what decides is the code, not the HTTP status.

(131056 comes with 400 and with 429; many codes come only in a report, after the message was taken.)
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Remedy

_SOURCE = 'Meta, WhatsApp Cloud API, "Error codes"'


@dataclass(frozen=True, slots=True)
class Class:
    """Codes that ask for the same. `read` is the month (YYYY-MM) in which `source` said so."""

    name: str
    remedy: Remedy
    codes: frozenset[int]
    source: str = _SOURCE
    read: str = "2026-11"


#: Every class; no code stands in two of them.
CLASSES = (
    Class("throttled", Remedy.SLOW, frozenset({4, 80007, 130429, 133016})),
    Class("pair limit", Remedy.WAIT, frozenset({131056})),
    Class("temporary", Remedy.RETRY, frozenset({1, 2, 131000, 131016, 131057, 133004})),
    Class("window closed", Remedy.CLOSED, frozenset({131047})),
    Class(
        "unreachable",
        Remedy.UNREACHABLE,
        frozenset({130472, 131021, 131026, 131030, 131049, 131050, 131062, 137000}),
        source=f"{_SOURCE}; business-scoped user IDs: 131062, 137000",
    ),
    Class(
        "our request",
        Remedy.REFUSE,
        frozenset({100, 131008, 131009, 131051, 131052, 131053, *range(132000, 132017), 132068, 132069}),
    ),
    Class(
        "account",
        Remedy.STOP,
        frozenset({0, 3, 10, 190, *range(200, 300), 368, 130497})
        | {131005, 131031, 131037, 131042, 131045, 131048, 131064},
        source=f'{_SOURCE}; Meta, Graph API, "Handle errors": 0, 3, 10, 190, 200-299, 368',
    ),
)

#: "Object does not exist, or missing permissions": the number's id is wrong, or the token is not for it. Same source.
WRONG_NUMBER = (100, 33)

#: HTTP statuses with which something between us and Meta says that it waited for an answer (RFC 9110, 15.6.5; 15.5.9).
GAVE_UP_WAITING = frozenset({408, 504})

_REMEDIES = {code: one.remedy for one in CLASSES for code in one.codes}
_SERVER_FAULT = 500


def remedy_of(code: int | None, *, subcode: int | None = None, status: int = 200, transient: bool = False) -> Remedy:
    """What to do about an error.

    Args:
        code: `error.code`; None when the answer is not one of Meta's.
        subcode: `error.error_subcode`.
        status: of the HTTP answer; 200 for an error that a report brought.
        transient: `error.is_transient`.
    """
    if (code, subcode) == WRONG_NUMBER:
        return Remedy.STOP
    if code is not None and code in _REMEDIES:
        return _REMEDIES[code]
    if code is None and status in GAVE_UP_WAITING:
        return Remedy.UNSURE
    if code is None or transient or status >= _SERVER_FAULT:
        # Not an answer of Meta's: a fault on the way, which passes.
        return Remedy.RETRY
    return Remedy.REFUSE
