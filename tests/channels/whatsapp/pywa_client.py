"""Run by a Python of its own, with pywa in it: sends one message of every kind to the address that is given.

Arguments: address of the Graph API, id of the number, token, recipient. Prints one JSON line: what pywa made of it all.
"""

from __future__ import annotations

import json
import sys

import httpx
from pywa import WhatsApp
from pywa.types import Button, Section, SectionList, SectionRow


def main(base: str, number: str, token: str, recipient: str) -> None:
    session = httpx.Client(trust_env=False, timeout=20)
    client = WhatsApp(phone_id=number, token=token, session=session)
    session.base_url = base  # pywa knows Meta's address alone
    buttons = [Button(title=f"Botón {n}", callback_data=f"topic:{n}") for n in range(3)]
    rows = [SectionRow(title=f"Fila {n}", callback_data=f"topic:{n}") for n in range(10)]
    sections = SectionList(button_title="Opciones", sections=[Section(title="", rows=rows)])
    sent = [
        client.send_message(to=recipient, text="¿Qué necesita saber?", tracker="answer:7:0"),
        client.send_message(to=recipient, text="¿Y ahora?", buttons=buttons, tracker="answer:7:0"),
        client.send_message(to=recipient, text="¿Cuál?", buttons=sections, tracker="answer:7:0"),
        client.request_location(to=recipient, text="¿Dónde está?", tracker="answer:7:0"),
    ]
    read = client.indicate_typing(message_id="wamid.A")
    sys.stdout.write(json.dumps({"ids": [one.id for one in sent], "read": bool(read)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
