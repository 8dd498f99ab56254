"""Every call of ours is one that Meta's own published schema allows: Prism serves it, and refuses what it does not know."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.payload import reading
from bot.channels.whatsapp.profile import automation, profile
from bot.channels.whatsapp.send import WhatsApp
from bot.errors import DeliveryError
from bot.settings import ROOT
from tests.channels.whatsapp import peers
from tests.channels.whatsapp.conftest import LIBRARY
from tests.channels.whatsapp.standin import ACCOUNT, NUMBER, Meta
from tests.channels.whatsapp.test_send import KINDS, parcel
from tests.processes.running import free_ports

SPEC = ROOT.parent / "shared" / "specs" / "meta-business-messaging-api_v23.0.yaml"

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="Meta's OpenAPI is not here")

#: Seconds for Prism to read 1 MB of schema.
START = 60


def amended(spec: dict[str, Any]) -> dict[str, Any]:
    """The schema where it is behind the API that Meta documents (each in Meta's reference, 2026-11)."""
    schemas = spec["components"]["schemas"]
    every = schemas["BaseMessageProperties"]
    # A business-scoped user id instead of a number, and the text of ours that comes back in reports.
    every["properties"]["recipient"] = {"type": "string", "pattern": r"^[A-Z]{2}\.[A-Za-z0-9.]+$"}
    every["properties"]["biz_opaque_callback_data"] = {"type": "string", "maxLength": 512}
    every["required"].remove("to")
    every["anyOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
    # The length of a text.
    text = schemas["TextMessage"]["allOf"][1]["properties"]["text"]
    text["properties"]["body"] |= {"minLength": 1, "maxLength": 4096}
    text["required"] = ["body"]
    # Asking for a location.
    schemas["InteractiveObject"]["properties"]["type"]["enum"].append("location_request_message")
    location = {"type": "string", "enum": ["send_location"]}
    schemas["ActionObject"]["oneOf"].append(
        {"required": ["name"], "properties": {"name": location}, "additionalProperties": False}
    )
    schemas["BodyObject"]["properties"]["text"]["minLength"] = 1
    # Read, and writing: documented at the same path.
    reading = {
        "type": "object",
        "additionalProperties": False,
        "required": ["messaging_product", "status", "message_id"],
        "properties": {
            "messaging_product": {"type": "string", "enum": ["whatsapp"]},
            "status": {"type": "string", "enum": ["read"]},
            "message_id": {"type": "string"},
            "typing_indicator": {
                "type": "object",
                "required": ["type"],
                "additionalProperties": False,
                "properties": {"type": {"type": "string", "enum": ["text"]}},
            },
        },
    }
    call = spec["paths"]["/{Version}/{Phone-Number-ID}/messages"]["post"]
    body = call["requestBody"]["content"]["application/json"]
    body["schema"] = {"oneOf": [{"$ref": "#/components/schemas/Message"}, reading]}
    return spec


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        program = peers.node_program("@stoplight/prism-cli", "5.16.0", "prism")
    except peers.Absent as absent:
        pytest.skip(f"Prism: {absent}")
    folder = tmp_path_factory.mktemp("prism")
    spec = folder / "spec.json"
    spec.write_text(
        json.dumps(amended(yaml.safe_load(SPEC.read_text(encoding="utf-8"))), default=str), encoding="utf-8"
    )
    (port,) = free_ports(1)
    output = folder / "output"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [program, "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(spec)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(port, process, output)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        assert process.poll() is None, output.read_text(encoding="utf-8")[-2000:]
        try:
            httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=2)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(output.read_text(encoding="utf-8")[-2000:])


@pytest.fixture
def graph(prism: str) -> Iterator[Graph]:
    one = Graph(Meta().settings(prism))
    yield one
    one.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("addresses", [("phone:50761234567",), ("bsuid:PA.13491208655302741918",)])
def test_every_kind_of_message_is_one_that_the_schema_allows(
    graph: Graph, kind: str, addresses: tuple[str, ...]
) -> None:
    WhatsApp(graph).send(parcel(KINDS[kind], addresses))


def test_read_and_writing_are_allowed(graph: Graph) -> None:
    graph.post(f"{NUMBER}/messages", reading("wamid.A"))


def test_profile_and_commands_are_allowed_in_every_language(graph: Graph) -> None:
    content = LIBRARY.current()
    for language in content.languages:
        graph.post(f"{NUMBER}/whatsapp_business_profile", profile(content, language, "https://faro.example.org"))
        graph.post(f"{NUMBER}/conversational_automation", automation(content, language))


def test_what_check_asks_is_there_to_be_asked(graph: Graph) -> None:
    graph.get(NUMBER, "display_phone_number,verified_name,health_status")
    graph.get(f"{ACCOUNT}/subscribed_apps")
    graph.post(f"{ACCOUNT}/subscribed_apps", {})
    graph.get(f"{NUMBER}/whatsapp_business_profile", "about,description,websites")


@pytest.mark.parametrize(
    "laid",
    [
        replace(KINDS["longest text"], text="ñ" * 4097),
        replace(KINDS["three buttons"], text="a" * 1025),
        replace(KINDS["three buttons"], buttons=(*KINDS["three buttons"].buttons, KINDS["one button"].buttons[0])),
        replace(KINDS["longest list"], list_label="o" * 21),
        replace(KINDS["location"], text=""),
    ],
)
def test_one_step_over_a_limit_is_refused_so_that_the_others_mean_something(graph: Graph, laid: Any) -> None:
    with pytest.raises(DeliveryError, match="http_422"):
        WhatsApp(graph).send(parcel(laid))
