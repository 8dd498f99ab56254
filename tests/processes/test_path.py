"""The whole path through the real processes: page, inbox, turn, Rasa, actions, outbox, page."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from tests.processes.running import Faro, Person, eventually

pytestmark = pytest.mark.processes

Someone = Callable[..., Person]


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        ("es", "cuanto me cuesta el pasaje si vuelvo a mi país con ustedes", "gratis"),
        ("en", "how much do I have to pay to go back home with the IOM programme", "free"),
        ("fr", "combien je dois payer pour rentrer dans mon pays avec l'OIM", "gratuit"),
    ],
)
def test_a_question_gets_a_true_answer_in_its_language(
    someone: Someone, language: str, question: str, expected: str
) -> None:
    person = someone()
    answer = person.ask(question)
    assert expected in answer["text"].lower()
    assert "305-3350" in answer["text"], "IOM's telephone comes from contacts.yml"
    assert person.poll(0)["language"] == language
    assert answer["buttons"]


def test_a_person_in_danger_reads_the_number_first(someone: Someone) -> None:
    answer = someone("en").ask("please help my friend is not breathing and bleeding a lot")
    assert "911" in answer["text"].splitlines()[0]


def test_the_first_answer_is_followed_by_what_faro_is(someone: Someone) -> None:
    person = someone()
    person.ask("¿dónde hay un hospital?")
    assert len(person.heard) == 2
    person.ask("¿y cuánto cuesta el hospital?")
    assert len(person.heard) == 3


def test_a_button_is_followed(someone: Someone) -> None:
    person = someone()
    button = person.ask("quiero regresar a Venezuela, ¿cómo hago?")["buttons"][0]
    following = person.ask(choice=button["id"])
    assert following["text"]
    assert following["text"] != person.heard[0]["text"]


def test_a_button_of_somebody_else_does_nothing(someone: Someone) -> None:
    somebody, mallory = someone(), someone("en")
    button = somebody.ask("quiero regresar a Venezuela, ¿cómo hago?")["buttons"][0]
    mallory.ask("hello")
    answer = mallory.ask(choice=button["id"])
    assert answer["text"] != somebody.ask(choice=button["id"])["text"]
    assert mallory.ask(choice="erase:yes")["text"] == answer["text"], "the same word about a button that is not known"


#: Messages that say next to nothing. Which of them is not understood depends on the model; that some are does not.
VAGUE = [
    "asdkjh qwe zzz",
    "lo del papel aquel del señor",
    "por lo otro que te dije",
    "la azul con la grande",
    "qwerty uiop dfgh",
    "mrrp zzk plo",
    "tres y dos del martes",
    "eso que me dijo el vecino",
    "ayer en la cosa esa",
    "no sé si lo verde o lo otro",
    "aquello de arriba con lo de abajo",
    "el asunto ese del que hablaba la otra",
]


def not_understood(person: Person, messages: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The first answer that offers guesses, and the messages that are left to try."""
    for number, text in enumerate(messages):
        answer = person.ask(text)
        if "none_of_these" in [button["id"] for button in answer["buttons"]]:
            return answer, messages[number + 1 :]
    raise AssertionError("every vague message was taken for certain")


def test_not_understood_offers_three_guesses_then_the_menu_and_a_person(someone: Someone) -> None:
    person = someone()
    person.ask("hola")
    first, _ = not_understood(person, VAGUE)
    assert len([button for button in first["buttons"] if button["id"].startswith("topic:")]) == 3
    vague = next(m["text"] for m in reversed(person.said) if m["text"])
    second = person.ask(vague)
    assert {"topic:show_menu", "topic:ask_human"} <= {button["id"] for button in second["buttons"]}


def test_none_of_these_is_an_answer_too(someone: Someone) -> None:
    person = someone()
    person.ask("hola")
    not_understood(person, VAGUE)
    assert person.ask(choice="none_of_these")["text"]


def test_the_language_changes_when_asked_and_stays(someone: Someone) -> None:
    person = someone()
    person.ask("hola, buenas")
    person.ask("speak English please")
    assert person.poll(0)["language"] == "en"
    assert person.poll(0)["language"] == "en"
    person.ask("ok")
    assert person.poll(0)["language"] == "en"


def test_deleting_by_words_leaves_nothing(someone: Someone, faro: Faro) -> None:
    person = someone("en")
    secret = "my name is Zebulon Quicksand"
    person.ask(f"hello, {secret}")
    person.ask("please delete all my data")
    receipt = person.ask(choice="erase:yes")
    assert receipt["text"]
    with sqlite3.connect(faro.folder / "var" / "faro.sqlite3") as database:
        kept = "".join(database.iterdump())
    database.close()
    assert "Zebulon" not in kept
    assert "Zebulon" not in faro.output
    assert "Zebulon" not in person.client.get("/").text


RUBBISH = [
    "",
    "🙂🙂🙂",
    "x" * 20_000,
    "palabra " * 2_500,
    "مرحبا أريد العودة إلى بلدي",
    "我想回家",
    "\x00\x01\x02\x1b[31m",
    "' OR 1=1; --",
    "{{7*7}} ${7*7} <script>alert(1)</script>",
    "/restart",
    "/session_start",
    '/return_cost{"x":"y"}',
    "///nlu_fallback",
    "\u202eRTL\u202c",
    "a\u0300" * 500,
    "null",
    "%s%s%n {0} {text}",
]


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda text: repr(text[:12]))
def test_rubbish_gets_an_honest_sentence_or_a_status(someone: Someone, faro: Faro, rubbish: str) -> None:
    person = someone("en")
    response = person.post(rubbish)
    assert response.status_code in (202, 400)
    if response.status_code == 202:
        eventually(lambda: (person.poll(), person.heard)[1] or None, seconds=15, what="an answer to rubbish")
        assert person.heard[0]["text"].strip()
        assert "Traceback" not in person.heard[0]["text"]
    else:
        assert response.json()["error"]


def test_an_intent_cannot_be_typed(someone: Someone, faro: Faro) -> None:
    person = someone("en")
    for typed in ("/confirm_erasure", "/set_language", "/none_of_these", "/action_erase", "\\/confirm_erasure"):
        person.ask(f"hello {len(person.heard)}")
        person.ask(typed)
    page = person.client.get("/").text
    assert "/confirm_erasure" in page, "what was typed is still there: nothing was erased"


def test_no_text_of_anybody_is_in_the_log(someone: Someone, faro: Faro) -> None:
    person = someone()
    person.ask("mi pasaporte es XK998877 y mi numero es 6677-8899, me llamo Eustaquia")
    person.ask("asdf qwertz uiop Eustaquia")
    for private in ("XK998877", "6677-8899", "Eustaquia"):
        assert private not in faro.output


def test_repeated_sending_is_answered_once(someone: Someone) -> None:
    person = someone()
    number = "0b3f0d0e-7c0c-4d5c-9a53-6a5d7f1a4e11"
    statuses = [person.post("¿dónde hay un hospital?", number=number).status_code for _ in range(5)]
    assert set(statuses) == {202}
    eventually(lambda: (person.poll(), person.heard)[1] or None, seconds=15, what="an answer")
    time.sleep(1)
    person.poll()
    assert len(person.heard) == 2, "the answer and the first-contact notice"


def test_many_people_at_once_are_all_answered(someone: Someone) -> None:
    people = [someone() for _ in range(20)]
    for person in people:
        assert person.post("¿dónde hay un hospital?").status_code == 202
    for person in people:
        eventually(lambda p=person: (p.poll(), p.heard)[1] or None, seconds=30, what="an answer for everybody")


def test_edited_content_is_live_within_seconds_and_a_broken_edit_is_not(someone: Someone, faro: Faro) -> None:
    path = faro.content / "answers" / "health" / "health_cost.yml"
    good = path.read_text(encoding="utf-8")
    person = someone()

    def answer() -> str:
        return str(person.ask("¿cuánto cuesta una consulta en el hospital?")["text"])

    assert "PRUEBA-EN-VIVO" not in answer()
    try:
        path.write_text(re.sub(r"(  es: \|-\n    )", r"\1PRUEBA-EN-VIVO ", good, count=1), encoding="utf-8")
        eventually(lambda: "PRUEBA-EN-VIVO" in answer() or None, seconds=10, what="the edited answer")
        path.write_text("topic: [broken", encoding="utf-8")
        time.sleep(1.5)
        assert "PRUEBA-EN-VIVO" in answer(), "the last good copy"
        ready = httpx.get(f"{faro.url}/readyz", trust_env=False)
        assert ready.status_code == 503
        assert ready.json()["content"] is False
    finally:
        path.write_text(good, encoding="utf-8")
    eventually(
        lambda: httpx.get(f"{faro.url}/readyz", trust_env=False).status_code == 200 or None,
        seconds=10,
        what="well again",
    )


def test_rasa_listens_on_loopback_only_without_api_and_demands_the_secret(faro: Faro) -> None:
    rasa = f"http://127.0.0.1:{faro.rasa_port}"
    for path in ("/conversations/x/tracker", "/model/parse", "/status", "/domain"):
        assert httpx.get(rasa + path, trust_env=False).status_code in (404, 405), path
    assert httpx.post(f"{rasa}/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}).status_code == 404
    assert httpx.post(f"{rasa}/webhooks/faro/turn", json={}).status_code == 401
    wrong = {"Authorization": "Bearer " + "0" * 64}
    assert httpx.post(f"{rasa}/webhooks/faro/turn", json={}, headers=wrong).status_code == 401
    response = httpx.get(f"{rasa}/webhooks/faro/ready", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers
    if shutil.which("ss") is None:
        pytest.skip("no `ss` on this machine: the listening addresses were not looked at")
    listening = subprocess.run(["ss", "-Htln"], capture_output=True, text=True, check=True).stdout
    for port in (faro.rasa_port, faro.actions_port, faro.web_port):
        addresses = re.findall(rf"(\S+):{port}\s", listening)
        assert addresses == ["127.0.0.1"], f"{port}: {addresses}"


def test_health_and_readiness(faro: Faro) -> None:
    assert httpx.get(f"{faro.url}/healthz", trust_env=False).json() == {"alive": True}
    eventually(
        lambda: httpx.get(f"{faro.url}/readyz", trust_env=False).status_code == 200 or None, seconds=10, what="ready"
    )


def test_the_three_addresses_are_printed_and_answer(faro: Faro) -> None:
    for name, path in (("chat", "/"), ("guide", "/guide/"), ("console", "/console/")):
        assert re.search(rf"{name}\s+http://\S+{path}", faro.output)
        assert httpx.get(faro.url + path, follow_redirects=True, trust_env=False).status_code == 200, path


def test_the_project_is_where_it_was() -> None:
    """Nothing of a run is left in the folder: data goes to DATA_DIR, models to models/."""
    status = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "keys.json" not in status.stdout
    assert "sqlite" not in status.stdout
