"""Whatever bytes stand in a file: the check answers, the library keeps its last good copy, nothing crashes or hangs."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers.check import check
from bot.answers.library import Library
from bot.answers.numbers import emails, hotlines, opening, other_numbers, phones, urls
from bot.answers.parse import parse, parse_topics
from bot.answers.problems import ContentError
from bot.answers.tree import grow, scalars

FILES = ["languages.yml", "contacts.yml", "interface.yml", "answers/health/fever.yml"]
WORDS = st.sampled_from(
    ["topic", "title", "text", "es", "en", "next", "contacts", "facts", "kind", "value", "date", "sentences", "buttons",
     "web", "topics", "languages", "default", "fallback", "do_not_publish", "reviewed", "sources", "phone", "fever",
     "2031-05-01", "", "~", "{x}", "{0.__class__}", "%s", "\U0001f600", "null"]
)  # fmt: skip
TEXTS = WORDS | st.text(max_size=20) | st.dates().map(str) | st.integers().map(str)
TREES = st.recursive(
    TEXTS, lambda deeper: st.lists(deeper, max_size=4) | st.dictionaries(WORDS, deeper, max_size=5), max_leaves=20
)
YAMLISH = st.lists(st.sampled_from(list("abc:-[]{}|>!&*#?,'\"%@` \n\n  \t0é\u2028\x85")), max_size=60).map("".join)
FILE_BYTES = st.binary(max_size=80) | YAMLISH.map(str.encode) | TREES.map(lambda tree: yaml.safe_dump(tree).encode())


@settings(max_examples=300, deadline=None)
@given(data=FILE_BYTES, within=st.sampled_from(FILES))
def test_any_bytes_give_a_value_or_problems_with_a_line(data, within):
    part = parse(f"content/{within}", within, data)
    assert part.value is not None or part.problems
    lines = data.decode("utf-8", "replace").splitlines() or [""]
    for problem in part.problems:
        assert 1 <= problem.line <= len(lines) + 1
        assert "\n" not in problem.render("es")
        assert problem.message("en") and problem.message("fr")
    topics, _ = parse_topics("data/topics.yml", data)
    assert all(isinstance(topic.safety, bool) for topic in topics.values())


@settings(max_examples=200, deadline=None)
@given(tree=TREES)
def test_a_tree_holds_exactly_the_scalars_of_the_file(tree):
    root, problems = grow("content/x.yml", yaml.safe_dump(tree, allow_unicode=True).encode())
    if root is None:
        assert problems
        return

    def count(node):
        if isinstance(node, dict):
            return sum(1 + count(value) for value in node.values())
        return sum(map(count, node)) if isinstance(node, list) else 1

    assert len(list(scalars(root))) == count(tree)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=FILE_BYTES, within=st.sampled_from(FILES))
def test_the_check_and_the_library_survive_any_file(shelf, data, within):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "content"
        shutil.copytree(shelf.root, root)
        library = Library(root)
        (root / within).write_bytes(data)
        assert isinstance(check(root, date(2031, 5, 20), {}), list)
        breaking = [problem for problem in check(root, date(2031, 5, 20), {}) if problem.breaking]
        before = library.version
        content = library.refresh()
        assert content.answers["fever"].text.texts
        assert library.broken == bool(breaking)
        if breaking:
            assert library.version == before
            with pytest.raises(ContentError):
                Library(root)


@settings(max_examples=300)
@given(text=st.text(max_size=60) | st.from_regex(r"[\d +().,/\-]{0,30}", fullmatch=True))
def test_looking_for_numbers_in_any_text_stays_inside_the_text(text):
    for position in (*phones(text, frozenset({"127"})), *emails(text), *urls(text)):
        assert 0 <= position < len(text)
    assert all(number.strip("0123456789.") == "" or number.isdigit() for number in map(str, hotlines(text)))
    assert not other_numbers(text) & {"911", "104"}
    assert opening(text) in text


def test_a_bomb_of_references_is_refused_at_once():
    layers = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    layers += [
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]" for below, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    part = parse("content/contacts.yml", "contacts.yml", "\n".join(layers).encode())
    assert part.value is None
    assert {problem.code for problem in part.problems} == {"alias"}


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_bottomless_nesting_is_refused_and_does_not_overflow(text):
    root, problems = grow("content/x.yml", text.encode())
    assert root is None
    assert problems


def test_many_keys_and_long_numbers_are_read_in_reasonable_time():
    wide = "\n".join(f"k{number}: v" for number in range(20_000)).encode()
    assert grow("content/x.yml", wide)[0] is not None
    assert list(phones("1 " * 50_000 + "x")) == [0]
    assert list(emails("a" * 20_000)) == []
    assert list(urls("a-" * 20_000)) == []
