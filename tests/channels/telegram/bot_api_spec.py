"""What the published specification of the Bot API says against a call of ours, or an object of a stand-in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.channels.limits import utf8_bytes, utf16_units
from bot.settings import ROOT

PATH = ROOT.parent / "shared" / "specs" / "telegram-bot-api-10.1.json"

_SIMPLE = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}

#: "1-4096 characters", "1-64 bytes", "0-200 characters": counted as Telegram counts them.
_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
#: "Must be one of", "must be *commands*"
_CONSTANT = re.compile(r"must be \*?([a-z_]+)\*?$")


class BotApiSpec:
    """The specification. `calls` and `objects` that break it are told as sentences."""

    def __init__(self) -> None:
        spec = json.loads(PATH.read_text(encoding="utf-8"))
        self._methods: dict[str, Any] = {name.lower(): method for name, method in spec["methods"].items()}
        self._types: dict[str, Any] = spec["types"]

    def call(self, method: str, parameters: Mapping[str, str]) -> list[str]:
        """What is wrong with a call whose parameters came as a form: objects in JSON, all else as text."""
        known = self._methods.get(method.lower())
        if known is None:
            return [f"there is no method {method}"]
        types = {field["name"]: field["types"] for field in known.get("fields", [])}
        values = {name: _from_form(value, types.get(name, [])) for name, value in parameters.items()}
        return list(self._fields(method, known, values))

    def object(self, kind: str, value: Any) -> list[str]:
        """What is wrong with an object of the Bot API."""
        return list(self._value(kind, [kind], value))

    def _fields(self, place: str, known: Mapping[str, Any], values: Any) -> Iterator[str]:
        if not isinstance(values, Mapping):
            yield f"{place}: is no object"
            return
        fields = {field["name"]: field for field in known.get("fields", [])}
        yield from (f"{place}: {name} is unknown" for name in values if name not in fields)
        yield from (
            f"{place}: {name} is missing" for name, one in fields.items() if one["required"] and name not in values
        )
        for name, value in values.items():
            if name in fields:
                yield from self._value(f"{place}.{name}", fields[name]["types"], value, fields[name]["description"])

    def _value(self, place: str, types: list[str], value: Any, description: str = "") -> Iterator[str]:
        found = [list(self._as(place, one, value)) for one in types]
        if all(found):
            yield from min(found, key=len)
        if isinstance(value, str):
            yield from _length(place, value, description)
            if (constant := _CONSTANT.search(description)) and value != constant[1]:
                yield f"{place}: must be {constant[1]}"

    def _as(self, place: str, kind: str, value: Any) -> Iterator[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{place}: is no array"
                return
            for number, one in enumerate(value):
                yield from self._as(f"{place}[{number}]", kind.removeprefix("Array of "), one)
        elif kind in _SIMPLE:
            wanted = _SIMPLE[kind]
            if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "Boolean"):
                yield f"{place}: is no {kind}"
        elif subtypes := self._types[kind].get("subtypes"):
            found = [list(self._as(place, one, value)) for one in subtypes]
            if all(found):
                yield from min(found, key=len)
        else:
            yield from self._fields(place, self._types[kind], value)


def _length(place: str, value: str, description: str) -> Iterator[str]:
    if match := _LENGTH.search(description):
        length = utf8_bytes(value) if match[3] == "bytes" else utf16_units(value)
        if not int(match[1]) <= length <= int(match[2]):
            yield f"{place}: {length} {match[3]}, not {match[1]}-{match[2]}"


def _from_form(value: str, types: list[str]) -> Any:
    if types and all(one == "String" for one in types):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
