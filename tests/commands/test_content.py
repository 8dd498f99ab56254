"""`bot content check`, `show` and `report`: what staff read, and what is refused by name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from bot.commands import content
from bot.settings import ROOT

FEVER = "answers/health/health_where.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content that may be changed."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def bot(capsys: pytest.CaptureFixture[str]):
    """Runs `bot content ...`; gives the exit code, what was printed and what was said on stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = content.run([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(str(ended.code))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def change(folder: Path, within: str, old: str, new: str) -> None:
    file = folder / within
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# ---- all verbs -------------------------------------------------------------------------------------------------------


def test_one_help_lists_every_verb(bot):
    code, out, _ = bot("--help")
    assert code == 0
    for verb in ("check", "show", "report", "review", "withdraw", "confirm", "add-language", "schema"):
        assert re.search(rf"^  {verb} +\w+", out, re.MULTILINE), verb
        assert bot(verb, "--help")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "VERB"),
        (("chek",), "chek"),
        (("check", "--lang", "xx"), "xx"),
        (("check", "--dir", "nowhere"), "nowhere"),
        (("check", "extra"), "extra"),
        (("show", "--dir", "nowhere"), "nowhere"),
        (("show", "--on", "2026-02-30"), "2026-02-30"),
        (("show", "--on", "tomorrow"), "tomorrow"),
        (("show", "--lang", "xx"), "xx"),
        (("show", "--channel", "fax"), "fax"),
        (("show", "--topic", "nothing_at_all"), "nothing_at_all"),
        (("show", "--staff-lang", "xx"), "xx"),
        (("report", "--lang", "xx"), "xx"),
        (("report", "--on", "2026-02-30"), "2026-02-30"),
        (("report", "--dir", "nowhere"), "nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_not_known_is_refused_by_name(bot, arguments, named):
    code, out, err = bot(*arguments)
    assert (code, out) == (2, "")
    assert named in err and "usage: bot content" in err


@pytest.mark.parametrize(
    ("option", "given", "meant"),
    [
        ("--topic", "helth_where", "health_where"),
        ("--topic", "health", "menu.health"),
        ("--channel", "whatsap", "whatsapp"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(bot, option, given, meant):
    for language, words in (("es", "¿Quiso decir"), ("en", "Did you mean"), ("fr", "Vouliez-vous dire")):
        _, _, err = bot("show", option, given, "--staff-lang", language)
        assert words in err and meant in err.split(words)[1]


# ---- check -----------------------------------------------------------------------------------------------------------


def test_the_content_is_checked_on_every_channel(bot):
    code, out, _ = bot("check")
    assert code == 0, out
    assert all(re.match(r"\S+\.yml:\d+: warning: ", line) for line in out.splitlines()[:-1])


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "no cabe en un mensaje"), ("en", "does not fit into one"), ("fr", "ne tient pas en un")],
)
def test_a_message_that_whatsapp_cannot_carry_fails_in_the_language_of_the_staff(bot, folder, language, words):
    change(folder, FEVER, "    Para lo demás", "    " + "Vaya. " * 150 + "Para lo demás")
    code, out, _ = bot("check", "--dir", folder, "--lang", language)
    assert code == 1
    (line,) = [line for line in out.splitlines() if "whatsapp" in line]
    assert re.match(rf"content/{FEVER}:\d+: error: ", line) and words in line and "1024" in line


def test_quiet_says_nothing_while_nothing_fails(bot, folder):
    assert bot("check", "--quiet") == (0, "", "")
    change(folder, FEVER, "[h_santo_tomas", "[h_santo_tomaz")
    code, out, _ = bot("check", "--quiet", "--dir", folder)
    assert code == 1 and "h_santo_tomaz" in out


# ---- show ------------------------------------------------------------------------------------------------------------


def test_a_topic_is_shown_as_each_channel_shows_it(bot):
    _, page, _ = bot("show", "--topic", "health_where", "--lang", "es")
    assert page.startswith("=== health_where | es | web | 1/1 | ") and "/∞\n" in page
    assert "Hospital Santo Tomás" in page and "    [ Ayuda cerca de mí ]\n" in page
    _, phone, _ = bot("show", "--topic", "health_where", "--lang", "es", "--channel", "whatsapp")
    assert re.match(r"=== health_where \| es \| whatsapp \| 1/1 \| \d+/1024\n", phone)
    assert "    [ Opciones ]\n      - Ayuda cerca de mí\n" in phone
    assert page.splitlines()[1:-6] == phone.splitlines()[1 : len(page.splitlines()) - 6]


def test_where_somebody_is_is_asked_for_in_a_message_of_its_own(bot):
    _, out, _ = bot("show", "--topic", "nearest_service", "--lang", "en", "--channel", "telegram")
    assert "| 2/2 |" in out and "    [ 📍 Share my location ]" in out


def test_without_a_topic_everything_is_shown_in_every_language(bot):
    code, out, _ = bot("show", "--channel", "whatsapp")
    shown = set(re.findall(r"^=== (\S+) \| (\S+) \| whatsapp \|", out, re.MULTILINE))
    assert code == 0
    for name in ("health_where", "greet", "menu.rights", "nearest.health", "sentences.trouble", "return_cost"):
        assert {(name, "es"), (name, "en"), (name, "fr")} <= shown
    assert not re.search(r"\[1\] ", out), "options that do not fit are numbered"


def test_an_answer_that_is_not_valid_on_the_day_shows_what_takes_its_place(bot, folder):
    file = folder / FEVER
    file.write_text(
        file.read_text(encoding="utf-8") + "valid_from: 2027-01-10\nvalid_to: 2027-02-10\n", encoding="utf-8"
    )
    show = ("show", "--topic", "health_where", "--lang", "en", "--dir", folder, "--on")
    _, before, _ = bot(*show, "2027-01-09")
    assert before.startswith("!!! La respuesta «health_where» vale desde el 2027-01-10.")
    assert "I do not have a checked answer now" in before and "corregimiento" not in before
    for day in ("2027-01-10", "2027-02-10"):
        _, during, _ = bot(*show, day)
        assert "corregimiento" in during and "!!!" not in during
    _, after, _ = bot(*show, "2027-02-11", "--staff-lang", "fr")
    assert after.startswith("!!! La réponse « health_where » a expiré le 2027-02-10.")
    assert "I do not have a checked answer now" in after


def test_a_borrowed_text_is_shown_with_its_language(bot, folder):
    change(
        folder, "languages.yml", "default:", "  pt:\n    name: Português\n    fallback: [es]\n    draft: true\ndefault:"
    )
    code, out, _ = bot("show", "--topic", "health_where", "--lang", "pt", "--dir", folder)
    assert code == 0
    assert out.splitlines()[1] == "(Español)"


@pytest.mark.parametrize("verb", ["show", "report"])
def test_broken_content_is_not_shown_and_says_why(bot, folder, verb):
    (folder / FEVER).write_text("topic: [", encoding="utf-8")
    code, out, err = bot(verb, "--dir", folder)
    assert (code, out) == (1, "")
    assert re.search(rf"^content/{FEVER}:\d+: error: .*columna \d+", err, re.MULTILINE)


# ---- report ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("es", "Contactos que la OIM debe confirmar"),
        ("en", "Contacts that IOM has to"),
        ("fr", "Contacts que l'OIM doit"),
    ],
)
def test_the_report_is_in_the_language_of_the_staff(bot, language, heading):
    code, out, _ = bot("report", "--lang", language)
    assert code == 0 and heading in out


def test_the_report_of_a_later_day_names_every_overdue_review(bot):
    _, out, _ = bot("report", "--on", "2029-01-01")
    assert "health_where: había que revisarla antes del " in out


def test_the_report_never_tells_what_must_not_be_published(bot):
    _, out, _ = bot("report")
    contacts = yaml.safe_load((ROOT / "content" / "contacts.yml").read_text(encoding="utf-8"))
    values = [str(one["value"]) for one in contacts["do_not_publish"]]
    long = [value for value in values if len(re.sub(r"\D", "", value)) > 4]
    assert len(long) > 3
    assert not [value for value in long if value in out]
