"""The project's topic model on public data, beside what others reach on the same rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.commands.evaluate import run
from bot.evaluation import public
from bot.evaluation.public import LINEAR, PUBLISHED, WHOLE, PublicDataError, Row
from bot.nlu.topic_model import Recipe
from bot.settings import ROOT

#: Lies beside the project, not in it: 60 intents of MASSIVE 1.1, up to 25 examples each in four languages.
FILE = ROOT.parent / "shared" / "data" / "massive_fewshot.jsonl"

#: Rows of each language that this test asks; all 2,974 take minutes.
ASKED = 600
#: Half the 95 % interval of a share of 0.75 of so many, in points: 1.96 * sqrt(0.75 * 0.25 / 600) * 100.
CHANCE = 3.5

WORDS = {"alarm_set": ("wake", "alarm"), "play_music": ("song", "music"), "weather_query": ("rain", "sun")}


def rows(split: str, language: str, each: int = 8) -> list[Row]:
    return [
        Row(f"{word} please number {n}", intent, language, split)
        for intent, words in WORDS.items()
        for n in range(each)
        for word in words[n % 2 : n % 2 + 1]
    ]


def encode(texts: Sequence[str]) -> np.ndarray:
    """One number per intent and one that all share, of length 1."""
    found = [[1.0, *(any(word in text for word in words) for words in WORDS.values())] for text in texts]
    vectors = np.array(found, dtype=np.float32).reshape(len(texts), 1 + len(WORDS))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return public.recipe_of(ROOT / "config.yml")


def test_the_recipe_is_that_of_the_configuration_with_its_defaults(tmp_path: Path, recipe: Recipe) -> None:
    config = tmp_path / "config.yml"
    config.write_text(
        f"pipeline:\n- name: other\n- name: {public._COMPONENT}\n  strength: 3.5\n  character_lengths: [1, 9]\n"
    )
    changed = public.recipe_of(config)
    assert (changed.strength, changed.character_lengths) == (3.5, (1, 9))
    assert isinstance(recipe.character_lengths, tuple)
    config.write_text("pipeline:\n- name: other\n")
    with pytest.raises(PublicDataError, match="TopicClassifier"):
        public.recipe_of(config)


def test_it_learns_the_taught_languages_and_is_asked_the_other_too(recipe: Recipe) -> None:
    every = [row for name in ("en", "pt") for split in ("train", "test") for row in rows(split, name)]
    every.append(Row("rain please", "alarm_set", "en", "test"))  # wrong on purpose
    recipe = replace(recipe, rarest=0.0, nearest_size=3)
    found = public.measure(every, {"own": recipe}, seed=1, taught=("en",), asked=("en", "pt"), encode=encode)["own"]
    assert found.learnt == 24
    assert (found.accuracy["en"].hits, found.accuracy["en"].total) == (24, 25)
    assert found.accuracy["pt"].value == 1
    span = found.intervals["en"]
    assert span is not None
    assert span.low < 24 / 25 < span.high


def test_nothing_to_learn_or_to_ask_is_told(recipe: Recipe) -> None:
    for every, words in ((rows("test", "en"), "nothing to learn"), (rows("train", "en"), "nothing to ask in en")):
        with pytest.raises(PublicDataError, match=words):
            public.measure(every, {"own": recipe}, seed=1, taught=("en",), asked=("en",), encode=encode)


def test_the_linear_part_alone_is_the_same_recipe_without_folds(recipe: Recipe) -> None:
    both = public.recipes(recipe)
    assert both == {WHOLE: recipe, LINEAR: replace(recipe, folds=0)}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"text": "a", "intent": "b", "lang": "en", "split": "train"}\n{', ":2: is no JSON"),
        (b'{"text": "a", "intent": "b", "lang": "en"}', ":1: needs intent, lang, split, text"),
        (b'{"text": 1, "intent": "b", "lang": "en", "split": "train"}', ":1: needs"),
        (b"[]", ":1: needs"),
        (b"\xff", ": cannot be read"),
    ],
)
def test_a_file_of_another_form_is_refused_by_name_and_line(
    tmp_path: Path, data: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    assert run(["--public", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"bot evaluate: {path}{told}" in shown.err


def test_the_command_reports_public_data_alone_without_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public.measure, "__kwdefaults__", {**public.measure.__kwdefaults__, "encode": encode})
    every = [row for name in (*public.TAUGHT, "pt") for split in ("train", "test") for row in rows(split, name, 12)]
    path, written = tmp_path / "rows.jsonl", tmp_path / "figures.json"
    keys = ("text", "intent", "lang", "split")
    lines = (json.dumps(dict(zip(keys, (one.text, one.intent, one.language, one.split), strict=True))) for one in every)
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run(["--public", str(path), "--json", str(written)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("# How well messages are understood\n\n## On public data\n")
    assert "trained on 108 rows" in told
    assert json.loads(written.read_text())["public"][WHOLE]["accuracy"]["pt"]["value"] == 1.0


def test_what_is_published_names_every_language_that_is_asked() -> None:
    assert all(known.keys() == {*public.TAUGHT, *public.UNTAUGHT} for known in PUBLISHED.values())


@pytest.fixture(scope="module")
def massive(recipe: Recipe) -> dict[str, public.Public]:
    if not FILE.is_file():
        pytest.skip(f"public data is not beside the project ({FILE.relative_to(ROOT.parent)})")
    every = public.read(FILE)
    train = [row for row in every if row.split == "train"]
    test = [
        row
        for language in (*public.TAUGHT, *public.UNTAUGHT)
        for row in [one for one in every if one.split == "test" and one.language == language][:ASKED]
    ]
    return public.measure([*train, *test], public.recipes(recipe), seed=1)


@pytest.mark.parametrize("language", public.TAUGHT)
@pytest.mark.timeout(600)
def test_the_model_is_no_worse_than_its_features_in_a_plain_model(
    massive: dict[str, public.Public], language: str
) -> None:
    value = massive[LINEAR].accuracy[language].value
    assert value is not None
    assert 100 * value > PUBLISHED["USE + TF-IDF"][language] - CHANCE


@pytest.mark.parametrize("language", (*public.TAUGHT, *public.UNTAUGHT))
@pytest.mark.timeout(600)
def test_the_whole_model_beats_letters_and_words_alone(massive: dict[str, public.Public], language: str) -> None:
    value = massive[WHOLE].accuracy[language].value
    assert value is not None
    assert 100 * value > PUBLISHED["TF-IDF"][language]
