"""`bot content review, withdraw, restore, confirm, add-language, schema` as somebody types them."""

from __future__ import annotations

import re
import shutil
import string
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.answers import json_schema
from bot.answers.folder import Folder
from bot.answers.schema import Content
from bot.commands import content, content_edit, content_parser, content_words, edit_sentences
from bot.settings import ROOT

TODAY = date(2026, 11, 23)
COST = "answers/return/return_cost.yml"

Bot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content, on whose errors of the day no test depends."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path / "content"


@pytest.fixture
def bot(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bot:
    """Runs `bot content ...` on the copy, on a day of its own; gives exit code, stdout and stderr."""
    monkeypatch.setattr(content_edit, "panama_today", lambda: TODAY)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = content.run([*arguments, "--dir", str(root)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def read(root: Path) -> Content:
    folder = Folder(root)
    reading = folder.read(folder.stamps())
    assert not reading.breaking
    return reading.content


def everything(root: Path) -> dict[str, bytes]:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_reviewing_puts_the_day_and_says_what_changed(bot: Bot, root: Path) -> None:
    code, out, _ = bot("review", "return_cost", "--on", "2026-11-20", "--lang", "en")
    assert code == 0
    assert read(root).answers["return_cost"].reviewed == date(2026, 11, 20)
    assert "return_cost: reviewed on 2026-11-20" in out
    assert "  + reviewed: 2026-11-20\n" in out
    assert "To undo" in out


def test_reviewing_without_a_day_means_today_in_panama(bot: Bot, root: Path) -> None:
    assert bot("review", "return_cost", "--on", "2026-11-01")[0] == 0
    assert bot("review", "return_cost")[0] == 0
    assert read(root).answers["return_cost"].reviewed == TODAY
    assert "no cambió nada" in bot("review", "return_cost")[1]


def test_withdrawing_shows_what_people_read_instead_and_restoring_brings_the_file_back(bot: Bot, root: Path) -> None:
    before = everything(root)
    code, out, _ = bot("withdraw", "return_cost")
    assert code == 0
    assert read(root).answers["return_cost"].valid_to == date(2026, 11, 22)
    assert read(root).interface.sentences["no_answer_yet"].texts["es"] in out
    assert read(root).contacts["iom_panama"].name.texts["es"] in out
    assert f"bot content restore return_cost --dir {root}" in out
    # As its path is shown elsewhere
    code, out, _ = bot("restore", f"content/{COST}")
    assert code == 0
    assert everything(root) == before
    assert "bot content withdraw return_cost --until 2026-11-22" in out


def test_withdrawing_again_is_undone_to_the_day_that_was_there(bot: Bot, root: Path) -> None:
    assert bot("withdraw", "return_cost", "--until", "2026-12-31")[0] == 0
    _, out, _ = bot("withdraw", "return_cost")
    assert "bot content withdraw return_cost --until 2026-12-31" in out


def test_a_command_that_is_printed_can_be_typed(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(ROOT / ".venv/bin/bot")])
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(ROOT)
    _, out, _ = bot("withdraw", "return_cost")
    assert ": .venv/bin/bot content restore return_cost" in out
    monkeypatch.setenv("PATH", str(ROOT / ".venv/bin"))
    assert ": bot content withdraw return_cost" in bot("restore", "return_cost")[1]


def test_who_stops_reading_is_not_told_that_nothing_changed(
    bot: Bot, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(*_lines: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(content_edit._Desk, "say", gone)
    with pytest.raises(BrokenPipeError):
        bot("withdraw", "return_cost")
    assert read(root).answers["return_cost"].valid_to is not None
    assert capsys.readouterr().err == ""


def test_schemas_that_cannot_be_written_do_not_hide_that_the_answer_changed(
    bot: Bot, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> list[str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(content_edit._Desk, "schemas", full)
    code, out, err = bot("withdraw", "return_cost")
    assert (code, err) == (0, "")
    assert read(root).answers["return_cost"].valid_to is not None
    assert "bot content schema" in out


@pytest.mark.parametrize("typed", ["Costo del retorno", "costo del", "retun_cost", "return_cost.txt"])
def test_what_is_typed_instead_of_the_name_of_an_answer_leads_to_it(bot: Bot, typed: str) -> None:
    _, _, err = bot("review", typed)
    assert ".yml: return_cost" in err


@pytest.mark.parametrize(
    "value", ["0000000", "+507 305-335", "305-33500", "+507 6977-194", "+507 69771-9411", "12", "+507 012-3456"]
)
def test_a_number_with_a_digit_too_few_or_too_many_is_refused(bot: Bot, value: str) -> None:
    code, _, err = bot("confirm", "iom_panama", "--fact", "phone", "--value", value, "--source", "call")
    assert code == 1
    assert "phone" in err


def test_withdrawing_later_shows_nothing_instead_yet(bot: Bot, root: Path) -> None:
    code, out, _ = bot("withdraw", "return_cost", "--until", "2026-12-31", "--lang", "fr")
    assert code == 0
    assert read(root).answers["return_cost"].valid_to == date(2026, 12, 31)
    assert read(root).interface.sentences["no_answer_yet"].texts["fr"] not in out


def test_confirming_prints_the_facts_and_what_was_left(bot: Bot, root: Path) -> None:
    code, out, _ = bot("confirm", "iom_panama", "--fact", "phone", "--source", "call to the desk", "--lang", "en")
    assert code == 0
    (phone,) = [fact for fact in read(root).contacts["iom_panama"].facts if fact.kind == "phone"]
    assert (phone.source, phone.confirm, phone.confidence) == ("call to the desk", False, "high")
    assert "iom_panama: confirmed on 2026-11-23: phone." in out
    assert "+         source: call to the desk" in out


REFUSED = [
    ("review", "return_price"),
    ("review", "return_cost", "--on", "2026-11-24"),
    ("review", "return_cost", "--on", "yesterday"),
    ("withdraw", "greet"),
    ("withdraw", "../interface"),
    ("restore", "return_cost"),
    ("confirm", "nobody", "--source", "call"),
    ("confirm", "iom_panama", "--source", " "),
    ("confirm", "iom_panama", "--source", "call", "--fact", "whatsapp"),
    ("confirm", "iom_panama", "--source", "call", "--fact", "phone", "--value", "311"),
    ("confirm", "iom_panama", "--source", "call", "--fact", "phone", "--value", "soon"),
    ("confirm", "iom_panama", "--source", "I called 507-1802", "--fact", "phone"),
    ("add-language", "es", "--name", "Español"),
    ("add-language", "Portuguese", "--name", "Português"),
    ("add-language", "pt", "--name", ""),
    ("add-language", "pt", "--name", "Português", "--fallback", "it"),
    ("add-language", "pt", "--name", "A name that fits on no button at all"),
    ("add-language", "fr", "--undo"),
    ("add-language", "pt", "--undo"),
]


@pytest.mark.parametrize("language", edit_sentences.SPOKEN)
@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_what_is_refused_is_explained_and_changes_nothing(
    bot: Bot, root: Path, arguments: tuple[str, ...], language: str
) -> None:
    if language != "es" and arguments[:1] == ("add-language",) and "button" in " ".join(arguments):
        pytest.skip("the slow one is asked once")
    before = everything(root)
    code, out, err = bot(*arguments, "--lang", language)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == edit_sentences.said("nothing", language)
    assert len(err.splitlines()) > 1
    assert "Traceback" not in err
    assert "1802" not in err and "311" not in err.replace("line 311", "")
    assert everything(root) == before


def test_a_broken_file_is_refused_by_name(bot: Bot, root: Path) -> None:
    (root / COST).write_text("topic: [", encoding="utf-8")
    code, _, err = bot("review", "return_cost", "--lang", "en")
    assert code == 1
    assert err.startswith(f"{COST} cannot be changed by command")


def test_a_folder_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        content.run(["confirm", "iom_panama", "--source", "call", "--dir", str(tmp_path / "none")])
    assert ended.value.code == 2
    assert "no hay carpeta" in capsys.readouterr().err


def test_a_folder_without_content_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert content.run(["confirm", "iom_panama", "--source", "call", "--dir", str(tmp_path)]) == 1
    assert "contacts.yml" in capsys.readouterr().err


def test_a_language_is_added_with_its_next_steps_and_taken_away_without_a_trace(bot: Bot, root: Path) -> None:
    before = everything(root)
    code, out, _ = bot("add-language", "qfa", "--name", "Tok Faro", "--fallback", "en", "--called", "tok,faro tok")
    assert code == 0
    language = read(root).languages["qfa"]
    assert (language.name, language.fallback, language.called) == ("Tok Faro", ("en",), ("tok", "faro tok"))
    assert language.draft
    assert "data/nlu/qfa/" in out
    assert "draft: true" in out
    assert bot("schema", "--check")[0] == 0, "what editors check is told of the language"
    code, out, _ = bot("add-language", "qfa", "--undo")
    assert code == 0
    assert "add-language qfa --name 'Tok Faro' --fallback en --called 'tok,faro tok'" in out
    assert everything(root) == before


def test_a_language_that_somebody_began_to_translate_is_not_taken_away(bot: Bot, root: Path) -> None:
    assert bot("add-language", "qfa", "--name", "Tok Faro")[0] == 0
    text = (root / COST).read_text(encoding="utf-8")
    (root / COST).write_text(re.sub(r"  qfa:[^\n]*\n", "  qfa: Pe\n", text, count=1), encoding="utf-8")
    before = everything(root)
    code, _, err = bot("add-language", "qfa", "--undo")
    assert code == 1
    assert COST in err
    assert everything(root) == before


def test_schemas_that_are_out_of_date_are_told_and_written(bot: Bot, root: Path) -> None:
    assert bot("schema")[0] == 0
    assert bot("schema", "--check")[0] == 0
    file = root / json_schema.FOLDER / "answer.schema.json"
    file.write_text("{}", encoding="utf-8")
    code, _, err = bot("schema", "--check", "--lang", "en")
    assert code == 1
    assert "answer.schema.json" in err
    assert file.read_text(encoding="utf-8") == "{}"
    assert bot("schema")[0] == 0
    assert bot("schema", "--check")[0] == 0


@pytest.mark.parametrize("verb", sorted(content_edit.VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        content.run([verb, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: bot content {verb}")
    assert "--lang {es,en,fr}" in told


#: Whatever argparse itself says, of which nothing may be left.
ENGLISH = (
    "the following arguments", "unrecognized", "expected one", "invalid choice", "show this", "positional", "options:"
)  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "--help", "", "chek", "check --help", "show --help", "report --help", "confirm --help", "confirm iom_panama",
        "review", "review a b", "withdraw a --until", "add-language --help", "check --lang xx", "show --on 30/11/2026",
        "report --on mañana", "schema --dir nowhere", "show --topic", "confirm iom_panama --source llamada a la casa",
    ],
)  # fmt: skip
def test_who_reads_spanish_only_is_not_spoken_to_in_english(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        content.run(typed.split())
    told = capsys.readouterr()
    assert not [words for words in ENGLISH if words in told.out + told.err]
    assert "yuda" in told.out + told.err


def test_help_is_in_the_language_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for language, words in (("en", "show this help"), ("fr", "montrer cette aide"), ("es", "mostrar esta ayuda")):
        with pytest.raises(SystemExit):
            content.run(["confirm", "--help", f"--lang={language}"])
        assert words in capsys.readouterr().out
    assert all(set(texts) == set(content_parser.STAFF_LANGUAGES) for texts in content_words.WORDS.values())


def test_every_sentence_is_there_in_every_language_with_the_same_places() -> None:
    for code, texts in edit_sentences._SENTENCES.items():
        assert set(texts) == set(edit_sentences.SPOKEN), code
        places = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in texts.values()]
        assert places[0] == places[1] == places[2], code
