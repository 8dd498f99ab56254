"""`bot content check`: what is wrong is found, all of it, on the line where it stands."""

from __future__ import annotations

import io
import string
from datetime import date
from pathlib import Path

import pytest

from bot.answers import problems, rules, sentences
from bot.answers.check import check, run
from bot.answers.choose import choose
from bot.answers.render import MESSAGE_LIMIT, render
from bot.channels.layout import Reason

FEVER = "answers/health/fever.yml"
ATTACK = "answers/danger/attack.yml"
LONG = "palabra " * 120


def found(shelf, topics=None):
    return {(problem.code, problem.path.removeprefix("content/"), problem.line) for problem in shelf.check(topics)}


def test_good_content_has_no_problems(shelf):
    assert shelf.check() == []


# file, what stands there, what is written instead, code, the line that is named (a part of it, after the change)
MISTAKES = [
    (FEVER, "topic: fever", "topic: 'fever' x", "yaml_broken", "topic:"),
    (FEVER, "title:", "title: [", "yaml_bracket", "title: ["),
    # The quotes end where the next ones begin, many lines below.
    (FEVER, "es: Fiebre", 'es: "Fiebre\n  en: "Fever', "yaml_quote", '"Fiebre'),
    (FEVER, "es: Fiebre", "es:Fiebre", "yaml_no_blank", "es:Fiebre"),
    (FEVER, "review_every: 90", "review_every: 90\nvalid_to:2031-05-19", "yaml_no_blank", "valid_to"),
    (FEVER, "  es: Fiebre", "\tes: Fiebre", "yaml_blank", "es: Fiebre"),
    (FEVER, "    Beba agua", "\tBeba agua", "yaml_blank", "Beba agua"),
    (FEVER, "    Beba agua", "\xa0\xa0\xa0\xa0Beba agua", "yaml_blank", "Beba agua"),
    (FEVER, "  - fact: ", "\t- fact: ", "yaml_blank", "fact:"),
    (FEVER, "    1. Si dura", "  1. Si dura", "yaml_moved", "Si dura"),
    (FEVER, "    1. Si dura", "1. Si dura", "yaml_moved", "Si dura"),
    (FEVER, "  en: |-", "   en: |-", "yaml_moved", "en: |-"),
    (FEVER, "title:\n", "", "yaml_moved", "es: Fiebre"),
    (FEVER, "review_every: 90", "review_every: 90\n  valid_to: 2031-05-19", "yaml_moved", "valid_to"),
    (FEVER, "es: Fiebre", "es: &Fiebre alta", "yaml_sign", "&Fiebre"),
    (FEVER, "es: Fiebre", "es: Fiebre\u202eanuf", "control_character", "Fiebre\u202e"),
    (FEVER, "es: Fiebre", "es: Fiebre: alta", "yaml_colon", "Fiebre: alta"),
    (FEVER, "es: Fiebre", "es: 'Fiebre", "yaml_quote", "'Fiebre"),
    (FEVER, "es: Fiebre", "es: @Fiebre", "yaml_sign", "@Fiebre"),
    (FEVER, "topic: fever", "topic: - fever", "yaml_dash", "- fever"),
    (FEVER, "title:", "colour: red\ntitle:", "unknown_key", "colour"),
    (FEVER, "title:", "title: &a\n  es: x\nx: *a\ntitle:", "alias", "x: *a"),
    (FEVER, "topic: fever", "topic: !!python/name:os.system fever", "tag", "topic"),
    (FEVER, "topic: fever", "topic: fever\ntopic: fever", "duplicate_key", "topic: fever\n"),
    (FEVER, "topic: fever", "topic: fevre", "topic_mismatch", "fevre"),
    (FEVER, "  en: Fever\n", "", "missing_language", "title:"),
    (FEVER, "  es: Fiebre\n", "", "missing_default", "title:"),
    (FEVER, "  en: Fever", "  en: Fever\n  xx: Feber", "unknown_language", "xx:"),
    (FEVER, "  en: Fever", "  en:", "missing_language", "title:"),
    (FEVER, "  en: Fever", "  en: [Fever]", "expected_text", "en: [Fever]"),
    (FEVER, "Fiebre", "Fiebre alta de noche y de día", "title_too_long", "Fiebre alta"),
    (FEVER, "[lighthouse]", "[lighthouse, moonhouse]", "unknown_contact", "moonhouse"),
    (FEVER, "[lighthouse]", "[lighthouse, lighthouse]", "repeated", "contacts:"),
    (FEVER, "[attack]", "[atack]", "unknown_next", "atack"),
    (FEVER, "[attack]", "[fever]", "next_itself", "next:"),
    (FEVER, "[attack]", "[]", "dead_end", "next:"),
    (FEVER, "[attack]", "[attack, show_menu, ask_human, erase_data]", "too_many_next", "next:"),
    (FEVER, "[attack]", "attack", "expected_list", "next:"),
    (FEVER, '  - fact: "1.1"\n    url: https://health.example/fever', "  []", "no_sources", "sources:"),
    (FEVER, "https://health.example/fever", "health example", "bad_value", "url:"),
    (FEVER, "reviewed: 2031-05-01", "reviewed: 2031-13-01", "bad_date", "reviewed:"),
    (FEVER, "reviewed: 2031-05-01", "reviewed: 2031-05", "bad_date", "reviewed:"),
    (FEVER, "reviewed: 2031-05-01", "", "missing_field", None),
    (FEVER, "reviewed: 2031-05-01", "reviewed: 2030-05-01", "review_overdue", "reviewed:"),
    (FEVER, "reviewed: 2031-05-01", "reviewed: 2032-05-01", "review_future", "reviewed:"),
    (FEVER, "review_every: 90", "review_every: often", "bad_number", "review_every"),
    (FEVER, "review_every: 90", "review_every: 90\nvalid_to: 2031-05-19", "expired", "valid_to"),
    (
        FEVER,
        "review_every: 90",
        "review_every: 9\nvalid_from: 2031-05-19\nvalid_to: 2031-05-18",
        "dates_reversed",
        "valid_to",
    ),
    (FEVER, "    1. Si dura", "    Llame al 555-0101.\n    1. Si dura", "typed_phone", "Llame"),
    (FEVER, "    1. Si dura", "    Llame al 126.\n    1. Si dura", "typed_phone", "Llame"),
    (FEVER, "    1. Si dura", "    Escriba a puerta@faro.example.\n    1. Si dura", "typed_email", "Escriba"),
    (FEVER, "    1. Si dura", "    Mire www.faro.example.\n    1. Si dura", "typed_url", "Mire"),
    (FEVER, "    1. Si dura", "    Mire faro.org/ayuda.\n    1. Si dura", "typed_url", "Mire"),
    (FEVER, "    1. Si dura", "    Nunca 555.66-77.\n    1. Si dura", "forbidden", "Nunca"),
    (FEVER, "    1. Si dura", "    Vaya a CALLE MENDEZ, 4.\n    1. Si dura", "forbidden", "es: |-"),
    (FEVER, "Drink water", "Drink " + LONG, "rendered_too_long", "Drink"),
    (FEVER, "lasts 3 days", "lasts 4 days", "numbers_differ", "Drink"),
    (FEVER, "see a doctor", "call 911", "numbers_differ_phone", "Drink"),
    (ATTACK, "Llame al 911 o al 104.", "Tenga calma. Llame al 911 o al 104.", "safety_number", "Tenga calma"),
    (ATTACK, "In danger? Call 911 or 104.", "Keep calm.\n    Call 911 or 104.", "safety_number", "Keep calm"),
    ("contacts.yml", "value: 555-0101", "value: +507 555-6677", "forbidden", "+507 555-6677"),
    ("contacts.yml", "value: '126'", "value: '377'", "forbidden", "value: '377', source"),
    ("contacts.yml", "value: '126'", "value: ask inside", "bad_value", "ask inside"),
    ("contacts.yml", "value: '126'", "value: {es: '126', en: '127'}", "single_value", "'127'"),
    ("contacts.yml", "kind: hours", "kind: mood", "bad_choice", "mood"),
    ("contacts.yml", "confidence: low", "confidence: sure", "bad_choice", "sure"),
    ("contacts.yml", "source: a sign, date: '2028', ", "source: a sign, ", "missing_field", "door@"),
    ("contacts.yml", "en: Lighthouse House", "en: Lighthouse 555 0101", "typed_phone", "555 0101"),
    ("interface.yml", "  trouble:", "  truble:", "missing_key", "sentences:"),
    ("interface.yml", "  language_en:", "  language_xx:", "missing_key", "buttons:"),
    ("interface.yml", "  welcome:", "  welcom:", "missing_key", "web:"),
    ("interface.yml", "es: es menu", "es: Ver todo el menú de temas", "button_too_long", "Ver todo"),
    ("interface.yml", "es: es trouble", "es: Marque 5550101 ya", "typed_phone", "Marque"),
    ("interface.yml", "es: es trouble", f"es: {LONG}", "rendered_too_long", "trouble:"),
    ("contacts.yml", "lat: 9.0", "lat: 90", "bad_decimal", "lat: 90"),
    ("contacts.yml", "category: roof", "category: rof", "unknown_category", "category: rof"),
    ("contacts.yml", "    category: help\n", "", "no_category", "iom_panama:"),
    (FEVER, "ask_cost: attack, ask_more: fever", "ask_cost: attack", "no_follow_up", "follow_ups:"),
    (FEVER, "follow_ups: {ask_cost: attack, ask_more: fever}\n", "", "no_follow_up", "topic:"),
    (FEVER, "ask_cost: attack", "ask_wages: attack", "unknown_follow_up", "ask_wages"),
    (FEVER, "ask_cost: attack", "ask_cost: atack", "unknown_next", "atack"),
    (
        "interface.yml",
        "  health:\n    title: {es: Salud, en: Health}\n    topics: [fever]\n",
        "",
        "menu_area_missing",
        None,
    ),
    ("interface.yml", "  danger:", "  dangers:", "menu_area_unknown", "title: {es: Peligro"),
    ("interface.yml", "topics: [fever]", "topics: [fevre]", "unknown_next", "fevre"),
    ("interface.yml", "es: Peligro", "es: Peligro de noche y de día", "button_too_long", "Peligro de noche"),
    ("languages.yml", "default: es", "default: it", "unknown_default", "default:"),
    ("languages.yml", "fallback: [es]", "fallback: [it]", "unknown_fallback", "en:"),
    ("answers/health/cough.yml", None, "topic: cough\n", "unknown_topic", ""),
    ("answers/health/attack.yml", None, "topic: attack\n", "duplicate_topic", ""),
    ("answers/fever.yml", None, "topic: fever\n", "unread_file", ""),
    ("answers/health/empty.yml", None, "# nothing yet\n", "empty_file", ""),
    ("answers/health/two.yml", None, "topic: two\n---\ntopic: two\n", "several_documents", "---"),
    ("answers/health/deep.yml", None, "[" * 5000, "too_deep", ""),
    ("answers/health/bell.yml", None, "topic: a\ntitle: \x07\n", "control_character", "title"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{number}-{mistake[3]}" for number, mistake in enumerate(MISTAKES)])
def test_a_mistake_is_reported_on_its_line(shelf, mistake):
    within, old, new, code, part = mistake
    if old is None:
        shelf.write(within, new)
    else:
        shelf.replace(within, old, new)
    reported = found(shelf)
    if part is None:
        assert (code, within) in {(name, path) for name, path, _ in reported}
    elif part.endswith("\n"):
        assert (code, within, shelf.line(within, part.strip()) + 1) in reported
    else:
        assert (code, within, shelf.line(within, part)) in reported


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [("topic: fever\ntitle: a: b\n", 2, 9), ("title:\n  es: 'ay\n  en: x\n", 2, 7), ("a: [b\nc: d\n", 1, 4)],
)
def test_broken_yaml_is_told_with_its_line_and_column(shelf, written, line, column):
    shelf.write(FEVER, written)
    (broken,) = [problem for problem in shelf.check() if problem.path.endswith(FEVER)]
    assert broken.render("es").startswith(f"content/{FEVER}:{line}: error: ")
    for language, word in (("es", "columna"), ("en", "column"), ("fr", "colonne")):
        assert f"({word} {column})" in broken.render(language)


def test_every_sentence_of_the_catalogue_is_provoked_by_a_test():
    elsewhere = {
        "missing_answer", "wrong_area", "missing_file", "not_utf8", "unreadable", "too_big", "expected_mapping",
        "empty_text", "rendered_long", "summary", "hard_to_read", "draft_language",
        "bad_hours", "hours_overlap", "bad_timezone",
        "unknown_code", "unknown_country", "country_without_line", "ambiguous_unlisted", "name_twice",
    }  # fmt: skip
    shown = {f"shown_{reason}" for reason in Reason}
    assert {mistake[3] for mistake in MISTAKES} | elsewhere | shown == set(sentences.SENTENCES)


def test_files_that_cannot_be_read_are_problems_not_crashes(shelf):
    (shelf.root / "answers/health/latin.yml").write_bytes("topic: latin\ntitle: Médico".encode("latin-1"))
    (shelf.root / "answers/health/huge.yml").write_bytes(b"# " + b"x" * 600_000)
    (shelf.root / "answers/health/dangling.yml").symlink_to(shelf.root / "nowhere.yml")
    (shelf.root / "answers/health/folder.yml").mkdir()
    shelf.replace("interface.yml", "web:", "web: nothing\nweb2:")
    shelf.replace("contacts.yml", "en: Office", 'en: "  "')
    reported = found(shelf)
    assert ("not_utf8", "answers/health/latin.yml", 2) in reported
    assert ("too_big", "answers/health/huge.yml", 1) in reported
    assert ("expected_mapping", "interface.yml", shelf.line("interface.yml", "web: nothing")) in reported
    assert ("empty_text", "contacts.yml", shelf.line("contacts.yml", "es: Oficina")) in reported


def test_all_problems_of_all_files_are_reported_at_once(shelf):
    changed = [mistake for mistake in MISTAKES if mistake[3] in {"unknown_contact", "unknown_next", "bad_number"}]
    for within, old, new, _, _ in changed:
        shelf.replace(within, old, new)
    shelf.replace(ATTACK, "Llame al 911 o al 104.", "Calma.")
    shelf.replace("contacts.yml", "kind: hours", "kind: mood")
    shelf.write("answers/health/broken.yml", "topic: [")
    codes = [(problem.code, problem.path) for problem in shelf.check()]
    for code, path in [
        ("unknown_contact", FEVER),
        ("unknown_next", FEVER),
        ("bad_number", FEVER),
        ("safety_number", ATTACK),
        ("bad_choice", "contacts.yml"),
        ("yaml_bracket", "answers/health/broken.yml"),
    ]:
        assert (code, f"content/{path}") in codes


def test_topics_and_answers_are_held_together(shelf):
    (shelf.root / FEVER).rename(shelf.root / "answers/danger/fever.yml")
    (shelf.root / ATTACK).unlink()
    reported = found(shelf)
    assert ("wrong_area", "answers/danger/fever.yml", 1) in reported
    assert ("missing_answer", ATTACK, 1) in reported


def test_a_missing_file_is_reported_once(shelf):
    (shelf.root / "interface.yml").unlink()
    about = {code for code, path, _ in found(shelf) if path == "interface.yml"}
    assert about == {"missing_file", "missing_answer"}


def test_a_broken_answer_is_not_reported_as_missing_too(shelf):
    shelf.write(FEVER, "topic: [")
    assert {code for code, _, _ in found(shelf)} == {"yaml_bracket"}


def test_an_answer_that_is_gone_is_one_mistake_however_many_lead_to_it(shelf):
    (shelf.root / ATTACK).unlink()
    assert [(one.code, one.path) for one in shelf.check()] == [("missing_answer", f"content/{ATTACK}")]


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [("[lighthouse]", "[lihgthouse]", "lighthouse"), ("[attack]", "[atack]", "attack"), ("title:", "titel:", "title")],
)
def test_what_was_meant_by_a_name_that_is_not_known_comes_first(shelf, old, new, meant):
    shelf.replace(FEVER, old, new)
    told = [one.render("es") for one in shelf.check() if one.code in {"unknown_contact", "unknown_next", "unknown_key"}]
    assert len(told) == 1
    assert f": {meant}" in told[0]


def test_an_empty_folder_is_reported_and_does_not_crash(tmp_path, today):
    root = tmp_path / "content"
    for _ in range(2):
        codes = [problem.code for problem in check(root, today, {})]
        assert codes == ["missing_file"] * 3
        root.mkdir(exist_ok=True)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (rules.MESSAGE_ADVICE, []),
        (rules.MESSAGE_ADVICE + 1, [("rendered_long", "warning")]),
        (MESSAGE_LIMIT, [("rendered_long", "warning")]),
        (MESSAGE_LIMIT + 1, [("rendered_too_long", "error")]),
    ],
)
def test_a_message_is_measured_with_its_contacts_and_buttons(shelf, today, length, expected):
    content = shelf.content()
    outgoing = render(content, choose(content, "fever", "es", today))
    before = len(outgoing.text) + sum(len(button.title) for button in outgoing.buttons)
    shelf.replace(FEVER, "Beba agua", "x" * (length - before) + "Beba agua")
    assert [(problem.code, problem.level) for problem in shelf.check()] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Publicado el 2025-10-28, vale de 2025-2026 y 2024 - 2025.",
        "Cuesta B/. 1.000.000, o 1 000 000 o 1 000 000.",
        "Llame al 911/104/182, al 103 o al 147.",
        "De 7.30 - 15.30, el 28/10/2025, p.m. y a.m., en EE.UU.",
        "Punto.Otra frase, 24 horas, 180 días y 72 horas.",
    ],
)
def test_ordinary_numbers_are_not_taken_for_contacts(shelf, text):
    shelf.replace(FEVER, "Beba agua", text)
    assert not {"typed_phone", "typed_email", "typed_url"} & {code for code, _, _ in found(shelf)}


@pytest.mark.parametrize(
    "text", ["+507 6555-0199", "6555 0199", "(507) 555-0199", "65550199", "６５５５０１９９", "6555–0199"]
)
def test_telephones_are_found_however_they_are_written(shelf, text):
    shelf.replace(FEVER, "Beba agua", f"Llame al {text}")
    assert ("typed_phone", FEVER, shelf.line(FEVER, "Llame")) in found(shelf)


@pytest.mark.parametrize(
    "text",
    [
        "5556677",
        "555 66 77",
        "+507 555-6677",
        "(555) 66.77",
        "55\u200b5-66\u00ad77",
        "٥٥٥٦٦٧٧",
        "línea 377.",
        "calle  MÉNDEZ n.° 4",
    ],
)
def test_what_must_not_be_published_is_found_however_it_is_written(shelf, text):
    shelf.replace("interface.yml", "en: en footer", f'en: "{text}"')
    expected = "calle" not in text
    assert (("forbidden", "interface.yml", shelf.line("interface.yml", "footer:")) in found(shelf)) is expected


@pytest.mark.parametrize("text", ["1377 personas", "3770", "37.7", "B/. 1,377", "555-667", "2031-03-77"])
def test_a_number_that_only_contains_a_forbidden_one_is_allowed(shelf, text):
    shelf.replace("interface.yml", "en: en footer", f'en: "{text}"')
    assert "forbidden" not in {code for code, _, _ in found(shelf)}


def test_values_that_must_not_be_published_never_stand_in_a_problem(shelf):
    shelf.replace(FEVER, "Beba agua", "Llame al 555-6677")
    shelf.replace("contacts.yml", "value: 555-0101", "value: phone 555-0101")
    for language in ("es", "en", "fr"):
        text = "\n".join(problem.render(language) for problem in shelf.check())
        assert "6677" not in text and "0101" not in text


def test_every_sentence_exists_in_every_language_with_the_same_values():
    for code, texts in sentences.SENTENCES.items():
        assert set(texts) == {"es", "en", "fr"}, code
        names = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in texts.values()]
        assert names[0] == names[1] == names[2], code


def test_every_level_belongs_to_a_sentence():
    assert set(sentences.SENTENCES) > problems.EDITORIAL | problems.WARNINGS
    assert not problems.EDITORIAL & problems.WARNINGS


def register(shelf) -> Path:
    file = shelf.root.parent / "data" / "topics.yml"
    file.parent.mkdir()
    file.write_text(
        "areas:\n  health:\n    fever: {}\n  danger:\n    attack: {safety: true}\n"
        "  conversation: {show_menu: {}, ask_human: {}, erase_data: {}, choose_language: {}}\n"
        "  follow_up: {ask_cost: {ellipsis: true}, ask_more: {ellipsis: true}}\n",
        encoding="utf-8",
    )
    return file


def test_the_command_prints_every_problem_and_the_counts_and_fails_on_errors(shelf, today):
    register(shelf)
    shelf.replace(FEVER, "[attack]", "[atack]")
    shelf.replace(ATTACK, "reviewed: 2031-05-01", "reviewed: 2030-05-01")
    out = io.StringIO()
    assert run(shelf.root, today, "en", out) == 1
    assert out.getvalue().splitlines() == [
        f"content/{ATTACK}:12: warning: This answer was to be reviewed by 2030-05-31.",
        f"content/{FEVER}:15: error: The next topic “atack” has no answer. Most alike: attack, erase_data, ask_human.",
        "5 files: 1 errors, 1 warnings.",
    ]


def test_warnings_alone_do_not_fail_the_command(shelf, today):
    register(shelf)
    shelf.replace(ATTACK, "reviewed: 2031-05-01", "reviewed: 2030-05-01")
    out = io.StringIO()
    assert run(shelf.root, today, "es", out) == 0
    assert "Había que revisar esta respuesta antes del 2030-05-31." in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "5 archivos: 0 errores, 1 avisos."


def test_the_command_says_when_the_register_of_topics_is_missing_or_broken(shelf, today):
    out = io.StringIO()
    assert run(shelf.root, today, "fr", out) == 1
    assert out.getvalue().startswith("data/topics.yml:1: error: ")
    register(shelf).write_text("areas:\n  health:\n    fever: {safety: perhaps}\n", encoding="utf-8")
    out = io.StringIO()
    assert run(shelf.root, today, "fr", out) == 1
    assert "data/topics.yml:3: error: " in out.getvalue()


def test_a_review_far_in_the_future_does_not_overflow(shelf, today):
    shelf.replace(FEVER, "reviewed: 2031-05-01", "reviewed: 9999-12-31")
    assert "review_future" in {code for code, _, _ in found(shelf)}
    assert check(shelf.root, date(9999, 12, 31), {}) == check(shelf.root, date(9999, 12, 31), {})


def test_a_review_may_be_made_on_the_day_it_is_due(shelf):
    topics = {}
    due = date(2031, 5, 31)  # attack: reviewed on 1 May, every 30 days
    assert "review_overdue" not in {problem.code for problem in check(shelf.root, due, topics)}
    assert "review_overdue" in {problem.code for problem in check(shelf.root, date(2031, 6, 1), topics)}
