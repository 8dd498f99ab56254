"""What two rooms must know and neither may ask the other: the same in both."""

from __future__ import annotations

import yaml

from actions.dialogue import NOT_OFFERED
from bot.answers import rules
from bot.channels.limits import WHATSAPP
from bot.settings import ROOT


def test_what_staff_may_write_is_what_the_narrowest_channel_holds() -> None:
    assert WHATSAPP.button_title is not None
    assert WHATSAPP.buttons is not None
    assert WHATSAPP.list_rows is not None
    assert WHATSAPP.button_title.value == rules.BUTTON_LIMIT
    assert WHATSAPP.buttons.value == rules.NEXT_LIMIT
    assert WHATSAPP.list_rows.value == rules.MENU_LIMIT
    assert rules.SHELF_LIMIT == rules.MENU_LIMIT - 1  # one row leads back


def test_a_short_question_is_never_offered_as_a_guess() -> None:
    areas = yaml.safe_load((ROOT / "data" / "topics.yml").read_text(encoding="utf-8"))["areas"]
    short = {topic for topics in areas.values() for topic, flags in topics.items() if flags.get("ellipsis")}
    assert short
    assert short <= NOT_OFFERED
