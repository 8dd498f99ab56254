"""A file of examples is changed in the lines that were asked for, and in no other byte."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import ROOT
from console.review import training_file
from console.review.lines import clean
from console.review.training_file import TrainingFileError, insert, read, remove

FILES = sorted((ROOT / "data" / "nlu").rglob("*.yml"))
SOURCES = {path: path.read_bytes().decode() for path in FILES}
INTENTS = {path: sorted({one.intent for one in read(source)}) for path, source in SOURCES.items()}

texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60).map(clean).filter(bool)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_reads_what_a_reader_of_yaml_reads(path: object) -> None:
    blocks = yaml.safe_load(SOURCES[path])["nlu"]
    expected = [
        (block["intent"], line.strip().removeprefix("-").strip())
        for block in blocks
        for line in block["examples"].splitlines()
        if line.strip()
    ]
    assert [(one.intent, one.text) for one in read(SOURCES[path])] == expected


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_other_byte_stays_and_taking_back_leaves_no_trace(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    source = SOURCES[path]
    if data.draw(st.booleans()):
        source = source.replace("\n", "\r\n")
    if data.draw(st.booleans()):
        source = source.rstrip("\r\n")
    additions = data.draw(
        st.dictionaries(st.sampled_from(INTENTS[path]), st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4)
    )
    changed = insert(source, additions)

    lines, before = changed.split("\n"), iter(source.split("\n"))
    expected = next(before, None)
    added = []
    for line in lines:
        if expected is not None and line.rstrip("\r") == expected.rstrip("\r"):
            expected = next(before, None)
        else:
            added.append(line.strip())
    assert expected is None
    assert Counter(added) == Counter(f"- {text}" for new in additions.values() for text in new)
    assert remove(changed, additions) == source

    blocks = {one["intent"]: one["examples"] for one in yaml.safe_load(changed)["nlu"]}
    for intent, new in additions.items():
        assert [one.text for one in read(changed) if one.intent == intent][-len(new) :] == new
        assert blocks[intent].count("\n") >= len(new)


def test_comments_and_blank_lines_are_not_examples_and_stay() -> None:
    source = (
        '# top\nversion: "3.1"\nnlu:\n  - intent: a\n    examples: |\n      - one\n\n      - two\n\n'
        "  # between\n  - intent: b\n    metadata:\n      language: es\n    examples: |  # why\n      - three\n# end\n"
    )
    assert [(one.intent, one.text) for one in read(source)] == [("a", "one"), ("a", "two"), ("b", "three")]
    changed = insert(source, {"a": ["x"], "b": ["y"]})
    assert changed == source.replace("- two\n", "- two\n      - x\n").replace("- three\n", "- three\n      - y\n")


def test_a_topic_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(TrainingFileError) as refused:
        insert(SOURCES[FILES[0]], {"nowhere": ["x"]})
    assert (refused.value.code, refused.value.about) == ("no_intent", "nowhere")


def test_a_line_that_is_gone_is_not_taken_for_another() -> None:
    source = "nlu:\n  - intent: a\n    examples: |\n      - one\n  - intent: b\n    examples: |\n      - two\n"
    with pytest.raises(TrainingFileError):
        remove(source, {"a": ["two"]})
    with pytest.raises(TrainingFileError):
        remove(source, {"a": ["one", "one"]})


def test_lines_are_left_out_by_their_number() -> None:
    source = "nlu:\n  - intent: a\n    examples: |\n      - one\n      - two\n"
    assert training_file.without(source, {3}) == source.replace("      - one\n", "")
    assert training_file.without(source, ()) == source
