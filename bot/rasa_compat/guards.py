"""Start-up guards: Rasa 3.6.21 starts happily with things that lose messages or open doors. We refuse, by name.

Each guard is a pure function that returns what is wrong; `refuse_to_start` collects them all. The reasons were measured
(docs/adr/0001, 0003).
"""

from __future__ import annotations

import gzip
import importlib
import importlib.metadata
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.errors import GuardError
from bot.rasa_compat.no_tensorflow import ABSENT
from bot.settings import MIN_SECRET

RASA_VERSION = "3.6.21"

#: Options of `rasa run` that open the HTTP API (training, replacing the model, reading conversations) or any origin.
REFUSED_OPTIONS = ("--enable-api", "--cors", "--auth-token", "-t", "--connector")

#: Interfaces on which `bot rasa run` may listen.
LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: Rasa's lock must outlive a turn; its own default (rasa/core/lock_store.py).
DEFAULT_LOCK_LIFETIME = 60
#: The worker gives up on a turn after this many seconds (bot/conversations/rasa_client.py).
TURN_TIMEOUT = 4

#: Minutes after which a dialogue must have ended: a turn's cost grows with its session.
LONGEST_SESSION = 120

#: How much of a model is read at once, in bytes, while it is checked.
_CHUNK = 1 << 20

#: Modules of Rasa whose components train or run TensorFlow.
_TENSORFLOW_COMPONENTS = frozenset(
    {
        "DIETClassifier",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
        "ResponseSelector",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
    }
)


def _components(config: Mapping[str, Any]) -> Iterable[str]:
    for part in ("pipeline", "policies"):
        for entry in config.get(part) or []:
            yield str(entry.get("name", "") if isinstance(entry, dict) else entry)


def tensorflow_components(config: Mapping[str, Any]) -> list[str]:
    """Components named in config.yml that need TensorFlow."""
    return [
        f"config.yml: {name} needs TensorFlow, which this installation leaves out (docs/adr/0001)"
        for name in _components(config)
        if name.rpartition(".")[2] in _TENSORFLOW_COMPONENTS or name.startswith(ABSENT)
    ]


def unimportable(paths: Mapping[str, Iterable[str]]) -> list[str]:
    """Dotted class paths that cannot be imported, with the real reason (Rasa says "failed to find").

    Args:
        paths: file name -> class paths named in it.
    """
    problems = []
    for file, names in paths.items():
        for name in names:
            module, _, attribute = name.rpartition(".")
            if not module:
                continue
            try:
                getattr(importlib.import_module(module), attribute)
            except Exception as error:
                problems.append(f"{file}: {name} cannot be imported ({type(error).__name__}: {error})")
    return problems


def channels(credentials: Mapping[str, Any]) -> list[str]:
    """Stock channels of Rasa in credentials.yml, by their short names ("rest") or by their classes ("rasa.core...")."""
    return [
        f"credentials.yml: the channel {name!r} is not allowed: it loses messages or trusts whoever calls"
        for name in map(str, credentials)
        if "." not in name or name.startswith("rasa.")
    ]


def endpoints_problems(endpoints: Mapping[str, Any]) -> list[str]:
    """A tracker store or NLG that is not ours; Rasa would fall back to memory and to its own templates."""
    problems = []
    expected = {
        "tracker_store": "bot.rasa_compat.session_store.SessionTrackerStore",
        "nlg": "bot.answers.nlg.AnswerLibraryNLG",
    }
    for name, path in expected.items():
        if (endpoints.get(name) or {}).get("type") != path:
            problems.append(f"endpoints.yml: {name} must be {path}")
    if endpoints.get("event_broker"):
        problems.append("endpoints.yml: event_broker is not allowed: its events carry what people write")
    if endpoints.get("models"):
        problems.append("endpoints.yml: models (a model server) is not allowed")
    return problems


def session_problems(domain: Mapping[str, Any]) -> list[str]:
    """Session settings that make dialogues grow or never end."""
    session = domain.get("session_config") or {}
    problems = []
    if session.get("carry_over_slots_to_new_session", True):
        problems.append("domain.yml: carry_over_slots_to_new_session must be false")
    minutes = session.get("session_expiration_time", 0)
    if not isinstance(minutes, int | float) or not 0 < minutes <= LONGEST_SESSION:
        problems.append(f"domain.yml: session_expiration_time must be from 1 to {LONGEST_SESSION} minutes")
    return problems


def environment_problems(environ: Mapping[str, str]) -> list[str]:
    """Telemetry that is on, a lock that ends before a turn, a missing secret."""
    problems = []
    if environ.get("RASA_TELEMETRY_ENABLED", "").lower() != "false":
        problems.append("RASA_TELEMETRY_ENABLED: must be false")
    lifetime = environ.get("TICKET_LOCK_LIFETIME", str(DEFAULT_LOCK_LIFETIME))
    if not lifetime.isdecimal() or int(lifetime) <= TURN_TIMEOUT:
        problems.append(f"TICKET_LOCK_LIFETIME: must be more than {TURN_TIMEOUT} seconds")
    if len(environ.get("RASA_SECRET", "")) < MIN_SECRET:
        problems.append(f"RASA_SECRET: must be set (at least {MIN_SECRET} characters)")
    return problems


def option_problems(arguments: Sequence[str]) -> list[str]:
    """Options of `rasa run` that we never allow."""
    given = {argument.partition("=")[0] for argument in arguments}
    problems = [
        f"rasa run {option} is not allowed (docs/adr/0003)"
        for option in REFUSED_OPTIONS
        if any(_means(one, option) for one in given)
    ]
    interfaces = [argument.partition("=")[2] for argument in arguments if argument.startswith("--interface=")]
    interfaces += [
        value
        for option, value in zip(arguments, [*arguments[1:], ""], strict=True)
        if option == "-i" or (_means(option, "--interface") and "=" not in option)
    ]
    if any(interface not in LOOPBACK for interface in interfaces):
        problems.append("rasa run --interface must be 127.0.0.1: Rasa is never reachable from outside")
    return problems


def _means(given: str, option: str) -> bool:
    # argparse takes "--enable" for "--enable-api", and "-tsecret" for "-t secret".
    if option.startswith("--"):
        return len(given) > len("--") and option.startswith(given)
    return given.startswith(option)


def version_problems(version: str) -> list[str]:
    """Another Rasa than the one that every workaround of this room was written against."""
    return [] if version == RASA_VERSION else [f"rasa: {version} is installed, {RASA_VERSION} is needed"]


def model_problems(model: Path) -> list[str]:
    """A model that is missing or cut off: Rasa would take the newest file it finds, or run without and drop messages."""
    if not model.is_file():
        return [f"model: {model} does not exist (train it with `bot train`)"]
    try:
        with gzip.open(model) as archive:
            size = sum(len(chunk) for chunk in iter(lambda: archive.read(_CHUNK), b""))  # 50 ms for 10 MB
    except (OSError, EOFError, zlib.error):
        size = 0
    return [] if size else [f"model: {model} is damaged (train it again with `bot train`)"]


def config_problems(root: Path) -> list[str]:
    """Everything about Rasa's four files that can be known without starting it."""
    files = {name: yaml.safe_load((root / name).read_text(encoding="utf-8")) or {} for name in _FILES}
    config, domain, endpoints, credentials = (files[name] for name in _FILES)
    paths = {
        "config.yml": list(_components(config)),
        "endpoints.yml": [str((endpoints.get(name) or {}).get("type") or "") for name in ("tracker_store", "nlg")],
        "credentials.yml": [name for name in credentials if "." in name],
    }
    return [
        *tensorflow_components(config),
        *unimportable(paths),
        *channels(credentials),
        *endpoints_problems(endpoints),
        *session_problems(domain),
    ]


_FILES = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml")


def refuse_to_start(*, root: Path, model: Path, environ: Mapping[str, str] | None = None) -> None:
    """Run every guard before the Rasa server starts.

    Raises:
        GuardError: with one line a problem.
    """
    problems = [
        *version_problems(importlib.metadata.version("rasa")),
        *environment_problems(os.environ if environ is None else environ),
        *config_problems(root),
        *model_problems(model),
    ]
    if problems:
        raise GuardError("\n".join(problems))


def refuse_to_train(root: Path) -> None:
    """Run the guards that concern training.

    Raises:
        GuardError: with one line a problem.
    """
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8")) or {}
    problems = [
        *version_problems(importlib.metadata.version("rasa")),
        *tensorflow_components(config),
        *unimportable({"config.yml": list(_components(config))}),
    ]
    if problems:
        raise GuardError("\n".join(problems))


def agent_problems(agent: Any) -> list[str]:
    """What only shows once Rasa has built everything: its silent replacements of what we asked for."""
    if agent is None or not agent.is_ready():
        return ["rasa: no model is loaded"]
    problems = []
    store = agent.tracker_store
    inner = getattr(store, "_tracker_store", store)
    inner = getattr(inner, "_tracker_store", inner)
    if type(inner).__name__ != "SessionTrackerStore":
        problems.append(f"rasa: the tracker store is {type(inner).__name__}, not ours")
    if type(agent.nlg).__name__ != "AnswerLibraryNLG":
        problems.append(f"rasa: the NLG is {type(agent.nlg).__name__}, not ours")
    return problems


def refuse_to_serve(agent: Any) -> None:
    """Run the guards that need what Rasa has built, before the first turn.

    Raises:
        GuardError: with one line a problem.
    """
    if problems := agent_problems(agent):
        raise GuardError("\n".join(problems))
