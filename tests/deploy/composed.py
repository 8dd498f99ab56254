"""docker-compose.yml and the files beside it, as Compose puts them together."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

BASE = ROOT / "docker-compose.yml"
BESIDE = sorted((ROOT / "deploy" / "compose").glob("*.yml"))

#: What stands in `.env` for the tests.
GIVEN = {
    "PUBLIC_URL": "https://faro.test",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "NOTIFY_EMAIL": "team@faro.test",
}

#: Where containers find their secrets (docs.docker.com/reference/compose-file/secrets, 2026-11).
INSIDE = "/run/secrets/"

#: What operators put into the folder of secrets by hand.
BY_HAND = {
    "telegram_token": "123456789:" + "A" * 35,
    "whatsapp_token": "EAAG" + "0123456789abcdef" * 2,
    "whatsapp_app_secret": "fedcba9876543210" * 2,
    "smtp_url": "smtp://faro:pa55word@mail.test:587",
}

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled(value: Any) -> Any:
    """A part of a file with the variables of `.env` in it."""
    if isinstance(value, dict):
        return {name: filled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one) for one in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: GIVEN.get(match[1], match[3] if match[2] == "-" else ""), value)
    return value


def composed(*beside: Path) -> dict[str, Any]:
    """The base with files beside it, merged as Compose does: mappings by key, lists one after the other but for commands."""
    whole: dict[str, Any] = {}
    for path in (BASE, *beside):
        whole = _merged(whole, filled(yaml.safe_load(path.read_text(encoding="utf-8"))))
    return whole


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = deepcopy(dict(under))
    for name, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = _merged(result[name], value)
        elif isinstance(value, list) and isinstance(result.get(name), list) and name != "command":
            result[name] = [*result[name], *value]
        else:
            result[name] = deepcopy(value)
    return result


def make_secrets(folder: Path) -> str:
    """Run deploy/make-secrets as an operator does, and add what is put there by hand. Returns what the script said."""
    done = subprocess.run(
        [ROOT / "deploy" / "make-secrets", folder], capture_output=True, text=True, check=True, timeout=60
    )
    for name, value in BY_HAND.items():
        (folder / name).write_text(f"{value}\n", encoding="utf-8")
    return done.stdout


def environment_of(service: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The environment of a service, with the folder of secrets where its container would have them mounted.

    A secret that the service was not given is not there.
    """
    given: Sequence[str] = service.get("secrets", ())
    environ = {}
    for name, value in service.get("environment", {}).items():
        secret = str(value).removeprefix(INSIDE)
        environ[name] = str(folder / (secret if secret in given else "none")) if secret != str(value) else str(value)
    return environ
