"""Our counting of n-grams is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.ngrams import Block, Ngrams

LEARNT = [
    "¿Cuánto cuesta volver a Venezuela?",
    "how much does it cost to go home",
    "c'est combien le retour, s'il vous plaît",
    "no tengo papeles",
    "I have no papers and no money",
    "où est l'hôpital le plus proche",
    "papers, papers, papers!",
]
BLOCKS = [
    Block("characters", "char_wb", 2, 5, 1.0),
    Block("accents", "char_wb", 1, 4, 1.0, folded=False),
    Block("words", "word", 1, 2, 1.0),
]


def reference(block: Block) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=block.unit,
        ngram_range=(block.shortest, block.longest),
        token_pattern=r"\w+" if block.unit == "word" else None,
        preprocessor=block.prepare,
        sublinear_tf=True,
        dtype=np.float32,
        min_df=1,
    ).fit(LEARNT)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
@given(texts=st.lists(st.one_of(st.text(max_size=60), st.sampled_from(LEARNT)), min_size=1, max_size=4))
def test_every_text_gets_the_weights_that_scikit_learn_gives_it(block: Block, texts: list[str]) -> None:
    ours = Ngrams.fit([block], LEARNT, rarest=1)
    theirs = reference(block)
    assert [names for _, names in ours.names()] == [list(theirs.get_feature_names_out())]
    assert np.allclose(ours.transform(texts).toarray(), theirs.transform(texts).toarray(), atol=1e-6)


def test_a_text_without_a_known_n_gram_is_a_row_of_zeros() -> None:
    found = Ngrams.fit([BLOCKS[0], BLOCKS[2]], LEARNT, rarest=1).transform(["", "漢字"])
    assert found.nnz == 0 and found.shape[0] == 2
