"""One web process for every attack of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.web import Web, running


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("web")) as one:
        yield one
