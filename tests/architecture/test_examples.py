"""What is measured was not learnt, and nothing is learnt twice."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.answers.check import read_topics
from bot.settings import ROOT
from tests.architecture.sentences import Example, examples, nearly_the_same, normalised, questions, untaught

EXAMPLES = list(examples(ROOT))
QUESTIONS = list(questions(ROOT))
UNTAUGHT = list(untaught(ROOT))


def test_there_are_examples_and_questions() -> None:
    assert len(EXAMPLES) > 3_000
    assert len(QUESTIONS) > 500
    assert {one.language for one in QUESTIONS} == {one.language for one in EXAMPLES}
    assert {one.topic for one in QUESTIONS} == {one.topic for one in EXAMPLES}


def test_what_is_never_taught_is_asked_about_most_topics_and_in_no_language_of_the_examples() -> None:
    assert not {one.language for one in UNTAUGHT} & {one.language for one in EXAMPLES}
    topics, _ = read_topics(ROOT / "data" / "topics.yml")
    safety = {topic.name for topic in topics.values() if topic.safety}
    for name, fewest in (("pt", 70), ("mixed", 50)):
        asked = [one.topic for one in UNTAUGHT if one.language == name]
        assert len(asked) >= 100
        assert len({*asked}) >= fewest
        assert safety <= {*asked}
        assert asked.count("out_of_scope") >= 10


@pytest.mark.parametrize("language", sorted({one.language for one in EXAMPLES}))
def test_no_example_is_given_twice(language: str) -> None:
    seen: dict[str, list[Example]] = defaultdict(list)
    for one in EXAMPLES:
        if one.language == language:
            seen[normalised(one.text)].append(one)
    twice = [f"{[one.topic for one in same]}: {text}" for text, same in seen.items() if len(same) > 1]
    assert not twice, "\n".join(twice)


def test_no_question_is_asked_twice() -> None:
    seen: set[tuple[str, str]] = set()
    twice = []
    for one in (*QUESTIONS, *UNTAUGHT):
        key = (one.language, normalised(one.text))
        if key in seen:
            twice.append(f"{one.place}: {one.text}")
        seen.add(key)
    assert not twice, "\n".join(twice)


def test_no_question_was_learnt() -> None:
    """Compared over all languages: a name or a keyword is the same in several."""
    exactly = {normalised(one.text) for one in EXAMPLES}
    with_word: dict[str, set[str]] = defaultdict(set)
    for text in exactly:
        for word in text.split():
            with_word[word].add(text)
    learnt = []
    for one in (*QUESTIONS, *UNTAUGHT):
        asked = normalised(one.text)
        # Whoever shares 85 % of the words shares at least one of the rarest two.
        rarest = sorted({*asked.split()}, key=lambda word: len(with_word[word]))
        near = {text for word in rarest[: 1 + len(rarest) // 4] for text in with_word[word]}
        same = next((text for text in near | ({asked} & exactly) if nearly_the_same(asked, text)), None)
        if same is not None:
            learnt.append(f"{one.place}: {one.text!r} is nearly the example {same!r}")
    assert not learnt, "\n".join(learnt)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("¿Cuánto cuesta el pasaje?", "cuanto cuesta el pasaje", True),
        ("who pays for the ticket home", "the ticket home: who pays for?", True),
        ("who pays for the ticket home", "who pays for my flight home", False),
        ("hola buenas", "buenas hola", False),
        ("😀", "😀", True),
        ("😀", "👍", False),
    ],
)
def test_when_two_sentences_are_nearly_the_same(one: str, other: str, same: bool) -> None:
    assert nearly_the_same(normalised(one), normalised(other)) is same
