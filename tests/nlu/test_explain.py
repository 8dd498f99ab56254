"""Why a message was understood as it was: what is said about it is what the classifier computed."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu import explain, neighbours, vectors
from bot.nlu.decision import Judge, Rules
from bot.nlu.explain import Explainer, Outcome
from bot.nlu.neighbours import Example, Neighbourhood
from bot.nlu.thresholds import Thresholds
from bot.nlu.topic_model import TopicModel
from bot.words import FALLBACK

DANGERS = ("snakebite", "domestic_violence")
NEVER = Thresholds(1.1)
RULES = Rules(
    safety_topics=DANGERS,
    small_talk=("greet",),
    danger=NEVER,
    margin=0.0,
    piece_floor=1.1,
    piece_whole=0.0,
    outside=NEVER,
    floor=0.3,
    share=0.0,
    first=0.3,
    also_floor=0.85,
    length=20,
)
LONG = "hola buenas. " + "quiero saber del pasaje de avión y de los papeles. " * 3 + "mi marido me pega y me amenaza."


@pytest.fixture(scope="session")
def neighbourhood(sample: Any, model: TopicModel) -> Neighbourhood:
    listed = zip(sample.examples.topics.tolist(), sample.languages, sample.examples.texts, strict=True)
    return Neighbourhood([Example(*one) for one in listed], model.point(sample.examples.vectors))


#: Danger comes first in every message.
ALWAYS: dict[str, Any] = {"margin": 1.0, "danger": Thresholds(0.0)}


def under(explainer: Explainer, **changed: Any) -> Explainer:
    return replace(explainer, judge=replace(explainer.judge, rules=replace(RULES, **changed)))


@pytest.fixture
def explainer(model: TopicModel, neighbourhood: Neighbourhood) -> Explainer:
    return Explainer(Judge(model, RULES), neighbourhood, vectors.encode)


@pytest.mark.parametrize("text", ["cuánto cuesta el boleto", "my hsuband hits me evry night", "zzz", "😀", LONG])
def test_what_the_parts_bring_adds_up_to_the_difference(model: TopicModel, text: str) -> None:
    found = model.probabilities([text], vectors.encode([text]), vectors.encode)[0]
    chances = dict(zip(model.topics, found.tolist(), strict=True))
    for topic in model.topics:
        parts = explain.parts(model, text, vectors.encode, topic)
        others = {other: chance for other, chance in chances.items() if other != topic}
        assert parts.against == max(others, key=lambda other: others[other])
        assert parts.difference == pytest.approx(math.log(chances[topic] / chances[parts.against]), abs=1e-3)
        assert sum(parts.shares.values()) == pytest.approx(parts.difference, abs=1e-6)
        assert tuple(parts.shares) == explain.PARTS


def test_the_ngrams_are_those_of_the_message_and_on_their_side(model: TopicModel) -> None:
    found = explain.parts(model, "la víbora me mordió", vectors.encode, "snakebite")
    spoken = " la vibora me mordio "
    assert 0 < len(found.speak_for) <= explain.NGRAMS
    assert all(one.ngram in spoken for one in (*found.speak_for, *found.speak_against))
    assert all(one.share > 0 for one in found.speak_for) and all(one.share < 0 for one in found.speak_against)
    shares = [one.share for one in found.speak_for]
    assert shares == sorted(shares, reverse=True)


def test_the_share_of_an_ngram_is_what_the_score_loses_without_it(model: TopicModel) -> None:
    found = explain.parts(model, "la víbora me mordió", vectors.encode, "snakebite")
    strongest = found.speak_for[0]
    names = [name for _, block in explain._blocks(model) for name in block]
    blocks = [block for block, listed in explain._blocks(model) for _ in listed]
    place = list(zip(blocks, names, strict=True)).index((strongest.block, strongest.ngram))
    weights = model.linear.ngrams.copy()
    weights[place] = 0
    without = replace(model, linear=replace(model.linear, ngrams=weights))
    columns = [model.topics.index(topic) for topic in (found.topic, found.against)]
    text = ["la víbora me mordió"]
    winner, rival = np.log(without.probabilities(text, vectors.encode(text), vectors.encode)[0][columns])
    assert found.difference - float(winner - rival) == pytest.approx(strongest.share, abs=1e-3)


@pytest.mark.parametrize("text", ["cuánto cuesta el boleto de avión", "my husbnad hits me"])
def test_the_similarity_is_the_one_that_the_classifier_sees(explainer: Explainer, text: str) -> None:
    near = explainer.explain(text, Outcome("return_cost", 0.9, "es")).nearest
    read = explainer.judge.model.spelling.repair(text)
    model = explainer.judge.model
    seen, _ = model.nearest.closeness(model.point(vectors.encode([read])))
    # The classifier keeps its examples in whole numbers (bot.nlu.nearest).
    assert near[0].similarity == pytest.approx(float(seen.max()), abs=5e-3)


def test_of_ngrams_within_each_other_only_one_is_shown(model: TopicModel) -> None:
    found = explain.parts(model, "la víbora me mordió", vectors.encode, "snakebite")
    shown = [one.ngram.strip() for one in found.speak_for]
    assert not [(one, other) for one in shown for other in shown if one is not other and one in other]


def test_nearest_to_an_example_is_itself(explainer: Explainer, neighbourhood: Neighbourhood) -> None:
    for example in neighbourhood.examples[::17]:
        near = explainer.explain(example.text, Outcome(example.topic, 0.9, "es")).nearest
        assert near[0].example.text == example.text
        assert near[0].similarity == pytest.approx(1, abs=1e-3) and near[0].similarity <= 1
        assert len(near) == explain.NEAREST
        assert [one.similarity for one in near] == sorted((one.similarity for one in near), reverse=True)


@pytest.mark.parametrize(
    ("text", "changed", "outcome", "rules"),
    [
        ("hola", {}, Outcome("greet", 0.99, "es"), ["likeliest"]),
        ("hola", ALWAYS, Outcome("snakebite", 0.9, "es"), ["safety margin"]),
        (LONG, {"piece_floor": 0.3}, Outcome("domestic_violence", 0.9, "es"), ["danger in one piece"]),
        ("hola", {}, Outcome(FALLBACK, 0.9, "es"), ["likeliest", "out of scope threshold"]),
        ("Tocumen", {}, Outcome("nearest_service", 1.0, "es", named=True), ["likeliest", "only a name"]),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else None,
)
def test_the_rule_that_decided_is_named(
    explainer: Explainer, text: str, changed: dict[str, Any], outcome: Outcome, rules: list[str]
) -> None:
    found = under(explainer, **changed).explain(text, outcome).rules
    assert list(found) == rules
    assert set(rules) <= set(explain.RULES)


def test_a_topic_below_the_floor_is_not_believed(explainer: Explainer) -> None:
    asked = under(explainer, floor=1.1).explain("hola", Outcome(FALLBACK, 0.9, "es"))
    assert asked.rules == ("likeliest", "fallback threshold")


def test_a_topic_that_only_the_pieces_make_the_likeliest_is_told(explainer: Explainer) -> None:
    text = "hola buenas tardes, gracias, buen día. " * 4 + "me mordió una víbora."
    assert explainer.explain(text, Outcome("greet", 0.9, "es")).rules == ("likeliest",)
    listening = under(explainer, share=0.9)
    assert listening.explain(text, Outcome("snakebite", 0.9, "es")).rules == ("likeliest in its pieces",)


def test_a_danger_that_one_piece_makes_sure_is_told_also_when_it_was_the_likeliest_before(
    explainer: Explainer,
) -> None:
    text = "mi marido me pega. " + "hola buenas, quiero saber del pasaje. " * 5
    wary = under(explainer, **ALWAYS, piece_floor=0.1)
    decided = wary.explain(text, Outcome("domestic_violence", 0.9, "es"))
    assert decided.rules == ("danger in one piece",)


def test_the_caution_is_that_of_the_language(explainer: Explainer) -> None:
    wary = under(explainer, margin=1.0, danger=Thresholds(1.1, {"fr": 0.0}))
    rules = [wary.explain("hola", Outcome("greet", 0.9, language)).rules for language in ("es", "fr")]
    assert rules == [("likeliest",), ("safety margin",)]


def test_a_place_beside_a_question_decides_nothing(explainer: Explainer) -> None:
    text = "cuánto cuesta el boleto desde Tocumen"
    model = explainer.judge.model
    chance = model.probabilities([text], vectors.encode([text]), vectors.encode)[0]
    decision = Outcome(model.topics[int(chance.argmax())], float(chance.max()), "es", named=True)
    assert explainer.explain(text, decision).rules == ("likeliest",)


def test_a_topic_that_no_example_teaches_is_explained_by_the_likeliest(explainer: Explainer) -> None:
    parts = explainer.explain("hola", Outcome(FALLBACK, 0.0, "es")).parts
    assert parts is not None and parts.topic == "greet" and parts.difference > 0


def test_repaired_slips_are_told_and_nothing_else(explainer: Explainer, model: TopicModel) -> None:
    slipped = explainer.explain("my husbnad hits me", Outcome("domestic_violence", 0.9, "es"))
    assert slipped.repaired == model.spelling.repair("my husbnad hits me") != "my husbnad hits me"
    assert slipped.as_json()["repaired"] == slipped.repaired
    assert (
        explainer.explain("my husband hits me", Outcome("domestic_violence", 0.9, "es")).as_json()["repaired"] is None
    )


def test_every_piece_of_a_long_message_has_its_own_topic(explainer: Explainer) -> None:
    pieces = explainer.explain(LONG, Outcome("greet", 0.5, "es")).pieces
    assert pieces[0].text == "hola buenas." and pieces[0].topic == "greet"
    assert pieces[-1].topic == "domestic_violence" and 0.3 < pieces[-1].confidence <= 1
    assert explainer.explain("hola buenas", Outcome("greet", 0.9, "es")).pieces == ()


@pytest.mark.parametrize("text", ["", "\x00", "hola\nmundo\u2028", LONG])
def test_it_is_json(explainer: Explainer, text: str) -> None:
    told = explainer.explain(text, Outcome("greet", 0.5, "es")).as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(told) == {"nearest", "parts", "repaired", "pieces", "rules"}


# ---- What is kept beside the model ------------------------------------------------------------------------------------

SOME = (Example("greet", "es", "hola"), Example("goodbye", "es", "adiós"))


class Counting:
    """An encoder that counts how many texts it was given."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts: Any) -> Any:
        self.asked += len(texts)
        return np.eye(len(texts), 4, dtype=np.float32)


def model_in(folder: Path, name: str = "faro-0123") -> Path:
    file = folder / f"{name}.tar.gz"
    file.touch()
    return file


def test_the_examples_are_encoded_once_for_each_model(tmp_path: Path) -> None:
    encode = Counting()
    model = model_in(tmp_path)
    first, second = (neighbours.of_model(model, SOME, encode) for _ in range(2))
    assert encode.asked == len(SOME)
    assert np.array_equal(first.points, second.points) and first.points.dtype == np.float32
    assert {path.name for path in tmp_path.iterdir()} == {model.name, "faro-0123.examples.npz"}


def test_other_examples_are_encoded_again(tmp_path: Path) -> None:
    encode = Counting()
    neighbours.of_model(model_in(tmp_path), SOME, encode)
    swapped = neighbours.of_model(model_in(tmp_path), SOME[::-1], encode)
    assert encode.asked == 2 * len(SOME) and swapped.examples == SOME[::-1]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 cut off"])
def test_a_kept_file_that_is_damaged_is_made_anew(tmp_path: Path, content: bytes) -> None:
    model = model_in(tmp_path)
    neighbours.kept_beside(model).write_bytes(content)
    neighbours.of_model(model, SOME, Counting())
    encode = Counting()
    neighbours.of_model(model, SOME, encode)
    assert encode.asked == 0


def test_a_kept_file_with_objects_in_it_is_not_opened(tmp_path: Path) -> None:
    model = model_in(tmp_path)
    objects = np.array([{}], dtype=object)
    np.savez(neighbours.kept_beside(model), digest=objects, points=objects)
    encode = Counting()
    neighbours.of_model(model, SOME, encode)
    assert encode.asked == len(SOME)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    assert neighbours.of_model(tmp_path / "missing" / "faro-1.tar.gz", SOME, Counting()).examples == SOME
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_for_a_model_that_is_gone_is_removed(tmp_path: Path) -> None:
    old = model_in(tmp_path, "faro-old")
    neighbours.of_model(old, SOME, Counting())
    old.unlink()
    neighbours.of_model(model_in(tmp_path), SOME, Counting())
    assert not neighbours.kept_beside(old).exists()


def test_the_examples_are_read_with_topic_and_language(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    block = "nlu:\n- intent: greet\n  metadata: {language: xx}\n  examples: |\n    - hola\n\n    - -5 grados\n"
    (tmp_path / "xx" / "conversation.yml").write_text(block, encoding="utf-8")
    assert list(neighbours.read(tmp_path)) == [Example("greet", "xx", "hola"), Example("greet", "xx", "-5 grados")]
