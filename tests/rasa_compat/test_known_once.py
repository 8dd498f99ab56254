"""What is worked out once is what Rasa works out every time, and no word of a person is remembered for it."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.core import processor
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_compat import known_once
from bot.rasa_compat.known_once import PlannedRunner
from bot.rasa_compat.session_store import SessionTrackerStore
from tests.rasa_compat.conftest import Tiny

#: Rasa's own, before anything is put in their place.
STOCK_FIT = RulePolicy._get_possible_keys
STOCK_EMPTY = Domain.is_empty

PRIVATE = "my number is 6123-4567"
INTENTS = ("greet", "secret_door", "nothing_said", "broken", "confirm_erasure", "unheard_of")
ACTIONS = ("utter_greet", "utter_secret_door", "utter_erased", "utter_receipt", "action_that_nobody_serves")


@pytest.fixture
def quick(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The tiny assistant as `bot serve rasa` loads it."""
    monkeypatch.setattr(processor, "DaskGraphRunner", DaskGraphRunner)
    monkeypatch.setattr(Domain, "is_empty", STOCK_EMPTY)
    monkeypatch.setattr(RulePolicy, "_get_possible_keys", STOCK_FIT)
    known_once.install()
    agent = Agent(tracker_store=SessionTrackerStore(Domain.empty()))
    agent.load_model(tiny.model)
    assert isinstance(agent.processor.graph_runner, PlannedRunner)
    yield agent


def dialogue(chance: random.Random, domain: Domain) -> DialogueStateTracker:
    """A dialogue of up to five turns that may end anywhere."""
    events: list[Any] = [ActionExecuted("action_listen")]
    for _ in range(chance.randint(1, 5)):
        intent = {"name": chance.choice(INTENTS), "confidence": 1.0}
        events.append(UserUttered(PRIVATE, intent, parse_data={"text": PRIVATE, "intent": intent, "entities": []}))
        events += [ActionExecuted(chance.choice(ACTIONS)) for _ in range(chance.randint(0, 2))]
        events += [ActionExecuted("action_listen")]
    for _ in range(chance.randint(0, 2)):
        events.pop()
    return DialogueStateTracker.from_events("c", events, slots=domain.slots, domain=domain)


def test_every_dialogue_goes_on_as_with_stock_rasa(tiny: Tiny, quick: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny agent was loaded before and runs its graph as Rasa does."""
    stock, chance = tiny.agent.processor, random.Random(7)  # noqa: S311 - not a secret
    assert not isinstance(stock.graph_runner, PlannedRunner)
    for _ in range(150):
        tracker = dialogue(chance, stock.domain)
        ours = quick.processor._predict_next_with_tracker(tracker.copy())
        with monkeypatch.context() as patch:
            patch.setattr(RulePolicy, "_get_possible_keys", STOCK_FIT)
            theirs = stock._predict_next_with_tracker(tracker.copy())
        assert list(ours.probabilities) == list(theirs.probabilities)
        assert ours.events == theirs.events  # apart from their times


def test_every_message_is_understood_as_by_stock_rasa(tiny: Tiny, quick: Any) -> None:
    for text in ("good morning", "let me in", "nothing of the kind", ""):
        ours, theirs = (asyncio.run(agent.processor.parse_message(UserMessage(text))) for agent in (quick, tiny.agent))
        assert ours == theirs


def test_no_word_of_a_person_is_remembered(quick: Any) -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    for _ in range(50):
        quick.processor._predict_next_with_tracker(dialogue(chance, quick.domain))
    policies = [node._component for node in quick.processor.graph_runner._instantiated_nodes.values()]
    (known,) = [policy._known_rules for policy in policies if isinstance(policy, RulePolicy)]
    assert len(known) > 5
    assert PRIVATE not in repr(known)


def test_a_missing_input_and_one_with_the_name_of_a_node_are_refused_as_before(tiny: Tiny, quick: Any) -> None:
    target = quick.processor.model_metadata.nlu_target
    for agent in (quick, tiny.agent):
        with pytest.raises(GraphRunError):
            agent.processor.graph_runner.run(inputs={}, targets=[target])
    with pytest.raises(GraphRunError, match="name of a node"):
        quick.processor.graph_runner.run(inputs={target: 1}, targets=[target])


def test_a_domain_says_whether_it_is_empty(quick: Any) -> None:
    assert Domain.empty().is_empty()
    assert not quick.domain.is_empty()
    assert quick.domain.is_empty() is quick.domain.is_empty()


def test_rasa_still_works_it_out_every_time() -> None:
    """When one of these fails, Rasa has changed what known_once.py stands in for: look whether it can go."""
    assert "dask.get(run_graph, run_targets)" in inspect.getsource(DaskGraphRunner.run)
    assert "Domain.empty().as_dict()" in inspect.getsource(STOCK_EMPTY)
    assert "possible_keys = set(lookup.keys())" in inspect.getsource(STOCK_FIT)
