"""Who may read the figures."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.watching.gate import FORWARDED, Gate, public_host

TOKEN = "t" * 40

INSIDE = ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.9", "172.31.255.1", "192.168.1.1", "fd12::1", "fe80::1%eth0"]
INSIDE += ["::ffff:10.0.0.1"]
OUTSIDE = ["8.8.8.8", "172.32.0.1", "2001:db8::1", "::ffff:8.8.8.8", "", "unix", "0.0.0.0", "100.64.0.1"]  # noqa: S104 - an address to be refused


@pytest.mark.parametrize("peer", INSIDE)
def test_whoever_asks_from_inside_reads(peer: str) -> None:
    assert Gate().judge(peer, {"host": "web:8000"}) is HTTPStatus.OK


@pytest.mark.parametrize("peer", OUTSIDE)
def test_whoever_asks_from_outside_finds_nothing(peer: str) -> None:
    assert Gate().judge(peer, {}) is HTTPStatus.NOT_FOUND
    assert Gate(TOKEN).judge(peer, {}) is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("header", FORWARDED)
def test_nobody_reads_through_a_proxy_whose_address_is_inside(header: str) -> None:
    assert Gate().judge("10.0.0.2", {header: "127.0.0.1"}) is HTTPStatus.NOT_FOUND
    assert Gate(TOKEN).judge("10.0.0.2", {header: ""}) is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("host", ["faro.example.org", "FARO.example.org:443", "faro.example.org."])
def test_a_request_for_the_public_name_came_from_outside(host: str) -> None:
    assert Gate(public_host="faro.example.org").judge("10.0.0.2", {"host": host}) is HTTPStatus.NOT_FOUND


def test_with_a_token_nobody_reads_without_it() -> None:
    gate = Gate(TOKEN)
    assert gate.judge("127.0.0.1", {}) is HTTPStatus.UNAUTHORIZED
    assert gate.judge("127.0.0.1", {"authorization": f"Bearer {TOKEN}x"}) is HTTPStatus.UNAUTHORIZED
    assert gate.judge("127.0.0.1", {"authorization": f"Bearer {TOKEN}"}) is HTTPStatus.OK
    assert gate.judge("8.8.8.8", {"authorization": f"Bearer {TOKEN}", "x-forwarded-for": "1.1.1.1"}) is HTTPStatus.OK


def test_without_a_token_an_empty_one_opens_nothing() -> None:
    assert Gate().judge("8.8.8.8", {"authorization": "Bearer "}) is HTTPStatus.NOT_FOUND


@given(peer=st.text(), host=st.text(), given_token=st.text())
def test_nonsense_is_judged_and_never_let_in(peer: str, host: str, given_token: str) -> None:
    headers = {"host": host, "authorization": given_token, "via": "1.1 somebody"}
    assert Gate(TOKEN, "faro.example.org").judge(peer, headers) is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("faro.example.org", "faro.example.org"),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("192.168.1.9", ""),
        ("::1", ""),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_the_public_name_is_one_that_others_can_reach(host: str, public: str) -> None:
    assert public_host(host) == public
