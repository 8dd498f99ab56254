"""The language component inside Rasa: what it takes from metadata, and what training teaches it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.detector import Detection
from bot.nlu.language import LanguageDetector

# Rasa validates its files with pykwalify, which loads its extensions in a way that Python will remove.
pytestmark = pytest.mark.filterwarnings("ignore:the load_module:DeprecationWarning")

DATA = """
version: "3.1"
nlu:
- intent: greet
  metadata: {{language: {first}}}
  examples: |
    - hola amigo
    - necesito mi pasaporte
    - el pasaporte
- intent: greet
  metadata: {{language: {second}}}
  examples: |
    - hello my friend
    - ok
"""


def made(directory: Path, first: str = "es", second: str = "en") -> tuple[LanguageDetector, list[Message]]:
    data = RasaYAMLReader().reads(DATA.format(first=first, second=second))
    detector = LanguageDetector.create(
        LanguageDetector.get_default_config(),
        LocalModelStorage.create(directory),
        Resource("language"),
        ExecutionContext(GraphSchema({}), node_name="language"),
    )
    detector.train(data)
    return detector, detector.process_training_data(data).training_examples


def test_enough_examples_teach_how_a_language_is_written(tmp_path: Path) -> None:
    config = {**LanguageDetector.get_default_config(), "fewest": 5}
    resource, storage = Resource("language"), LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}), node_name="language")
    detector = LanguageDetector.create(config, storage, resource, context)
    detector.train(RasaYAMLReader().reads(DATA.format(first="es", second="xx").replace("hello my", "zq zq zq")))
    loaded = LanguageDetector.load(config, storage, resource, context)
    # eldc has never heard of it.
    assert detector.detect("zq " * 70) == loaded.detect("zq " * 70)
    assert loaded._letters is not None
    assert loaded.detect("123 😀") == Detection("")


def said(detector: LanguageDetector, text: str, **metadata: Any) -> tuple[str, str]:
    (message,) = detector.process([Message(data={"text": text, "metadata": metadata})])
    return message.get("language"), message.get("language_detected")


def test_an_example_has_the_language_of_its_file_whatever_it_looks_like(tmp_path: Path) -> None:
    _, examples = made(tmp_path)
    assert {example.get("text"): example.get("language") for example in examples}["ok"] == "en"


def test_the_languages_are_those_of_the_training_data(tmp_path: Path) -> None:
    detector, _ = made(tmp_path)
    assert said(detector, "je veux rentrer chez moi avec mes enfants")[0] in {"es", "en"}


def test_an_invented_language_can_be_trained_and_chosen(tmp_path: Path) -> None:
    detector, examples = made(tmp_path, second="xx")
    assert {example.get("language") for example in examples} == {"es", "xx"}
    assert said(detector, "bla blub", language="xx", language_chosen=True)[0] == "xx"


@pytest.mark.parametrize(
    ("text", "metadata", "expected"),
    [
        ("help", {}, ("en", "en")),
        ("help", {"language": "es"}, ("es", "en")),
        ("thank you", {"language": "es"}, ("en", "en")),
        ("i want to go home now", {"language": "es"}, ("en", "en")),
        ("i want home", {"language": "es", "language_chosen": True}, ("es", "en")),
        ("i want to go home now please", {"language": "es", "language_chosen": True}, ("en", "en")),
        ("pasaporte", {}, ("es", "es")),
        ("hello", {"language": "de", "language_chosen": True}, ("en", "en")),  # a language that Faro does not speak
        ("👍", {"language": "en"}, ("en", "")),
        ("", {}, ("es", "")),
    ],
)
def test_the_conversation_keeps_its_language_until_the_person_changes_it(
    tmp_path: Path, text: str, metadata: dict[str, Any], expected: tuple[str, str]
) -> None:
    detector, _ = made(tmp_path)
    assert said(detector, text, **metadata) == expected
