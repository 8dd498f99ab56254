"""Rasa component: words, cut by the rules of the message's language."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.nlu import room
from bot.nlu.language import LANGUAGE

# Halves of a surrogate pair: spaCy cannot encode them. One sign replaces one, so that offsets hold.
_HALF_PAIRS = re.compile("[\ud800-\udfff]")

#: spaCy's code for rules that fit no language in particular.
ANY_LANGUAGE = "xx"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class SpacyTokenizer(Tokenizer):
    """Cuts texts with spaCy's rules for the detected language (`l'aide` is two words in French); needs no model."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The four keys that Rasa's own Tokenizer reads: splitting of intent names, and a further token pattern."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        return []  # Rasa looks the names up as distributions; room.fingerprint holds the versions instead

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return room.fingerprint(distributions=("spacy",))

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of a text with their offsets in it, blanks left out."""
        text = message.get(attribute) or ""
        rules = _rules(message.get(LANGUAGE) or ANY_LANGUAGE)
        tokens = [
            Token(text[token.idx : token.idx + len(token.text)], token.idx)
            for token in rules(_HALF_PAIRS.sub("\ufffd", text))
            if token.text.strip()
        ]
        return self._apply_token_pattern(tokens)


@cache
def _rules(language: str) -> Language:
    try:
        return spacy.blank(language)
    except ImportError:  # spaCy has no rules for this language
        return spacy.blank(ANY_LANGUAGE)
