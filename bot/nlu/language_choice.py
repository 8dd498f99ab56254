"""Which language to answer in: per message, but without jumping about.

From measurements on 5,564 short messages (eldc restricted to three languages): one word is right in 80 %, two words in
98 % (always, when the detector calls itself reliable), three words in 99.5 %.
"""

from __future__ import annotations

from bot.nlu.detector import Detection
from bot.nlu.text import words

#: Words from which on a detection is believed without being called reliable.
ENOUGH = 3
#: Words from which on a reliable detection overrules a language that the person chose.
CLEARLY = 4


def decide(text: str, detection: Detection, current: str, *, chosen: bool, default: str) -> str:
    """Return the language to answer in.

    Args:
        text: the message.
        detection: what it seems to be written in.
        current: the conversation's language, empty when there is none yet.
        chosen: whether the person asked for `current` (by a button, a command, the channel's own setting).
        default: the language when nothing can be told.
    """
    if not current:
        return detection.language or default
    if not detection.language:
        return current
    count = len(words(text))
    if chosen:
        switches = detection.reliable and count >= CLEARLY
    else:
        switches = count >= ENOUGH or (detection.reliable and count == ENOUGH - 1)
    return detection.language if switches else current
