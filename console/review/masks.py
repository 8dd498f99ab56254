"""A person's text as the team may read it for review. The one place of this subject that masks."""

from __future__ import annotations

import re

_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w{2,}")
#: Five digits or more, however they are separated: phones, documents, case numbers.
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){4,}")


def masked(text: str) -> str:
    """The text with what identifies somebody replaced by a word in brackets."""
    return _NUMBER.sub("[number]", _MAIL.sub("[mail]", text))
