"""Every locked package may be passed on with ours."""

from __future__ import annotations

import pytest

from bot.settings import ROOT
from tests.security.licences import ONLY_RUN, Licensed, locked


def test_every_locked_package_may_be_passed_on() -> None:
    all_ = list(locked())
    assert len(all_) > 150
    assert [f"{one.name}: {one.licence!r}" for one in all_ if one.refused] == []


def test_what_is_only_run_by_tests_is_in_no_image() -> None:
    images = (ROOT / "requirements-run.lock").read_text(encoding="utf-8")
    assert not [name for name in ONLY_RUN if f"{name}==" in images]


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-2.0-or-later OR MPL-1.1", False),
        ("GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0-only", True),
        ("BUSL-1.1", True),
        ("", True),
    ],
)
def test_what_may_not_is_seen(licence: str, refused: bool) -> None:
    assert Licensed("x", "1", licence).refused is refused
