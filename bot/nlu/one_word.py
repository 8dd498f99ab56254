"""The language of very short messages, by a table of unmistakable words.

The detector is right on 61 % of the one-word training examples, with the table on 77 %, and the first word of a
conversation decides in which language a frightened person is answered. (Words that only one language's examples hold
were tried as well: they added nothing.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from bot.nlu.detector import NOTHING, Detection
from bot.nlu.room import ROOM
from bot.nlu.text import fold, words

#: Unmistakable words and two-word phrases by language.
FILE = ROOM / "data" / "one_word.yml"
#: In the table: words that say nothing of the language.
ANY = "any"
#: Words of the longest phrase in the table.
_PHRASE = 2


def unmistakable(path: Path = FILE) -> dict[str, str]:
    """Return phrase -> language, phrases folded.

    Raises:
        ValueError: a phrase stands under two languages, so that it is not unmistakable.
    """
    table: dict[str, str] = {}
    for language, phrases in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for phrase in phrases:
            key = _key(str(phrase))
            if table.setdefault(key, language) != language:
                raise ValueError(f"{path.name}: {key!r} stands under {table[key]} and {language}")
    return table


def look_up(text: str, known: Mapping[str, str], languages: Iterable[str]) -> Detection | None:
    """Return what the table says of a message of one or two words; None when it says nothing.

    Two words count when they are a phrase of the table, or both unmistakable in the same language.
    """
    spoken = words(fold(text))
    if not 1 <= len(spoken) <= _PHRASE:
        return None
    votes = {known.get(word, "") for word in spoken}
    language = known.get(" ".join(spoken)) or (votes.pop() if len(votes) == 1 else "")
    if language == ANY:
        return NOTHING
    return Detection(language, reliable=True) if language in tuple(languages) else None


def _key(phrase: str) -> str:
    return " ".join(words(fold(phrase)))
