"""Words, cut by the rules of the message's language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokens import SpacyTokenizer

TOKENIZER = SpacyTokenizer(SpacyTokenizer.get_default_config())


def cut(text: str, language: str | None) -> list[str]:
    (message,) = TOKENIZER.process([Message(data={"text": text, "language": language})])
    return [token.text for token in message.get("text_tokens")]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "j'ai besoin d'aide", ["j'", "ai", "besoin", "d'", "aide"]),
        ("en", "I don't know", ["I", "do", "n't", "know"]),
        ("es", "¿dónde está el hospital?", ["¿", "dónde", "está", "el", "hospital", "?"]),
        ("tlh", "two words", ["two", "words"]),  # spaCy has no Klingon
        (None, "two words", ["two", "words"]),
    ],
)
def test_each_language_is_cut_by_its_own_rules(language: str | None, text: str, expected: list[str]) -> None:
    assert cut(text, language) == expected


def test_half_a_surrogate_pair_is_a_sign_like_others() -> None:
    assert cut("hola \ud800 mundo", "es") == ["hola", "\ud800", "mundo"]


@given(st.text(max_size=300), st.sampled_from(["es", "en", "fr", "xx"]))
@settings(max_examples=200, deadline=None)
def test_every_token_stands_where_it_says_and_none_is_blank(text: str, language: str) -> None:
    (message,) = TOKENIZER.process([Message(data={"text": text, "language": language})])
    for token in message.get("text_tokens"):
        assert text[token.start : token.end] == token.text
        assert token.text.strip()
