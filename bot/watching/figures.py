"""The figures that a process counts of its own work. docs/metrics.md explains each; a test compares the two.

Labels are channels, outcomes, languages, stages and codes of ours: few values, and none that is about a person. There is no
topic among them and no contact: a count that changes at a known second points at whoever wrote then
(docs/adr/0018-watching.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric

# Two series less for each histogram and counter; Prometheus finds out about restarts without them.
disable_created_metrics()  # type: ignore[no-untyped-call]

#: Not the default one of the library, into which every library could write.
REGISTRY = CollectorRegistry()
#: CPU time, memory, open files (Linux only).
ProcessCollector(registry=REGISTRY)

#: Seconds. A turn takes 0.05 to 0.5; 10 are what a person is promised at most; beyond that somebody has been forgotten.
_TURN = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
#: Seconds of one step inside: faster, and ended by a time limit.
_STEP = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Seconds from the outbox to the provider: retries take minutes.
_SENDING = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0, 900.0)

# ---- Receiving --------------------------------------------------------------------------------------------------------

ACCEPTED = Counter("faro_accepted", "Messages written into the inbox, each once", ["channel"], registry=REGISTRY)
REPEATED = Counter("faro_repeated", "Messages that came again and were there already", ["channel"], registry=REGISTRY)
WEBHOOK = Histogram(
    "faro_webhook_seconds",
    "Seconds until a provider's call was answered",
    ["channel", "status"],
    buckets=_STEP,
    registry=REGISTRY,
)
HTTP = Counter(
    "faro_http_requests", "Requests to pages, by the name of the address", ["route", "status"], registry=REGISTRY
)
HTTP_SECONDS = Histogram(
    "faro_http_seconds",
    "Seconds until a request was answered, by part of the site; a poll of the chat waits up to 20",
    ["part"],
    buckets=_STEP,
    registry=REGISTRY,
)

# ---- Turns ------------------------------------------------------------------------------------------------------------

TURN = Histogram(
    "faro_turn_seconds",
    "Seconds from the arrival of a message until its turn ended",
    ["channel", "outcome"],
    buckets=_TURN,
    registry=REGISTRY,
)
STAGE = Histogram(
    "faro_turn_stage_seconds",
    "Seconds of a turn: waited for a worker, asked Rasa, wrote to the database",
    ["stage"],
    buckets=_STEP,
    registry=REGISTRY,
)
TURN_FAILURES = Counter(
    "faro_turn_failures", "Attempts of a turn that failed, by the kind of error", ["error"], registry=REGISTRY
)
READ = Counter("faro_read", "Messages of which a meaning was looked for", ["language"], registry=REGISTRY)
UNDERSTOOD = Counter("faro_understood", "Those of them that were understood", ["language"], registry=REGISTRY)
TASK_ERRORS = Counter(
    "faro_task_errors", "Steps of a worker's task that failed and are tried again", ["task"], registry=REGISTRY
)

# ---- Rasa and its actions ---------------------------------------------------------------------------------------------

RASA_TURN = Histogram(
    "faro_rasa_turn_seconds", "Seconds of a turn inside Rasa", ["result"], buckets=_STEP, registry=REGISTRY
)
UNDERSTANDING = Histogram(
    "faro_understanding_seconds", "Seconds to read one message", ["result"], buckets=_STEP, registry=REGISTRY
)
ACTION = Histogram("faro_action_seconds", "Seconds of an action", ["result"], buckets=_STEP, registry=REGISTRY)

# ---- Deliveries -------------------------------------------------------------------------------------------------------

DELIVERIES = Counter(
    "faro_deliveries", "Attempts to deliver a message, by what became of them", ["channel", "result"], registry=REGISTRY
)
PROVIDER = Histogram(
    "faro_provider_seconds", "Seconds that a provider took to answer", ["channel"], buckets=_STEP, registry=REGISTRY
)
DELIVERY = Histogram(
    "faro_delivery_seconds",
    "Seconds from the outbox until a provider took the message",
    ["channel"],
    buckets=_SENDING,
    registry=REGISTRY,
)

#: What becomes of an attempt to deliver; "reported": the provider took the message and said later that it failed.
RESULTS = ("sent", "retry", "unsure", "stopped", "failed", "reported")


class Version:
    """One of "which model" and "which content": a gauge that is 1, with the name of what is used now as its label."""

    def __init__(self, name: str, label: str, ask: Callable[[], str]) -> None:
        self.name, self._label, self._ask = name, label, ask

    def collect(self) -> Iterable[Metric]:
        """See prometheus_client: called at each look."""
        told = GaugeMetricFamily(self.name, f"1 for the {self._label} that this process uses", labels=[self._label])
        told.add_metric([self._ask()], 1)
        yield told

    def describe(self) -> Iterable[Metric]:
        """What there will be, without asking."""
        yield GaugeMetricFamily(self.name, "", labels=[self._label])


_versions: dict[str, Version] = {}


def tell_content(ask: Callable[[], str]) -> None:
    """Say from now on which version of the content this process answers with."""
    _tell(Version("faro_content_info", "version", ask))


def tell_model(ask: Callable[[], str]) -> None:
    """Say from now on which model this process understands with."""
    _tell(Version("faro_model_info", "model", ask))


def _tell(version: Version) -> None:
    if (before := _versions.pop(version.name, None)) is not None:
        REGISTRY.unregister(before)
    _versions[version.name] = version
    REGISTRY.register(version)


def begin_deliveries(channels: Iterable[str]) -> None:
    """Show the deliveries of channels from the start: the first failure must be a rise from 0, not out of nothing."""
    for channel in channels:
        for result in RESULTS:
            DELIVERIES.labels(channel, result)
