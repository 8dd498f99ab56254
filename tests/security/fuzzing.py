"""How long the fuzzers look: briefly and the same in every run of the tests, long and anew under `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: How many times more examples than in `make test`; `make fuzz` sets it.
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))


def looking(examples: int) -> settings:
    """Settings for a test that tries that many examples."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
