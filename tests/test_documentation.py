"""What the documents say about files and commands is true."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.__main__ import VERBS, main
from bot.settings import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PYTHON_AND_CONFIGURATION = sorted(
    [
        *(path for room in ("bot", "actions", "console") for path in (ROOT / room).rglob("*.py")),
        *ROOT.glob("*.yml"),
        *(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
        ROOT / "pyproject.toml",
    ]
)

#: Rooms of the project; a code span that begins with one of them and a slash names a file or a folder.
ROOMS = ("actions", "bot", "console", "content", "data", "deploy", "docs", "tests")

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4,}(?![-*|]).*$", re.MULTILINE)
_SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
_PATH = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./-]*")
_COMMAND = re.compile(r"(?:^|[\s/\"'])(bot|make) ([a-z]+)\b")
#: A command with all that is typed behind it, to the end of the line or of the command.
_TYPED = re.compile(r"(?:^|[\s/\"'])bot ([a-z]+)([^\n|;&]*)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_TARGET = re.compile(r"^([a-z]+):.*?(##)?(?(2).*)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_in(text: str) -> Iterator[str]:
    """Every piece of code in a Markdown text: fenced, indented and between backticks."""
    for match in _FENCE.finditer(text):
        yield match[0]
    rest = _FENCE.sub("", text)
    yield from (match[0] for match in _INDENTED.finditer(rest))
    yield from (match[2] for match in _SPAN.finditer(rest))


def commands_in(text: str, program: str) -> set[str]:
    return {match[2] for code in code_in(text) for match in _COMMAND.finditer(code) if match[1] == program}


def options_in(text: str) -> dict[tuple[str, str], set[str]]:
    """Verb and the word behind it -> the options that are typed with them."""
    found: dict[tuple[str, str], set[str]] = {}
    for code in code_in(text):
        for match in _TYPED.finditer(code):
            verb, rest = match[1], match[2]
            word = re.match(r" +([a-z-]+)(?=\s|$)", rest)
            found.setdefault((verb, word[1] if word else ""), set()).update(_OPTION.findall(rest))
    return found


@cache
def known_options(*typed: str) -> frozenset[str]:
    """The options that `bot ... --help` names; none when it refuses."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
        main([*typed, "--help"])
    return frozenset(_OPTION.findall(said.getvalue()))


def targets() -> dict[str, bool]:
    """Targets of the Makefile, and whether each is explained (##)."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {match[1]: "##" in match[0] for match in _TARGET.finditer(makefile)}


def anchors_of(path: Path) -> set[str]:
    """What a link can point to in a Markdown file, as GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reading_of_documents_finds_what_it_should() -> None:
    text = "See `bot erase`, `make run`.\n\n    make train\n    .venv/bin/bot nlu\n\n```sh\nbot up\n```\nA bot is a robot.\n"
    assert commands_in(text, "bot") == {"erase", "nlu", "up"}
    assert commands_in(text, "make") == {"run", "train"}
    assert options_in("`bot restore a.b --check`, `bot content show x --lang es | less -x`") == {
        ("restore", ""): {"--check"},
        ("content", "show"): {"--lang"},
    }
    assert "--replace" in known_options("restore") and "--lang" in known_options("content", "show")
    assert _LINK.findall("[a](b.md) and [c](d/e.md#f)") == ["b.md", "d/e.md#f"]
    assert targets()["run"] is True
    assert targets()["clean"] is True


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    missing = []
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            missing.append(link)
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_named_in_a_document_exists(document: Path) -> None:
    named = {code for code in code_in(document.read_text(encoding="utf-8")) if _PATH.fullmatch(code)}
    assert not {path for path in named if not (ROOT / path).exists()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_named_in_a_document_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not commands_in(text, "bot") - set(VERBS)
    assert not commands_in(text, "make") - set(targets())


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_option_named_in_a_document_exists(document: Path) -> None:
    for (verb, word), options in options_in(document.read_text(encoding="utf-8")).items():
        if options and verb in VERBS and verb != "rasa":  # what stock Rasa takes is its own
            known = known_options(verb) | (known_options(verb, word) if word else frozenset())
            assert not options - known, f"bot {verb} {word}"


@pytest.mark.parametrize("file", PYTHON_AND_CONFIGURATION, ids=name_of)
def test_every_document_named_in_the_code_exists(file: Path) -> None:
    named = re.findall(r"\bdocs/[\w/-]+(?:\.md)?", file.read_text(encoding="utf-8"))
    assert not {path for path in named if not list(ROOT.glob(f"{path}*"))}


def test_every_command_of_make_is_explained_to_people() -> None:
    documents = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    explained = {target for target, has_purpose in targets().items() if has_purpose}
    assert not explained - commands_in(documents, "make")
