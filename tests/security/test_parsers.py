"""Parsers of outside input that have no property test beside their subject: whatever comes, only what they promise.

docs/threat-model.md lists every parser and where it is tried. Values are made from valid ones and then harmed, because
noise alone ends at the first check.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from tarsafe import TarSafeException

from bot import notify
from bot.channels.webchat import languages, session
from bot.channels.webchat import origin as webchat_origin
from bot.channels.whatsapp import graph
from bot.channels.whatsapp.signature import is_signed, signature
from bot.conversations.accept import command
from bot.conversations.addresses import AddressBook
from bot.errors import DeliveryError, Remedy
from bot.nlu.linear import Linear
from bot.web.bodies import Unread, whole_body
from bot.web.webhooks import _call
from bot.words import COMMANDS
from console.content import git
from console.login import origin
from tests.security.fuzzing import looking

#: What a header may hold when it arrives: any byte, as WSGI and ASGI read it.
HEADER = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n\0"), max_size=200)


@st.composite
def harmed(draw: st.DrawFn, valid: st.SearchStrategy[str]) -> str:
    """A valid text with a piece taken out, doubled or replaced."""
    text = draw(valid)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 12)))
    piece = draw(
        st.sampled_from(["", text[start:end] * 2, "\xff", ":", "=", "%00", "٣", "\u2028"]) | st.text(max_size=6)
    )
    return text[:start] + piece + text[end:]


def request(**meta: Any) -> HttpRequest:
    made = HttpRequest()
    made.META.update(meta)
    return made


# Who is it


ADDRESS = "a" * 43


def _signed(address: str) -> str:
    response = SimpleNamespace(value="")
    response.set_cookie = lambda _name, value, **_: setattr(response, "value", value)
    session.keep(response, address)  # type: ignore[arg-type]
    return str(response.value)


@looking(300)
@given(cookie=HEADER | harmed(st.just(_signed(ADDRESS))))
def test_a_cookie_is_the_session_that_we_signed_or_none(cookie: str) -> None:
    asked = request()
    asked.COOKIES[session.cookie()] = cookie
    found = session.read(asked)
    assert found in ("", ADDRESS)
    if found:
        assert cookie.split(":", maxsplit=1)[0] == ADDRESS


TAGS = st.sampled_from(["es", "en-US", "fr;q=0.8", "ht", "*", "zh-Hant;q=0", "es;q=1.5", "-", ",", ";q="])


@looking(200)
@given(header=HEADER | st.lists(TAGS, max_size=8).map(",".join) | harmed(st.just("fr-CA,fr;q=0.9,en;q=0.1")))
def test_whatever_a_browser_accepts_the_page_has_a_language(header: str) -> None:
    assert languages.known(languages.of_page(request(HTTP_ACCEPT_LANGUAGE=header), None))


ADDRESSES = st.ip_addresses().map(str) | st.sampled_from(
    ["::ffff:10.0.0.1", "fe80::1%eth0", "1.2.3.4:80", "[::1]", "unknown"]
)


@looking(200)
@given(header=HEADER | st.lists(ADDRESSES, max_size=4).map(", ".join) | harmed(ADDRESSES))
def test_a_forwarded_address_is_an_address_or_nothing(header: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webchat_origin, "settings", SimpleNamespace(SESSION_COOKIE_SECURE=True))
        asked = request(REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=header)
        found, pseudonym = webchat_origin.source(asked), origin.address(asked)
    if found:
        assert ip_network(found)
        assert pseudonym and ip_address(pseudonym) in ip_network("fd00::/8") and found not in pseudonym
    else:
        assert pseudonym is None


@looking(200)
@given(given_=HEADER | harmed(st.just(signature("s" * 32, b"{}"))), body=st.binary(max_size=40))
def test_a_signature_is_right_or_wrong_and_never_an_error(given_: str, body: bytes) -> None:
    assert is_signed("s" * 32, body, given_) == (given_ == signature("s" * 32, body))


SEALED = AddressBook("p" * 32, ["k" * 32])


@looking(150)
@given(sealed=st.text(st.characters(codec="utf-8"), max_size=200) | harmed(st.just(SEALED.seal("50760000000"))))
def test_what_was_sealed_opens_or_is_nothing(sealed: str) -> None:
    assert SEALED.open(sealed) in ("", "50760000000")


# What is asked


@looking(300)
@given(text=st.text(max_size=60) | harmed(st.sampled_from([f"/{word}" for word in COMMANDS])))
def test_a_typed_command_is_one_of_ours_or_nothing(text: str) -> None:
    found = command(text)
    assert found in ("", *COMMANDS.values())
    assert not found or text.startswith("/")


@looking(200)
@given(
    query=st.binary(max_size=200)
    | harmed(st.just("hub.mode=subscribe&hub.challenge=1")).map(lambda t: t.encode("utf-8")),
    headers=st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=5),
)
def test_a_providers_call_is_read_whatever_stands_in_it(query: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    call = _call({"method": "GET", "query_string": query, "headers": headers}, b"body")
    assert all(isinstance(value, str) for value in (*call.query.values(), *call.headers.values()))


@looking(150)
@given(
    lengths=st.lists(st.binary(max_size=30) | st.integers(-5, 500).map(lambda n: str(n).encode()), max_size=3),
    chunks=st.lists(st.binary(max_size=60), max_size=6),
    hangs_up=st.booleans(),
)
def test_a_body_is_whole_too_large_or_gone(lengths: list[bytes], chunks: list[bytes], hangs_up: bool) -> None:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append(
        {"type": "http.disconnect"} if hangs_up else {"type": "http.request", "body": b"", "more_body": False}
    )

    async def receive() -> Any:
        return messages.pop(0)

    reading = whole_body({"headers": [(b"content-length", one) for one in lengths]}, receive, 100)
    with pytest.raises(StopIteration) as ended:
        reading.send(None)
    body = ended.value.value
    assert isinstance(body, Unread) or (body == b"".join(chunks) and len(body) <= 100)


# What a provider answers


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=6), deeper, max_size=3),
    max_leaves=8,
)
MARK = "zqxmark"
ERRORS = st.fixed_dictionaries(
    {"error": st.fixed_dictionaries({}, optional={"code": JSON, "error_subcode": JSON, "is_transient": JSON}) | JSON}
)
ANSWERS = (
    (JSON | ERRORS | st.dictionaries(st.sampled_from(["messages", "error", "id"]), JSON))
    .map(json.dumps)
    .map(str.encode)
    | st.binary(max_size=60)
    | st.sampled_from([b"[" * 100_000, b"9" * 5_000, b'{"error": {"code": ' + b"9" * 4_400 + b"}}", b"", b"\xff\xfe"])
)


@looking(300)
@given(body=ANSWERS, status=st.integers(200, 599), after=HEADER | st.integers(-1, 10**12).map(str))
def test_an_answer_of_meta_is_taken_or_is_a_delivery_error_without_its_text(
    body: bytes, status: int, after: str
) -> None:
    headers = {"retry-after": after.encode("latin-1"), "x": MARK.encode()}
    response = httpx.Response(status, headers=list(headers.items()), content=body + b" ")  # type: ignore[arg-type]
    try:
        answer = graph._read(response)
    except DeliveryError as error:
        assert isinstance(error.remedy, Remedy) and error.__cause__ is None
        assert len(str(error)) < 200 and MARK not in str(error)
        assert error.after is None or 0 <= error.after <= graph._MAX_WAIT
    else:
        assert isinstance(answer, dict) and status < 300


# What an operator of the machine gives


@looking(300)
@given(
    mail=st.text(max_size=40) | harmed(st.just("a@example.org, b@example.org")),
    server=st.text(max_size=60) | harmed(st.just("smtp://user:geheim@mail.example.org:587")),
    chat=st.text(max_size=20) | harmed(st.just("-1001234567890")),
    telegram=st.booleans(),
)
def test_who_is_told_is_read_or_refused_by_name_and_no_password_is_said(
    mail: str, server: str, chat: str, telegram: bool
) -> None:
    found, wrong = notify.read(mail, server, chat, telegram=telegram)
    assert isinstance(found, notify.Notify)
    for name, why in wrong:
        assert name.isupper() and "geheim" not in why


# What is on the disk


NAMES = st.text(st.characters(codec="utf-8", blacklist_characters="\0\n"), min_size=1, max_size=30).filter(str.strip)


def test_a_change_cannot_be_forged_by_what_somebody_calls_theirs(tmp_path: Path) -> None:
    """Signs between fields in a subject or a name, a line end, other scripts: what git says is read as it was written."""

    def run(*arguments: str) -> None:
        identity = ("-c", "user.name=Ana\x1fx\x1e", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false")
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    run("init", "--quiet")
    forged = "x\x1e" + "f" * 40 + "\x1f2026-01-01T00:00:00+00:00\x1fDirector\x1fapproved"
    for subject in (forged, "\x1f\x1f\x1f", "último\u2028cambio", "a"):
        (tmp_path / "a").write_text(subject)
        run("add", ".")
        run("commit", "--quiet", "-m", subject)
    found = git.history(tmp_path).commits
    assert len(found) == 4 and all(one.author.startswith("Ana") for one in found)
    assert "f" * 40 not in {one.id for one in found}


def test_a_model_archive_writes_nothing_outside_its_folder(tmp_path: Path) -> None:
    for number, (name, link) in enumerate([("../evil", ""), ("/evil", ""), ("inside", "../../evil")]):
        archive = tmp_path / f"{number}.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            entry = tarfile.TarInfo(name)
            if link:
                entry.type, entry.linkname = tarfile.SYMTYPE, link
            tar.addfile(entry, io.BytesIO(b""))
        into = tmp_path / f"into{number}"
        into.mkdir()
        with pytest.raises(TarSafeException):
            LocalModelStorage.from_model_archive(into, archive)
        assert not (tmp_path / "evil").exists() and not list(into.iterdir())


class _Runs:
    """What a pickle of it would call when somebody loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle in a model was run",))


def test_a_pickle_in_a_model_is_not_run(tmp_path: Path) -> None:
    file = tmp_path / "linear.npz"
    np.savez(file, topics=np.array([_Runs()], dtype=object), weights=np.zeros((1, 1)), bias=np.zeros(1))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Linear.load(file)
