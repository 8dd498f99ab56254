"""What Rasa works out anew in every turn although a model that is served never changes: worked out once.

Of 18 ms that Rasa spent on a turn, 2.4 were this (docs/figures/turn-profile.md): in which order the nodes of its graph run,
whether its domain is empty, and which of a hundred rules begin with what was just said. The answers are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.core import processor
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain

#: A node, and the nodes and inputs that it needs.
_Step = tuple[str, tuple[str, ...]]

#: First states of dialogues that are remembered, with their rules: every topic after every action, and more than that.
_REMEMBERED = 4_096


class PlannedRunner(DaskGraphRunner):
    """Rasa's runner of graphs, with the order of the nodes worked out once for each target."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._steps = cache(self._ordered)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need, one node after the other; returns their outputs.

        Raises:
            GraphRunError: a node could not run, or an input has the name of a node.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        done = dict(inputs or {})
        if both := done.keys() & self._instantiated_nodes.keys():
            raise GraphRunError(f"an input has the name of a node: {sorted(both)}")
        try:
            for name, needs in self._steps(wanted):
                # Rasa's nodes take a pair for what they need, and its name alone when there is none.
                _, done[name] = self._instantiated_nodes[name](
                    *((need, done[need]) if need in done else need for need in needs)
                )
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name] for name in wanted}

    def _ordered(self, targets: tuple[str, ...]) -> Sequence[_Step]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter({name: [one for one in needs[name] if one in nodes] for name in nodes})
        return [(name, needs[name]) for name in order.static_order()]


def install() -> None:
    """Let Rasa's processor serve models so. Not for training, which runs each graph once."""
    processor.DaskGraphRunner = PlannedRunner
    Domain.is_empty = _emptiness(Domain.is_empty)
    RulePolicy._get_possible_keys = _rules_that_fit


def _emptiness(stock: Any) -> Any:
    def is_empty(domain: Any) -> bool:
        """As Rasa finds it out: by writing out this domain and an empty one and comparing them."""
        known: bool | None = domain.__dict__.get("_known_empty")
        if known is None:
            known = domain._known_empty = bool(stock(domain))
        return known

    return is_empty


def _rules_that_fit(policy: Any, lookup: dict[str, str], states: Sequence[dict[str, Any]]) -> set[str]:
    """The rules that fit a dialogue, newest state first, as Rasa looks for them; those of a newest state are remembered."""
    if not states:
        return set(lookup)
    *earlier, newest = states
    fitting: dict[tuple[int, str], frozenset[str]] = policy.__dict__.setdefault("_known_rules", {})
    # Rasa also looks for rules about the words themselves; we have none, and what people write is not remembered.
    wordless = "text" not in newest.get("user", {})
    key = (id(lookup), repr(newest) if wordless else "")  # the tables of rules live as long as the policy
    found = fitting.get(key) if wordless else None
    if found is None:
        found = frozenset(rule for rule in lookup if policy._is_rule_applicable(rule, 0, newest))
        if wordless and len(fitting) < _REMEMBERED:
            fitting[key] = found
    possible = set(found)
    for turn, state in enumerate(reversed(earlier), 1):
        if not possible:
            break
        possible = {rule for rule in possible if policy._is_rule_applicable(rule, turn, state)}
    return possible
