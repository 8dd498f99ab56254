"""`bot content check`: what people are shown fits every channel and is easy to read."""

from __future__ import annotations

from bot.answers.check import check
from bot.channels.layout import all_misfits

FEVER = "answers/health/fever.yml"
ATTACK = "answers/danger/attack.yml"


def on_channels(shelf, today, topics=None):
    """What the channels cannot show: code, name of the message, language, channel and option."""
    problems = check(shelf.root, today, topics or {}, all_misfits)
    values = [
        (problem.code, dict(problem.values), problem) for problem in problems if problem.code.startswith("shown_")
    ]
    return {(code, told["key"], told["language"], told["channel"], told["name"]) for code, told, _ in values}


def add_answers(shelf, count):
    names = [f"extra_{number}" for number in range(count)]
    for name in names:
        text = (
            shelf.text(FEVER).replace("topic: fever", f"topic: {name}").replace("Fiebre", name).replace("Fever", name)
        )
        shelf.write(f"answers/health/{name}.yml", text)
    shelf.replace("interface.yml", "topics: [fever]", f"topics: [{', '.join(names)}]")
    return names


def test_content_that_fits_every_channel_has_no_problem(shelf, today):
    add_answers(shelf, 9)
    assert on_channels(shelf, today) == set()


def test_a_text_beyond_a_channels_message_is_named_with_the_channel(shelf, today):
    shelf.replace(FEVER, "Beba agua", "x" * 1100 + " Beba agua")
    assert on_channels(shelf, today) == {("shown_parts", "fever", "es", "whatsapp", "")}
    (problem,) = [found for found in check(shelf.root, today, {}, all_misfits) if found.code == "shown_parts"]
    assert (problem.line, problem.level, problem.breaking) == (shelf.line(FEVER, "Beba agua"), "error", False)
    assert "whatsapp" in problem.message("fr") and "1024" in problem.message("fr")
    shelf.replace(FEVER, "Beba agua", "x" * 3500 + " Beba agua")
    assert {channel for _, _, _, channel, _ in on_channels(shelf, today)} == {"whatsapp", "telegram"}


def test_a_list_with_more_rows_than_whatsapp_has_is_named(shelf, today):
    add_answers(shelf, 10)
    assert on_channels(shelf, today) == {
        ("shown_options", "menu.health", language, "whatsapp", "") for language in ("es", "en")
    }


def test_words_that_only_a_channel_counts_as_long_are_named(shelf, today):
    shelf.replace(FEVER, "es: Fiebre", f"es: {'👩' * 13}")
    shelf.replace("interface.yml", "es: es options", f"es: {'👩' * 11}")
    names = add_answers(shelf, 4)
    found = on_channels(shelf, today)
    assert ("shown_title", "attack", "es", "whatsapp", "topic:fever") in found
    assert ("shown_label", "menu.health", "es", "whatsapp", "") in found
    assert {code for code, *_ in found} == {"shown_title", "shown_label"}
    assert names


def test_a_title_that_is_too_long_for_a_button_is_reported_once(shelf, today):
    shelf.replace(FEVER, "es: Fiebre", f"es: {'Fiebre ' * 5}")
    assert on_channels(shelf, today) == set()
    assert "title_too_long" in {problem.code for problem in check(shelf.root, today, {}, all_misfits)}


def test_a_name_that_telegram_cannot_send_back_is_named(shelf, today):
    name = "f" * 59
    shelf.write(f"answers/health/{name}.yml", shelf.text(FEVER).replace("topic: fever", f"topic: {name}"))
    shelf.replace(ATTACK, "[fever, show_menu]", f"[{name}]")
    found = on_channels(shelf, today)
    assert ("shown_id", "attack", "es", "telegram", f"topic:{name}") in found
    assert {(code, channel) for code, _, _, channel, _ in found} == {("shown_id", "telegram")}


def test_two_buttons_that_lead_to_the_same_place_are_named(shelf, today):
    shelf.replace(
        "interface.yml", "  danger:", "  dangers:"
    )  # without an area of its own, "back" leads to the menu too
    twins = {one for one in on_channels(shelf, today) if one[0] == "shown_twins"}
    assert ("shown_twins", "attack", "en", "whatsapp", "topic:show_menu") in twins
    assert {key for _, key, *_ in twins} == {"attack"}


def test_the_nearest_services_are_measured_where_most_is_said_of_them(shelf, today):
    shelf.replace("contacts.yml", "value: 555-0101", f"value: '{'5' * 15}'")
    purpose = "Un techo para la noche " * 46
    shelf.replace("contacts.yml", "es: Techo por una noche", f"es: {purpose}")
    found = on_channels(shelf, today)
    assert ("shown_parts", "nearest.roof", "es", "whatsapp", "") in found
    assert ("shown_parts", "nearest.roof", "en", "whatsapp", "") not in found


HARD = "La institucionalización administrativa de procedimientos interinstitucionales especializados " * 5


def test_a_text_that_is_hard_to_read_is_a_warning(shelf):
    shelf.replace(FEVER, "Beba agua y descanse.", HARD)
    (problem,) = [one for one in shelf.check() if one.code == "hard_to_read"]
    assert (problem.level, problem.line) == ("warning", shelf.line(FEVER, "institucionalización"))
    assert dict(problem.values)["language"] == "es"


def test_what_a_draft_of_a_language_lacks_is_counted_and_does_not_fail(shelf):
    shelf.replace("languages.yml", "default:", "  qfa: {name: Tok Faro, fallback: [en], draft: true}\ndefault:")
    found = [problem for problem in shelf.check() if problem.code != "hard_to_read"]
    assert {problem.code for problem in found} == {"draft_language"}
    assert {problem.level for problem in found} == {"warning"}
