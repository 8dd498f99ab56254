"""Which questions are decided about together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.review.grouping import alike, group
from console.review.sameness import normalised

words = st.sampled_from(["quiero", "quero", "volver", "no", "ni", "casa", "cassa", "con", "sin", "papeles", "¿Dónde?"])
sentences = st.lists(words, max_size=6).map(" ".join)


@given(st.lists(sentences, max_size=25))
def test_every_text_is_in_one_group_and_the_same_ones_are_together(texts: list[str]) -> None:
    groups = group(texts)
    assert sorted(place for places in groups for place in places) == list(range(len(texts)))
    number = {place: index for index, places in enumerate(groups) for place in places}
    for one in range(len(texts)):
        for other in range(one):
            if normalised(texts[one]) == normalised(texts[other]):
                assert number[one] == number[other]


@given(st.lists(sentences, max_size=25))
def test_nobody_is_with_somebody_who_has_another_number_of_words(texts: list[str]) -> None:
    for places in group(texts):
        assert len({len(normalised(texts[place]).split()) for place in places}) == 1


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("¿Cuánto cuesta el pasaje?", "cuanto cueta el pasaje", True),
        ("a casa quiero volver", "quiero volver a casa", True),
        ("quiero volver a mi casa", "no quiero volver a mi casa", False),
        ("puedo viajar con papeles vencidos", "puedo viajar sin papeles vencidos", False),
        ("si tengo papeles para viajar", "no tengo papeles para viajar", False),
        ("plazo hasta 2024", "plazo hasta 2025", False),
        ("j'ai peur de rentrer chez moi", "j'ai peur de rentrer chez toi", False),
    ],
)
def test_a_slip_is_forgiven_and_a_word_is_not(one: str, other: str, together: bool) -> None:
    assert (len(group([one, other])) == 1) is together


def test_words_are_compared_at_their_places() -> None:
    assert alike("quiero volver", "qiero bolver")
    assert not alike("quiero volver", "volver quiero")
