"""Calls to Meta's Graph API: where to, with what proof, how long to wait, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.whatsapp.codes import remedy_of
from bot.errors import DeliveryError, Remedy
from bot.settings import WhatsAppSettings

#: Meta's published schema wants a name and three numbers.
USER_AGENT = "Faro/1.0.0"

#: Seconds for a free connection, to connect, to write, and to wait for the answer: 24 altogether.
TIMEOUT = httpx.Timeout(12.0, connect=4.0, write=4.0, pool=4.0)

#: As many as there may be delivery threads. Idle connections are dropped before Meta drops them: a call on one that is
#: just being closed would count as one that may have arrived.
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=5.0)

_FIRST_REFUSAL = 400
_MAX_WAIT = 3_600.0


class Graph:
    """One number's connection to the Graph API, for any number of threads. The token travels in a header alone."""

    def __init__(self, settings: WhatsAppSettings, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.number = settings.phone_number_id
        self._base = f"{settings.api_base}/{settings.api_version}"
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {settings.token}", "User-Agent": USER_AGENT},
            timeout=timeout,
            limits=LIMITS,
            trust_env=False,  # a proxy of the environment would see whom we write to
            follow_redirects=False,  # the token goes to this address and to no other
        )

    def post(self, path: str, body: Mapping[str, Any], *, timeout: httpx.Timeout | None = None) -> dict[str, Any]:
        """Call a path of the API; returns what it answers.

        Raises:
            DeliveryError: it was not done, or nobody knows.
        """
        return self._call("POST", path, timeout=timeout, json=body)

    def get(self, path: str, fields: str = "") -> dict[str, Any]:
        """Ask a path of the API.

        Raises:
            DeliveryError: there is no answer, or a refusal.
        """
        return self._call("GET", path, params={"fields": fields} if fields else None)

    def close(self) -> None:
        """Drop the connections."""
        self._client.close()

    def _call(self, method: str, path: str, *, timeout: httpx.Timeout | None = None, **more: Any) -> dict[str, Any]:
        try:
            response = self._client.request(
                method,
                f"{self._base}/{path}",
                headers={"Content-Type": "application/json"},  # also where there is no body: Meta's schema asks for it
                timeout=timeout or httpx.USE_CLIENT_DEFAULT,
                **more,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise DeliveryError(type(error).__name__, Remedy.RETRY) from None
        except httpx.HTTPError as error:
            # It was on its way, and perhaps it is there. `from None`: the cause holds the whole request.
            raise DeliveryError(type(error).__name__, Remedy.UNSURE) from None
        return _read(response)


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        answer = None
    status = response.status_code
    if isinstance(answer, dict) and "error" not in answer and status < httpx.codes.MULTIPLE_CHOICES:
        return answer
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), int):
        if status < httpx.codes.MULTIPLE_CHOICES:
            # Meta answers in JSON. A whole page of something else is of somebody who answered in Meta's place, and it may
            # last for minutes: longer than a message whose fate is unknown is tried.
            raise DeliveryError("no_answer", Remedy.RETRY if answer is None else Remedy.UNSURE)
        raise DeliveryError(f"http_{status}", remedy_of(None, status=status), after=_after(response))
    code, subcode = error["code"], error.get("error_subcode")
    remedy = remedy_of(
        code,
        subcode=subcode if isinstance(subcode, int) else None,
        status=status,
        transient=error.get("is_transient") is True,
    )
    raise DeliveryError(str(code), remedy, after=_after(response))


def _after(response: httpx.Response) -> float | None:
    """Seconds that the answer asks us to wait (RFC 9110, 10.2.3; the form with a date is not used by Meta)."""
    text = response.headers.get("retry-after", "")
    return min(float(text), _MAX_WAIT) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
