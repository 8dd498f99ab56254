"""A client that nobody of us wrote says the same to our stand-in as we do, and believes its webhooks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.channels.layout import Laid
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.send import WhatsApp
from bot.words import Button
from tests.channels.whatsapp import peers
from tests.channels.whatsapp.standin import NUMBER, TOKEN, Meta
from tests.channels.whatsapp.test_send import parcel

#: The same messages as in pywa_client.py.
SAME = (
    Laid("¿Qué necesita saber?"),
    Laid("¿Y ahora?", buttons=tuple(Button(f"Botón {n}", f"topic:{n}") for n in range(3))),
    Laid("¿Cuál?", rows=tuple(Button(f"Fila {n}", f"topic:{n}") for n in range(10)), list_label="Opciones"),
    Laid("¿Dónde está?", asks_location="Enviar mi ubicación"),
)


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return peers.python_with("pywa", "4.5.0")
    except peers.Absent as absent:
        pytest.skip(f"pywa: {absent}")


def without_nothing(value: Any) -> Any:
    """Without what stands for "not given"."""
    if isinstance(value, dict):
        return {name: without_nothing(one) for name, one in value.items() if one not in (None, "", False)}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("recipient", "address"), [("50761234567", "phone:50761234567"), ("US.1349", "bsuid:US.1349")])
def test_pywa_and_we_say_the_same(python: Path, meta: Meta, recipient: str, address: str) -> None:
    script = Path(__file__).with_name("pywa_client.py")
    done = subprocess.run(
        [python, script, f"{meta.url}/v23.0", NUMBER, TOKEN, recipient],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told == {"ids": [one.wamid for one in meta.taken], "read": True}
    theirs = [without_nothing(body) for _, _, body in meta.calls]
    meta.calls.clear()

    graph = Graph(meta.settings())
    channel = WhatsApp(graph)
    for laid in SAME:
        channel.send(parcel(laid, (address,)))
    channel.show_typing((address,), "wamid.A")
    graph.close()
    assert [without_nothing(body) for _, _, body in meta.calls] == theirs
