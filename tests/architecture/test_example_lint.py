"""What training examples must be to teach well: told apart by topic, in their own language, and none drowned by others."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from bot.nlu.detector import detector
from bot.nlu.text import words
from bot.settings import ROOT
from tests.architecture.sentences import Example, examples, nearly_the_same, normalised

EXAMPLES = list(examples(ROOT))
LANGUAGES = sorted({one.language for one in EXAMPLES})

#: Topics that people write about in thousands of ways, or that must not be missed, have more examples than the others.
MANY = {"out_of_scope"}
#: The best taught topic has at most so many times the examples of the least taught one.
BALANCE = 4

#: Words from which on a detected language is believed, and the share of lines that may still look like another language:
#: a Haitian's French, a Cameroonian's English, names of places.
ENOUGH = 8
FOREIGN = 0.02


def of(language: str) -> list[Example]:
    return [one for one in EXAMPLES if one.language == language]


def clashes(of_language: list[Example]) -> list[str]:
    """Examples of two topics that are nearly the same sentence: whichever is right, the other teaches a mistake."""
    texts = [normalised(one.text) for one in of_language]
    with_word: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for word in set(text.split()):
            with_word[word].append(place)
    found = []
    for place, text in enumerate(texts):
        # Whoever shares 85 % of the words shares at least one of the rarest two.
        rarest = sorted(set(text.split()), key=lambda word: len(with_word[word]))
        others = {other for word in rarest[: 1 + len(rarest) // 4] for other in with_word[word] if other > place}
        for other in others:
            one, two = of_language[place], of_language[other]
            if one.topic != two.topic and nearly_the_same(text, texts[other]):
                found.append(f"{one.topic}: {one.text!r} and {two.topic}: {two.text!r}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_topics_have_nearly_the_same_example(language: str) -> None:
    assert clashes(of(language)) == []


def test_this_test_sees_a_clash() -> None:
    one = Example("en", "return_cost", "who pays for my ticket home please", "x")
    two = Example("en", "health_cost", "please who pays for my ticket home", "x")
    assert clashes([one, two])
    assert not clashes([one, Example("en", "return_cost", two.text, "x")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_in_the_language_of_their_folder(language: str) -> None:
    detect = detector(LANGUAGES)
    long = [one for one in of(language) if len(words(one.text)) >= ENOUGH]
    foreign = [
        f"{found.language}: {one.text}"
        for one in long
        if (found := detect(one.text)).reliable and found.language not in ("", language)
    ]
    assert len(foreign) <= FOREIGN * len(long), "\n".join(foreign)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_topic_is_drowned_by_another(language: str) -> None:
    counts = Counter(one.topic for one in of(language) if one.topic not in MANY)
    assert max(counts.values()) <= BALANCE * min(counts.values()), counts.most_common()
