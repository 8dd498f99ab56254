"""No call of ours hands a text to a log: fixed sentences, and fields of bot.log.FIELDS only."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.log import FIELDS
from bot.settings import ROOT
from tests.architecture.imports import modules

_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "critical", "exception", "log"})
_LOGGERS = re.compile(r"log|logger|_log|LOG|LOGGER")

#: Names under which what people write, or who they are, is kept.
PRIVATE = frozenset(
    {"text", "body", "title", "choice", "address", "answers", "reply", "request", "message", "phone", "said", "update"}
)

#: What is called like a text and is none.
HARMLESS = frozenset({"turn.message"})  # bot.conversations.turn.Turn: the id of it


def _is_logger(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return bool(_LOGGERS.fullmatch(node.id))
    if isinstance(node, ast.Call):  # logging.getLogger("faro").critical(...)
        return isinstance(node.func, ast.Attribute) and node.func.attr == "getLogger"
    return isinstance(node, ast.Attribute) and bool(_LOGGERS.fullmatch(node.attr))


def _is_private(node: ast.AST) -> bool:
    """Whether a value is one of the private names itself (a key, a count or a type of it is not)."""
    if ast.unparse(node) in HARMLESS:
        return False
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in PRIVATE


def wrong_calls(source: str) -> Iterator[tuple[int, str]]:
    """Line and reason of every log call that could carry a text."""
    tree = ast.parse(source)
    dicts = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS):
            continue
        if not _is_logger(call.func.value):
            continue
        if call.func.attr == "exception":
            yield call.lineno, "exception: its text would be logged"
        sentence, *arguments = call.args or [ast.Constant("")]
        constant = isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)
        if not constant and not _may_be_a_variable(sentence):
            yield call.lineno, "the sentence is not fixed"
        if arguments:
            yield call.lineno, "values belong into extra"
        for keyword in call.keywords:
            if keyword.arg in ("exc_info", "stack_info"):
                yield call.lineno, f"{keyword.arg}: its text would be logged"
            if keyword.arg == "extra":
                yield from _wrong_extra(call.lineno, keyword.value, dicts)


def _may_be_a_variable(sentence: ast.expr) -> bool:
    """A plain name is a fixed sentence that came as an argument ("content unavailable"), unless it is a private one."""
    return isinstance(sentence, ast.Name) and (sentence.id == "text" or sentence.id not in PRIVATE)


def _wrong_extra(line: int, extra: ast.expr, dicts: dict[str, ast.Dict]) -> Iterator[tuple[int, str]]:
    if isinstance(extra, ast.Name) and extra.id in dicts:
        extra = dicts[extra.id]
    if not isinstance(extra, ast.Dict):
        yield line, "extra cannot be read"
        return
    for key, value in zip(extra.keys, extra.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else None
        if name not in FIELDS:
            yield line, f"{name} is not a field"
        if _is_private(value):
            yield line, f"{name} carries a text"


MODULES = list(modules(ROOT))


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[module for module, _ in MODULES])
def test_the_log_calls_of_a_module_carry_no_text(module: str, path: Path) -> None:
    assert [f"{module}:{line}: {why}" for line, why in wrong_calls(path.read_text(encoding="utf-8"))] == []


def test_there_are_calls_to_judge() -> None:
    judged = sum(path.read_text(encoding="utf-8").count("log.") for _module, path in MODULES)
    assert judged > 20


def test_no_field_is_a_word_that_logging_keeps_for_itself() -> None:
    """`logging` raises KeyError on these, and the turn that wanted to report a failure would fail itself."""
    kept = {*vars(logging.makeLogRecord({})), "message", "asctime"}
    assert kept.isdisjoint(FIELDS)


@pytest.mark.parametrize(
    "call",
    [
        'log.info(f"got {text}")',
        'log.info("got %s", text)',
        'log.info("got %s" % text)',
        'log.info("got " + text)',
        'log.info("got {}".format(text))',
        'log.info("got", text)',
        "log.info(message)",
        "log.info(request.text)",
        'log.exception("failed")',
        'log.error("failed", exc_info=True)',
        'log.info("got", extra={"text": 1})',
        'log.info("got", extra={"topic": text})',
        'log.info("got", extra={"error": message.body})',
        'log.info("got", extra={**fields})',
        'log.info("got", extra=make())',
        'logging.getLogger("faro").info(f"{text}")',
        'self.log.warning(f"{x}")',
    ],
)
def test_the_checker_finds_a_call_that_could_carry_a_text(call: str) -> None:
    assert list(wrong_calls(call))


@pytest.mark.parametrize(
    "call",
    [
        'log.info("turn", extra={"topic": topic, "count": len(text)})',
        'extra = {"error": type(error).__name__}\nlog.error("failed", extra=extra)',
        'say.info(f"{text}")',
        'math.log(f"{x}")',
    ],
)
def test_the_checker_lets_a_fixed_sentence_pass(call: str) -> None:
    assert list(wrong_calls(call)) == []
