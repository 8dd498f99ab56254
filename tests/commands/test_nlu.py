"""What `bot nlu` and `bot talk` read, and what `bot nlu` writes."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import nlu
from bot.commands.nlu import lines
from bot.commands.nlu_plain import LANGUAGES, SENTENCES, said
from bot.conversations.triage import Finding
from bot.nlu.explain import PARTS, RULES, Explanation, Parts, Piece, Weighed
from bot.nlu.neighbours import Example, Near
from bot.rasa_compat.understanding import Understanding, Understood


def _lines(data: bytes, errors: str = "strict") -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors))
        return list(lines())


def test_a_line_that_is_no_text_does_not_end_those_after_it() -> None:
    assert _lines(b"hola\n\xff\xfe\x00\n\nadi\xc3\xb3s") == ["hola", "\ufffd\ufffd\x00", "", "adiós"]


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@given(data=st.binary(max_size=200))
def test_whatever_is_read_can_be_written_again(data: bytes, errors: str) -> None:
    for line in _lines(data, errors):
        line.encode("utf-8")


class Noisy:
    """Understands everything as a greeting, and writes to stdout meanwhile, as libraries do."""

    is_slow_to_explain = True

    def understand(self, text: str) -> Understood:
        os.write(1, b"from a library in C\n")
        return Understood(text, "es", "greet", 0.9, safety=False, ranking=(("greet", 0.9),))

    def explain(self, text: str) -> tuple[Understood, Explanation]:
        near = Near(Example("greet", "es", "hola"), 0.75)
        speak_for = (
            Weighed("hola", "words", 1.25),
            Weighed(" ol", "characters", 0.5),
            Weighed("la", "characters", 0.25),
        )
        parts = Parts("greet", "thank", 1.5, {"words": 1.25, "bias": 0.25}, speak_for, ())
        return self.understand(text), Explanation(
            (near,), parts, "hola", (Piece("hola", "greet", 0.9),), ("likeliest",)
        )


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "ola\nuno\u2028dos\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    monkeypatch.setattr(Understanding, "of_project", lambda _root, **_: Noisy())


KEYS = ["text", "language", "topic", "confidence", "safety", "nationality", "organisation", "ranking"]


@pytest.mark.parametrize(("options", "keys"), [([], KEYS), (["--explain"], [*KEYS, "explanation"])])
def test_stdout_is_one_json_a_line_and_nothing_else(
    typed: None, capfd: pytest.CaptureFixture[str], options: list[str], keys: list[str]
) -> None:
    assert nlu.run(options) == 0
    out, err = capfd.readouterr()
    told = [json.loads(line) for line in out.removesuffix("\n").split("\n")]
    assert [one["text"] for one in told] == ["ola", "uno\u2028dos"]
    assert [list(one) for one in told] == [keys, keys]
    assert "from a library in C" in err


def test_an_explanation_is_announced_where_it_does_not_disturb(typed: None, capfd: pytest.CaptureFixture[str]) -> None:
    nlu.run(["--explain", "--lang", "en"])
    out, err = capfd.readouterr()
    assert said("slow", "en") in err and said("slow", "en") not in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_people_it_says_the_same_in_their_language(
    typed: None, capfd: pytest.CaptureFixture[str], language: str
) -> None:
    assert nlu.run(["--explain", "--plain", "--lang", language]) == 0
    out, _ = capfd.readouterr()
    assert said("examples", language) in out and said("likeliest", language) in out
    for value in ("greet", "thank", "0.90", "0.75", "+1.2", "«hola»", "«ol…»", "«…la…»"):
        assert value in out


def test_sentences_alone_explain_nothing(typed: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert nlu.run(["--plain", "--lang", "en"]) == 0
    out, _ = capfd.readouterr()
    assert "greet" in out and said("examples", "en") not in out


SAID = {*RULES, *Finding, *PARTS} - {Finding.NOT_SUPPORTED}  # no line of text is a picture


@pytest.mark.parametrize("code", sorted(SAID))
def test_every_part_and_rule_has_a_sentence_in_every_language(code: str) -> None:
    assert set(SENTENCES[code]) == set(LANGUAGES)
