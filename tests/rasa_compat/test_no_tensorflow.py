"""TensorFlow is absent, and whoever uses it hears so."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bot.rasa_compat import model_names, no_tensorflow
from bot.rasa_compat.absent import Name
from bot.rasa_compat.no_tensorflow import ABSENT, TensorFlowIsAbsent
from tests.rasa_compat.conftest import Run


def test_the_placeholder_stands_and_is_sealed() -> None:
    assert no_tensorflow.installed()
    assert no_tensorflow.sealed()


def test_installing_twice_changes_nothing() -> None:
    finders = list(sys.meta_path)
    no_tensorflow.install()
    assert sys.meta_path == finders


@pytest.mark.parametrize(
    "use",
    [
        lambda tf: tf.constant(1),
        lambda tf: tf.nn.relu,
        lambda tf: tf.keras.Model(),
        lambda tf: tf.function(lambda: None),
    ],
)
def test_any_use_of_tensorflow_raises_and_names_the_decision(use: Any) -> None:
    with pytest.raises(TensorFlowIsAbsent, match=r"docs/adr/0001"):
        use(importlib.import_module("tensorflow"))


@pytest.mark.parametrize("name", [*ABSENT, "tensorflow.keras.layers"])
def test_every_absent_module_is_the_sealed_placeholder(name: str) -> None:
    with pytest.raises(TensorFlowIsAbsent, match=name.partition(".")[0]):
        _ = importlib.import_module(name).anything


def test_a_name_kept_from_the_time_before_the_seal_is_refused_too() -> None:
    from rasa.utils.tensorflow import layers

    with pytest.raises(TensorFlowIsAbsent):
        layers.tf.constant(1)
    kept = Name(no_tensorflow._absence, "tensorflow.kept")
    for use in (lambda: kept(1), lambda: kept.more):
        with pytest.raises(TensorFlowIsAbsent):
            use()


def test_a_class_over_a_tensorflow_base_cannot_be_made() -> None:
    from rasa.utils.tensorflow.layers import DenseForSparse, RandomlyConnectedDense

    for layer in (RandomlyConnectedDense, DenseForSparse):
        with pytest.raises(TensorFlowIsAbsent):
            layer(units=1)


def test_nothing_is_a_tensor() -> None:
    name = Name(no_tensorflow._absence, "tensorflow.Tensor")
    assert not isinstance(np.zeros(3), name)  # type: ignore[arg-type]


def test_the_diet_classifier_cannot_be_trained(tmp_path: Path) -> None:
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier
    from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
    from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
    from rasa.shared.nlu.training_data.features import Features
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    examples = [Message.build(text=f"{word} {n}", intent=word) for word in ("hello", "goodbye") for n in range(3)]
    WhitespaceTokenizer(WhitespaceTokenizer.get_default_config()).process(examples)
    for example in examples:
        for kind, rows in ((FEATURE_TYPE_SEQUENCE, 2), (FEATURE_TYPE_SENTENCE, 1)):
            example.add_features(Features(np.ones((rows, 4)), kind, TEXT, "test"))
    with pytest.raises(TensorFlowIsAbsent):
        classifier = DIETClassifier.create(
            {
                **DIETClassifier.get_default_config(),
                "epochs": 1,
                "evaluate_on_number_of_examples": 0,
                "evaluate_every_number_of_epochs": -1,
                "constrain_similarities": True,
            },
            LocalModelStorage.create(tmp_path),
            Resource("diet"),
            SimpleNamespace(is_finetuning=False, should_add_diagnostic_data=False),
        )
        classifier.train(TrainingData(examples))


def test_spacy_works_over_the_placeholder() -> None:
    import spacy

    assert [token.text for token in spacy.blank("es")("¿Cuánto cuesta?")] == ["¿", "Cuánto", "cuesta", "?"]


def test_thinc_was_told_the_truth() -> None:
    """If thinc took the placeholder for TensorFlow, spaCy would call into it."""
    compat = importlib.import_module("thinc.compat")
    assert compat.has_tensorflow is False


def test_installing_after_rasa_is_refused(python: Run) -> None:
    late = (
        "import sys, types\n"
        "sys.modules['rasa.engine.recipes.default_components'] = types.ModuleType('too_early')\n"
        "from bot.rasa_compat import no_tensorflow\n"
        "try:\n"
        "    no_tensorflow.install()\n"
        "except RuntimeError as error:\n"
        "    print(error, no_tensorflow.installed(), no_tensorflow.sealed())\n"
    )
    done = python("-c", late)
    assert "must run before Rasa is imported False False" in done.stdout, done.stderr


def test_rasa_without_the_placeholder_still_needs_tensorflow(python: Run) -> None:
    """When this fails, Rasa no longer imports TensorFlow, and bot/rasa_compat/no_tensorflow.py can go."""
    done = python(
        "-W",
        "ignore",
        "-c",
        "from bot.rasa_compat import model_names\nmodel_names.install()\nimport rasa.engine.recipes.default_components",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
    )
    assert done.returncode != 0
    assert "No module named 'tensorflow'" in done.stderr


def _imported(path: str) -> set[str]:
    import rasa

    tree = ast.parse((Path(rasa.__file__).parent / path).read_text(encoding="utf-8"))
    return {
        f"{node.module}.{one.name}" if isinstance(node, ast.ImportFrom) else one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }


def test_rasa_still_imports_legacy_version() -> None:
    """When this fails, the ceiling on `packaging` in pyproject.toml can go."""
    assert "packaging.version.LegacyVersion" in _imported("shared/utils/validation.py")


def test_rasa_still_imports_randomname() -> None:
    """When this fails, bot/rasa_compat/model_names.py can go."""
    assert "randomname" in _imported("model_training.py")


def test_the_stand_in_for_randomname_gives_a_name() -> None:
    model_names.install()
    import randomname

    assert randomname.get_name() == "faro"
