"""pytest plugin: `pytest --language fr` runs, of the tests that are asked for each language, those of one.

For whoever translates: `pytest --language fr tests/answers`. Tests that are about no language in particular stay.
"""

from __future__ import annotations

import pytest

#: The parameter that names the language in tests asked once for each.
PARAMETER = "language"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--language", metavar="CODE", help="of tests parametrised by language, run those of this one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the other languages.

    Raises:
        pytest.UsageError: no test is asked in that language.
    """
    wanted = config.getoption("--language")
    if not wanted:
        return
    languages = {_language(item) for item in items} - {""}
    if wanted not in languages:
        raise pytest.UsageError(f"--language {wanted}: there are only {', '.join(sorted(languages)) or 'none'}")
    others = [item for item in items if _language(item) not in ("", wanted)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def _language(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    value = callspec.params.get(PARAMETER, "") if callspec else ""
    return value if isinstance(value, str) else ""
