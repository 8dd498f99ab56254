"""The private channel, over real HTTP, with a model that Rasa trained."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sanic import Sanic

from bot.conversations.rasa_client import PATH, from_wire, to_wire
from bot.log import route_structlog
from bot.rasa_compat.turn_channel import Answers, NotATurn, TurnChannel, neutral, read_turn
from bot.words import Kind, TurnRequest
from tests.logs import written
from tests.rasa_compat.conftest import Tiny

SECRET = "0123456789abcdef" * 4
PRIVATE = "my number is 6123-4567"


def _body(**changed: Any) -> dict[str, Any]:
    return {**to_wire(TurnRequest(contact="c-1", message="m-1", kind=Kind.TEXT, text="good morning")), **changed}


# What a turn is


def test_what_the_worker_sends_is_a_turn() -> None:
    body = _body(state=[{"event": "action"}])
    assert read_turn(body) == body


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        *(({name: wrong}, name) for name in _body() for wrong in (None, 7, {"a": 1})),
        ({"kind": "other"}, "kind"),
        ({"language_chosen": 1}, "language_chosen"),
        ({"language_chosen": "true"}, "language_chosen"),
        ({"state": {}}, "state"),
        ({"state": ["action_listen"]}, "state"),
        ({"state": [None]}, "state"),
    ],
)
def test_what_is_not_a_turn_is_refused_by_the_field(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(NotATurn, match=f"^{named}: "):
        read_turn(_body(**changed))


@pytest.mark.parametrize("name", list(_body()))
def test_a_missing_field_is_named(name: str) -> None:
    body = _body()
    del body[name]
    with pytest.raises(NotATurn, match=f"^{name}: "):
        read_turn(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(body=_JSON | st.fixed_dictionaries({name: _JSON | st.just(value) for name, value in _body().items()}))
def test_any_json_is_a_turn_or_not_a_turn(body: Any) -> None:
    try:
        read = read_turn(body)
    except NotATurn as error:
        assert str(error).partition(":")[0] in {"body", *_body()}
    else:
        assert read["kind"] in ("text", "choice")
        assert all(isinstance(event, dict) for event in read["state"])


# What Rasa reads of a text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("good morning", "good morning"),
        ('/secret_door{"a":"b"}', 'secret_door{"a":"b"}'),
        ("  /restart", "restart"),
        ("/ /restart", "restart"),
        ("/\u00a0/\n/restart", "restart"),
        ("\\/session_start", "session_start"),
        ("////", "…"),
        ("", "…"),
        ("either/or", "either/or"),
    ],
)
def test_slashes_before_a_text_are_taken_away(text: str, read: str) -> None:
    assert neutral(text) == read


@given(text=st.text(alphabet=st.one_of(st.sampled_from("/\\ \t\n\u00a0\u2028\x1c\u200b"), st.characters())))
@example("/ /restart")
def test_no_text_is_ever_a_command_to_rasa(text: str) -> None:
    read = neutral(text)
    assert read.strip()
    assert not read.strip().startswith("/")


def test_rasa_itself_would_take_a_typed_slash_as_an_intent(tiny: Tiny) -> None:
    """When this fails, Rasa no longer reads intents from texts, and `neutral` can go."""
    parsed = asyncio.run(tiny.agent.parse_message("/secret_door"))
    assert parsed["intent"]["name"] == "secret_door"


# What a turn says


def test_further_answers_follow_the_first_and_none_is_said_twice() -> None:
    said = Answers()
    other = {"text": "two", "buttons": [{"title": "B", "payload": "b"}]}
    for _ in range(2):
        asyncio.run(said.send_response("c", {"text": "one", "buttons": None, "also": [other]}))
    assert said.answers == [{"text": "one", "buttons": []}, {"text": "two", "buttons": [{"title": "B", "id": "b"}]}]


def test_a_reply_says_the_version_of_what_was_said_last() -> None:
    said = Answers()
    for message in (
        {"text": "one", "content_version": "aaa"},
        {"text": "two", "content_version": "bbb"},
        {"text": "x"},
    ):
        asyncio.run(said.send_response("c", message))
    assert said.content_version == "bbb"


# The server


class Server:
    """The channel as Rasa registers it, on a free port of this machine."""

    def __init__(self, agent: Any) -> None:
        from rasa.core.channels.channel import register

        self.app = Sanic(f"turns_{id(self)}", configure_logging=False)
        self.app.ctx.agent = agent
        register([TurnChannel.from_credentials({"secret": SECRET})], self.app, route="/webhooks/")
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self._socket.getsockname()[1]}",
            headers={"Authorization": f"Bearer {SECRET}"},
            trust_env=False,
            timeout=20,
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = self.app.create_server(sock=self._socket, return_asyncio_server=True, access_log=False)
        server = self._loop.run_until_complete(serving)
        self._loop.run_until_complete(server.startup())
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._started.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._socket.close()

    def take(self, **changed: Any) -> httpx.Response:
        return self.http.post(PATH, json=_body(**changed))


@pytest.fixture(scope="module")
def server(tiny: Tiny) -> Iterator[Server]:
    with Server(tiny.agent) as server:
        yield server


@pytest.fixture
def agent_of(server: Server) -> Iterator[Any]:
    """Lets a test put another agent in the place of the trained one."""
    trained = server.app.ctx.agent

    def put(agent: Any) -> None:
        server.app.ctx.agent = agent

    yield put
    server.app.ctx.agent = trained


READY = PATH.removesuffix("/turn") + "/ready"


def test_a_turn_is_answered_in_the_words_of_the_worker(server: Server) -> None:
    response = server.take()
    assert response.status_code == 200
    reply = from_wire(response.json())
    assert [answer.text for answer in reply.answers] == ["Good day."]
    assert [button.id for button in reply.answers[0].buttons] == ["topic:secret_door", "command:greet"]
    assert (reply.topic, reply.confidence, reply.effects) == ("greet", 1.0, ())
    assert (reply.also, reply.content_version) == ((), "")  # its texts stand in its domain, not in content/


def test_a_choice_becomes_its_intent(server: Server) -> None:
    reply = from_wire(server.take(kind="choice", text="", choice="topic:secret_door", language="fr").json())
    assert [answer.text for answer in reply.answers] == ["The door is open."]
    assert (reply.topic, reply.language) == ("secret_door", "fr")


@pytest.mark.parametrize(
    "typed", ["/secret_door", '/secret_door{"a":"b"}', ' / /secret_door{"language":"fr"}', "topic:secret_door"]
)
def test_a_typed_intent_does_not_become_that_intent(server: Server, typed: str) -> None:
    reply = from_wire(server.take(text=typed).json())
    assert reply.topic != "secret_door"
    assert [answer.text for answer in reply.answers] == ["Say it in other words."]


def test_effects_arrive_with_the_answers(server: Server) -> None:
    reply = from_wire(server.take(kind="choice", choice="erase:yes").json())
    assert [(effect.kind, effect.value) for effect in reply.effects] == [("erase", "")]
    assert [answer.text for answer in reply.answers] == ["All gone."]


def test_the_dialogue_goes_on_from_the_state_of_the_turn_before(server: Server) -> None:
    state: list[dict[str, Any]] = []
    for number in range(1, 4):
        state = server.take(state=state).json()["state"]
        assert sum(event["event"] == "user" for event in state) == number
    assert "good morning" not in json.dumps(state)


def test_another_contact_knows_nothing_of_it(server: Server) -> None:
    server.take(contact="c-1")
    state = server.take(contact="c-2").json()["state"]
    assert sum(event["event"] == "user" for event in state) == 1


def test_readiness_follows_the_model(server: Server, agent_of: Any) -> None:
    response = httpx.get(str(server.http.base_url) + READY, trust_env=False)
    assert (response.status_code, response.json()["ready"]) == (200, True)
    assert response.json()["model"] and "." not in response.json()["model"]
    agent_of(None)
    assert server.http.get(READY).status_code == 503
    agent_of(SimpleNamespace(is_ready=lambda: False))
    assert server.http.get(READY).status_code == 503


@pytest.mark.parametrize("given_secret", ["", "Bearer", "Bearer wrong", f"Bearer {SECRET[:-1]}", "Bearer ñ"])
def test_whoever_does_not_know_the_secret_is_turned_away(server: Server, given_secret: str) -> None:
    response = server.http.post(PATH, json=_body(), headers={"Authorization": given_secret.encode()})
    assert response.status_code == 401
    assert SECRET not in response.text


def test_no_secret_at_all_is_turned_away(server: Server) -> None:
    assert httpx.post(str(server.http.base_url) + PATH, json=_body(), trust_env=False).status_code == 401


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "body: must be an object"),
        (b"[]", "body: must be an object"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (json.dumps({**_body(), "kind": PRIVATE}).encode(), "kind: must be text or choice"),
    ],
)
def test_a_body_that_is_no_turn_is_refused_and_not_repeated(server: Server, content: bytes, said: str) -> None:
    response = server.http.post(PATH, content=content)
    assert (response.status_code, response.json()) == (400, {"error": said})


def test_without_a_model_there_is_no_turn(server: Server, agent_of: Any) -> None:
    for agent in (None, SimpleNamespace(is_ready=lambda: False)):
        agent_of(agent)
        assert (server.take().status_code, server.take().json()) == (503, {"error": "no model"})


class _Raising:
    """An agent whose exceptions quote the message, as Rasa's do."""

    domain = SimpleNamespace(intents=())

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: Any) -> None:
        raise ValueError(f"cannot handle {message.text}")


def test_a_failing_turn_says_that_it_failed_and_nothing_else(
    server: Server, agent_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    agent_of(_Raising())
    response = server.take(text=PRIVATE)
    assert (response.status_code, response.json()) == (500, {"error": "turn failed"})
    ours = [record for record in caplog.records if record.name == "faro.rasa"]
    assert [record.getMessage() for record in ours] == ["turn failed"]
    assert ours[0].__dict__["contact"] == "c-1"
    assert ours[0].__dict__["message_id"] == "m-1"
    assert ours[0].__dict__["error"].startswith("ValueError at test_turn_channel.py:handle_message:")
    assert PRIVATE not in "".join(str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kind": "choice", "choice": "topic:unknown"}, id="a choice that means nothing"),
        pytest.param({"text": "mumble"}, id="an effect without an answer"),
    ],
)
def test_a_turn_without_an_answer_has_failed(server: Server, changed: dict[str, Any]) -> None:
    assert server.take(**changed).json() == {"error": "turn failed"}


def test_a_state_that_cannot_be_read_begins_a_new_dialogue(server: Server) -> None:
    response = server.take(state=[{"event": "nonsense"}])
    assert sum(event["event"] == "user" for event in response.json()["state"]) == 1


def test_rasa_still_repeats_its_fallback_action(tiny: Tiny) -> None:
    """When this fails, `Answers` need no longer drop what was said already."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    said = CollectingOutputChannel()
    asyncio.run(tiny.agent.handle_message(UserMessage("something without a rule", said, "c-3")))
    assert len(said.messages) > 1
    assert len({message["text"] for message in said.messages}) == 1


def test_after_a_failed_turn_the_next_one_is_answered(server: Server) -> None:
    assert server.take(text="mumble").status_code == 500
    assert server.take().status_code == 200


@pytest.mark.parametrize("text", [PRIVATE, f"good morning, {PRIVATE}", f"/nope {PRIVATE}", f'/greet{{"a":"{PRIVATE}"'])
def test_nothing_of_a_text_is_logged(server: Server, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with written(everything=True) as lines:
        route_structlog()
        try:
            assert server.take(text=text).status_code == 200
            assert server.take(text=text, kind="choice").status_code == 500
        finally:
            structlog.reset_defaults()
    assert "processor.message.parse" in lines.getvalue()
    assert "turn failed  trace= contact=c-1 message_id=m-1 error=LookupError at turn_channel.py" in lines.getvalue()
    for said in (lines.getvalue(), *capfd.readouterr()):
        assert "6123" not in said


@given(text=st.text(max_size=200))
@settings(max_examples=25, deadline=None)
@example("\x00")
@example("\ud800")
def test_whatever_is_written_is_answered(server: Server, text: str) -> None:
    response = server.http.post(PATH, content=json.dumps(_body(text=text)).encode())
    assert response.status_code == 200
    assert from_wire(response.json()).answers


@pytest.mark.parametrize("credentials", [None, {}, {"secret": ""}, {"secret": None}, {"secret": "${RASA_SECRET}"}])
def test_the_channel_cannot_be_built_without_a_secret(credentials: dict[str, Any] | None) -> None:
    with pytest.raises(ValueError, match="RASA_SECRET"):
        TurnChannel.from_credentials(credentials)
