"""The settings of a test run. A plugin named in pyproject.toml, because pytest-django reads them before any conftest."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: Everything that tests write; removed at the end of the run.
FOLDER = Path(tempfile.mkdtemp(prefix="faro-tests-"))

for _name in (
    "SECRET_KEY",
    "PSEUDONYM_KEY",
    "RASA_SECRET",
    "PUBLIC_URL",
    "CONTENT_DIR",
    "RASA_URL",
    "ACTIONS_URL",
    "PORT",
):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = str(FOLDER)
if os.environ.get("FARO_TESTS_ON_POSTGRES"):
    # Set by tests/conversations/test_postgres.py, which runs the same tests again on a server.
    os.environ["SECRET_KEY"] = "a" * 16 + "0123456789abcdef"
    os.environ["PSEUDONYM_KEY"] = "b" * 16 + "0123456789abcdef"
else:
    os.environ.pop("DATABASE_URL", None)
