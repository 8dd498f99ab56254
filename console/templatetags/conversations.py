"""Codes and texts of conversations as the team reads them."""

from __future__ import annotations

from django import template
from django.utils import translation
from django.utils.text import Truncator

from console.conversations import words
from console.conversations.words import Word
from console.masked import plainly

register = template.Library()


@register.filter
def masked_words(text: str, number: int) -> str:
    """The first words of a text, without what is personal in it: hidden first, so that no half number is left."""
    return Truncator(plainly(text)).words(number)


@register.filter
def topic_words(name: str) -> Word:
    """The title of a topic."""
    return words.topic(name, translation.get_language() or "")


@register.filter
def outcome_words(code: str) -> Word:
    """How a message was answered."""
    return words.outcome(code)


@register.filter
def channel_words(name: str) -> Word:
    """The name of a channel."""
    return words.channel(name)


@register.filter
def language_words(code: str) -> str:
    """A language by its own name."""
    return words.language_name(code)
