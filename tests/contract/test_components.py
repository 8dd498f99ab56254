"""What every component of bot/nlu promises to Rasa, asked of each in the same words."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import FaroError
from bot.nlu import room
from bot.nlu.creole_reader import CreoleReader
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.language import LanguageDetector
from bot.nlu.names import NameFinder
from bot.nlu.places import PlaceFinder
from bot.nlu.reply_reader import CorrectionReader, ReplyReader
from bot.nlu.tokens import SpacyTokenizer
from bot.nlu.topics import Learnt, TopicClassifier

PIPELINE = [
    LanguageDetector,
    CreoleReader,
    CorrectionReader,
    SpacyTokenizer,
    SentenceEncoder,
    TopicClassifier,
    PlaceFinder,
    ReplyReader,
    NameFinder,
]
TRAINABLE = [LanguageDetector, TopicClassifier]

EXAMPLES = {
    ("es", "greet"): ["hola", "buenos días", "hola qué tal", "buenas"],
    ("en", "greet"): ["hello", "good morning", "hi there", "hey"],
    ("fr", "greet"): ["bonjour", "salut", "bonsoir madame", "coucou"],
    ("es", "return_cost"): ["cuánto cuesta el pasaje", "quién paga el vuelo", "es gratis volver", "cobran algo por ir"],
    ("en", "return_cost"): ["how much is the ticket", "who pays the flight", "is going home free", "do they charge"],
    ("fr", "return_cost"): ["combien coûte le billet", "qui paie le vol", "est-ce gratuit", "faut-il payer"],
    ("es", "snakebite"): [
        "me picó una culebra",
        "mordida de serpiente",
        "un alacrán lo picó",
        "hay suero para culebra",
    ],
    ("en", "snakebite"): ["a snake bit me", "snake bite on the leg", "scorpion stung my son", "is there antivenom"],
    ("fr", "snakebite"): ["un serpent m'a mordu", "morsure de serpent", "piqué par un scorpion", "où est l'antivenin"],
}

MESSAGES = [
    "hola",
    "who pays my flight home?",
    "un serpent a mordu mon fils",
    "cuanto cuesta",
    "a snkae bit me",
    "por Tocumen",
    "kote lopital la",
    "no, I meant the hospital",
    "y para mi hijo?",
    "the second one",
    "soy de Cuba",
]

HOSTILE = [
    "",
    " \n\t ",
    "😀",
    "👩\u200d👩\u200d👧 🇵🇦",
    "a" * 5_000,
    "hola culebra. " * 400,
    "\x00\x01\x1b[31m\x7f",
    "NUL \x00 in the middle",
    "\ud800 half a pair",
    "كيف أعود إلى بلدي",
    "мне нужна помощь",
    "我想回家",
    "घर कैसे जाऊं",
    "e\u0301" * 300,
    "?!.,;:" * 50,
    "0123456789",
    "/greet",
    "' OR 1=1 --",
]


def config_of(component: type[GraphComponent], **changes: Any) -> dict[str, Any]:
    return {**component.get_default_config(), **changes}


def context(component: type[GraphComponent]) -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name=component.__name__)


def training_data() -> TrainingData:
    return TrainingData(
        [
            Message.build(text, topic, intent_metadata={"language": language})
            for (language, topic), texts in EXAMPLES.items()
            for text in texts
        ]
    )


def asked(texts: list[str]) -> list[Message]:
    """Messages as Rasa hands them in: text, id and the channel's metadata."""
    return [Message(data={"text": text, "message_id": "m", "metadata": {}}) for text in texts]


def output_of(messages: list[Message]) -> list[tuple[dict[str, Any], list[list[float]]]]:
    """Everything that a component leaves on a message."""
    return [
        (
            {key: [vars(token) for token in value] if key == "text_tokens" else value for key, value in m.data.items()},
            [np.asarray(feature.features).ravel().tolist() for feature in m.features],
        )
        for m in messages
    ]


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def trained(storage: LocalModelStorage) -> dict[type, GraphComponent]:
    """The components after training, in the order of config.yml."""
    data = training_data()
    made: dict[type, GraphComponent] = {}
    for component in PIPELINE:
        instance = component.create(config_of(component), storage, Resource(component.__name__), context(component))
        if component in TRAINABLE:
            instance.train(data)
        if component not in (TopicClassifier, PlaceFinder, ReplyReader, NameFinder):
            instance.process_training_data(data)
        made[component] = instance
    return made


@pytest.fixture(params=PIPELINE, ids=lambda component: component.__name__)
def component(request: pytest.FixtureRequest) -> type[GraphComponent]:
    return request.param


@pytest.fixture
def before(
    component: type[GraphComponent], trained: dict[type, GraphComponent]
) -> Callable[[list[str]], list[Message]]:
    """Messages as they arrive at the component: whatever stands before it has seen them."""

    def run(texts: list[str]) -> list[Message]:
        messages = asked(texts)
        for earlier in PIPELINE[: PIPELINE.index(component)]:
            messages = trained[earlier].process(messages)
        return messages

    return run


def reloaded(component: type[GraphComponent], storage: LocalModelStorage) -> GraphComponent:
    return component.load(config_of(component), storage, Resource(component.__name__), context(component))


def test_it_is_registered_under_the_name_that_config_yml_uses(component: type[GraphComponent]) -> None:
    pipeline = yaml.safe_load((room.ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    assert f"{component.__module__}.{component.__name__}" in [step["name"] for step in pipeline]
    registered = DefaultV1Recipe._from_registry(component.__name__)
    assert registered.clazz is component
    assert registered.is_trainable == (component in TRAINABLE)


def test_config_yml_sets_only_keys_that_the_component_has(component: type[GraphComponent]) -> None:
    pipeline = yaml.safe_load((room.ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    step = next(step for step in pipeline if step["name"].endswith("." + component.__name__))
    assert set(step) - {"name"} <= set(component.get_default_config())


def test_every_config_key_is_documented_or_one_of_rasas(component: type[GraphComponent]) -> None:
    documentation = component.get_default_config.__doc__ or ""
    inherited = next((base.get_default_config() for base in component.__mro__[1:] if defines_config(base)), {})
    own = set(component.get_default_config()) - set(inherited or {})
    if component is SpacyTokenizer:  # all four are read by Rasa's Tokenizer, which documents none of them by name
        assert "Rasa's own Tokenizer" in documentation
    else:
        assert {key for key in own if f"`{key}`" not in documentation} == set()


def defines_config(base: type) -> bool:
    return "get_default_config" in vars(base)


def test_it_binds_itself_to_no_language_and_no_distribution(component: type[GraphComponent]) -> None:
    assert component.required_packages() == []
    assert component.supported_languages() is None
    assert component.not_supported_languages() is None


def test_a_loaded_component_gives_exactly_what_the_trained_one_gave(
    component: type[GraphComponent],
    trained: dict[type, GraphComponent],
    storage: LocalModelStorage,
    before: Callable[[list[str]], list[Message]],
) -> None:
    first = trained[component].process(before(MESSAGES))
    second = reloaded(component, storage).process(before(MESSAGES))
    assert output_of(first) == output_of(second)
    assert output_of(first) != output_of(before(MESSAGES)), "the component does nothing"


def test_processing_the_same_messages_again_changes_nothing(
    component: type[GraphComponent],
    trained: dict[type, GraphComponent],
    before: Callable[[list[str]], list[Message]],
) -> None:
    messages = trained[component].process(before(MESSAGES))
    once = output_of(messages)
    assert output_of(trained[component].process(messages)) == once


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_it_survives_whatever_a_phone_can_send(
    component: type[GraphComponent],
    trained: dict[type, GraphComponent],
    before: Callable[[list[str]], list[Message]],
    text: str,
) -> None:
    (message,) = trained[component].process(before([text]))
    assert message.get("text") == text
    json.dumps(message.as_dict(only_output_properties=True))  # Rasa stores it


def test_it_survives_a_message_without_a_text_or_metadata(
    component: type[GraphComponent], trained: dict[type, GraphComponent]
) -> None:
    messages = [Message(data={"intent": "greet"}), Message(data={"text": None, "metadata": None})]
    for earlier in PIPELINE[: PIPELINE.index(component) + 1]:
        messages = trained[earlier].process(messages)
    assert len(messages) == 2


@pytest.mark.usefixtures("trained")
def test_the_model_directory_holds_json_and_plain_arrays_only(storage: LocalModelStorage) -> None:
    stored = []
    for component in TRAINABLE:
        with storage.read_from(Resource(component.__name__)) as directory:
            files = [path for path in directory.rglob("*") if path.is_file()]
            assert files, f"{component.__name__} stored nothing"
            stored += files
            for path in files:
                if path.suffix == ".npz":
                    with np.load(path, allow_pickle=False) as arrays:
                        assert all(arrays[name].dtype != object for name in arrays.files)
                else:
                    json.loads(path.read_text(encoding="utf-8"))
    assert {path.suffix for path in stored} == {".json", ".npz"}


def test_no_file_of_the_room_can_read_or_write_a_pickle() -> None:
    for path in room.ROOM.glob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"import (pickle|joblib|dill|shelve|skops)|from (pickle|joblib)|allow_pickle=True", code)


@pytest.fixture
def copied_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "nlu"
    shutil.copytree(room.ROOM, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(room, "ROOM", copy)
    return copy


@pytest.mark.parametrize("changed", ["text.py", "linear.py", "data/one_word.yml"])
def test_its_fingerprint_changes_with_a_helper_or_data_file(
    component: type[GraphComponent], copied_room: Path, changed: str
) -> None:
    before = component.fingerprint_addon(config_of(component))
    assert component.fingerprint_addon(config_of(component)) == before
    with (copied_room / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert component.fingerprint_addon(config_of(component)) != before


def test_its_fingerprint_changes_with_the_version_of_a_library(
    component: type[GraphComponent], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = component.fingerprint_addon(config_of(component))
    monkeypatch.setattr(room.metadata, "version", lambda _name: "9999")
    assert component.fingerprint_addon(config_of(component)) != before


def test_the_classifiers_fingerprint_changes_with_the_register_of_topics(tmp_path: Path) -> None:
    register = tmp_path / "topics.yml"
    shutil.copy(room.ROOT / "data" / "topics.yml", register)
    config = config_of(TopicClassifier, topics_file=str(register))
    before = TopicClassifier.fingerprint_addon(config)
    register.write_text(register.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert TopicClassifier.fingerprint_addon(config) != before


@pytest.mark.parametrize("kind", TRAINABLE)
def test_a_component_that_was_never_stored_does_not_load_as_an_untrained_one(
    kind: type[GraphComponent], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        reloaded(kind, LocalModelStorage.create(tmp_path))


def understood(trained: dict[type, GraphComponent], text: str) -> Message:
    messages = asked([text])
    for component in PIPELINE:
        messages = trained[component].process(messages)
    return messages[0]


def test_intent_ranking_and_safety_agree(trained: dict[type, GraphComponent]) -> None:
    for text in MESSAGES:
        message = understood(trained, text)
        ranking = message.get("intent_ranking")
        assert message.get("intent") == ranking[0]
        assert [place["confidence"] for place in ranking] == sorted((p["confidence"] for p in ranking), reverse=True)
        assert message.get("safety") == (ranking[0]["name"] == "snakebite")
        assert {"language", "language_detected", "intent", "intent_ranking", "safety"} <= message.output_properties


def test_a_message_without_a_text_is_not_understood(trained: dict[type, GraphComponent]) -> None:
    message = understood(trained, " \x00 ")
    assert message.get("intent") == {"name": "nlu_fallback", "confidence": 0.0}
    assert message.get("intent_ranking") == []
    assert message.get("safety") is False


def test_what_fits_no_topic_is_not_understood_but_keeps_its_ranking(trained: dict[type, GraphComponent]) -> None:
    strict = config_of(TopicClassifier, not_understood_below=1.01)
    judge = trained[TopicClassifier].judge()
    rules = judge.rules
    learnt = Learnt(judge.model, rules.safety_topics, rules.small_talk, rules.danger, rules.outside)
    classifier = TopicClassifier(strict, LocalModelStorage(Path()), Resource("topics"), learnt=learnt)
    (message,) = classifier.process(trained[SentenceEncoder].process(asked(["who pays my flight home?"])))
    assert [place["name"] for place in message.get("intent_ranking")[:2]] == ["nlu_fallback", "return_cost"]
    assert message.get("intent") == message.get("intent_ranking")[0]
    (message,) = classifier.process(trained[SentenceEncoder].process(asked(["a snake bit my son"])))
    assert message.get("intent")["name"] == "snakebite", "danger is never sent away"


def test_a_bite_in_the_middle_of_a_story_is_heard(trained: dict[type, GraphComponent]) -> None:
    money = (
        "quisiera saber cuánto cuesta el pasaje y quién paga el vuelo, si es gratis volver o si cobran algo por ir. "
    )
    story = money + "A mi hijo lo picó una culebra. " + money
    assert understood(trained, story).get("intent")["name"] == "snakebite"
    assert understood(trained, money + money).get("intent")["name"] == "return_cost"


def test_training_without_examples_says_what_is_missing(tmp_path: Path) -> None:
    storage = LocalModelStorage.create(tmp_path)
    classifier = TopicClassifier.create(
        config_of(TopicClassifier), storage, Resource("topics"), context(TopicClassifier)
    )
    with pytest.raises(FaroError, match="0 examples in data/nlu"):
        classifier.train(TrainingData([]))


def test_a_classifier_before_the_encoder_says_so(trained: dict[type, GraphComponent]) -> None:
    with pytest.raises(FaroError, match="SentenceEncoder before it"):
        trained[TopicClassifier].process(asked(["hola"]))


@pytest.mark.parametrize(
    ("text", "understood", "topic"),
    [
        ("is there any hospital in Chepo", "nlu_fallback", "nearest_service"),
        ("is there any hospital in Chepo", "out_of_scope", "nearest_service"),
        ("is there any hospital in Chepo", "health_cost", "health_cost"),
        ("who won the match in Chepo", "out_of_scope", "out_of_scope"),
        ("is there any hospital", "nlu_fallback", "nlu_fallback"),
    ],
)
def test_a_service_at_a_place_is_understood_although_nothing_else_is(
    trained: dict[type, GraphComponent], text: str, understood: str, topic: str
) -> None:
    ranking = [{"name": understood, "confidence": 0.4}]
    told = {"text": text, "intent": dict(ranking[0]), "intent_ranking": ranking, "safety": False}
    message = trained[PlaceFinder].process([Message(data=told)])[0]
    assert message.get("intent")["name"] == topic
