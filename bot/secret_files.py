"""Secrets from files, as containers hand them over: NAME_FILE names a file whose content is the value of NAME.

What stands in a file is seen by nobody who lists processes, inspects a container or reads a crash report.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.variables import SECRETS

#: A file that is larger than this many bytes is none of ours.
MAX_BYTES = 64 * 1024

#: What is added to the name of a setting.
ENDING = "_FILE"


def opened(environ: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The environment with the secrets of all files in it, and what is wrong: names of variables with the reason.

    No reason says what is in a file, nor what else it is called.
    """
    filled = dict(environ)
    wrong = []
    for name in SECRETS:
        place = environ.get(name + ENDING, "").strip()
        if not place:
            continue
        if environ.get(name, "").strip():
            wrong.append((name, f"is given twice: by itself and in the file of {name}{ENDING}"))
            continue
        value, problem = _content(place)
        if problem:
            wrong.append((name + ENDING, problem))
        else:
            filled[name] = value
    return filled, wrong


def _content(place: str) -> tuple[str, str]:
    """What a file holds, without the end of its line; or why it cannot be had."""
    try:
        with Path(place).open("rb") as file:
            held = file.read(MAX_BYTES + 1)
        value = held.decode().strip()
    except OSError as error:
        return "", f"names a file that cannot be read ({type(error).__name__})"
    except ValueError:  # no UTF-8, or a name with a zero byte
        return "", "names a file that holds no text"
    if len(held) > MAX_BYTES:
        return "", "names a file that is too large for a secret"
    if not value:
        return "", "names a file that holds nothing"
    return value, ""
