"""A person's text as the team may read it for review. The one place of this subject that masks."""

from __future__ import annotations

from bot.conversations.masking import mask


def masked(text: str) -> str:
    """The text with what identifies somebody replaced by a word in brackets."""
    return mask(text).text
