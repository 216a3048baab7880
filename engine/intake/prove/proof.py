"""One process played through, from its inner scopes outwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.intake.bpmn import Element
from engine.intake.drawing import Drawing
from engine.intake.prove.explore import Budget, Explored, explore
from engine.intake.prove.net import Net, ways
from engine.intake.prove.reduction import reduced
from engine.intake.prove.scopes import (
    Caught,
    Code,
    Inside,
    codes_caught,
    inner_scope,
    net_of,
    rests,
    thrown_beside,
)

#: Scopes within scopes within scopes: deeper ones are taken for steps.
_DEEPEST = 40
#: Nodes and ways of one scope, and inclusive joins, beyond which nothing is proven.
_MOST_STEPS = 4_000
_MOST_JOINS = 60


@dataclass(frozen=True)
class Proof:
    """A scope, its net and what can happen in it; `inside` are those of its sub-processes."""

    scope: Element
    net: Net
    explored: Explored
    inside: dict[str, Proof] = field(default_factory=dict)
    flows: dict[str, Element] = field(default_factory=dict)

    def all(self) -> Iterator[Proof]:
        """This proof and those of all sub-processes in it."""
        yield self
        for each in self.inside.values():
            yield from each.all()


class Prover:
    """Proves the scopes of one drawing within one budget."""

    def __init__(self, drawing: Drawing, budget: Budget | None = None) -> None:
        self._drawing = drawing
        self._budget = budget or Budget()
        self._flows = {flow.get("id", ""): flow for flow in drawing.flows()}
        self._called: dict[tuple[str, frozenset[tuple[Code, bool]]], tuple[Proof, Inside]] = {}

    def prove(self, process: Element) -> Proof:
        """Play one process through."""
        return self._prove(process, {}, 0)[0]

    def _prove(self, scope: Element, caught: Caught, depth: int) -> tuple[Proof, Inside]:
        proofs: dict[str, Proof] = {}
        outcomes: dict[str, Inside | None] = {}

        def inside(node: Element) -> Inside | None:
            node_id = node.get("id", "")
            if node_id not in outcomes:
                outcomes[node_id] = None
                inner = inner_scope(self._drawing, node)
                if inner is not None and depth < _DEEPEST:
                    codes = codes_caught(self._drawing, node, caught)
                    if inner is node:
                        proofs[node_id], outcomes[node_id] = self._prove(inner, codes, depth + 1)
                    else:
                        outcomes[node_id] = self._prove_called(inner, codes, depth)
            return outcomes[node_id]

        net = net_of(self._drawing, scope, caught, inside)
        explored = self._explore(net)
        proof = Proof(scope, net, explored, proofs, self._flows)
        return proof, self._outcome(proof, caught, outcomes)

    def _prove_called(self, process: Element, caught: Caught, depth: int) -> Inside:
        """A called process is proven, and reported on, by itself: here only what comes of it."""
        key = process.get("id", ""), frozenset(caught.items())
        if key not in self._called:
            self._called[key] = self._prove(process, caught, depth + 1)
        return self._called[key][1]

    def _explore(self, net: Net) -> Explored:
        if len(net.steps) > _MOST_STEPS or len(net.joins) > _MOST_JOINS or self._budget.spent:
            return Explored((), proven=False)
        found = ways(net)
        return explore(net, reduced(net, found), found, self._budget)

    def _outcome(self, proof: Proof, caught: Caught,
                 outcomes: dict[str, Inside | None]) -> Inside:
        explored = proof.explored
        by_code = {text for text in explored.ends if text != "terminate"}
        only_left = by_code and not self._ends_quietly(explored)
        alive = {proof.net.steps[number].node for number in explored.first}
        thrown: set[Code] = set()
        resting = not explored.proven or bool(explored.stuck)
        for node_id in alive:
            node = self._drawing.node(node_id)
            if node is None:
                continue
            thrown |= thrown_beside(self._drawing, node, caught)
            inner = outcomes.get(node_id)
            resting = resting or (rests(self._drawing, node) if inner is None
                                  else inner.rests)
            if inner is not None:
                own = codes_caught(self._drawing, node, {})
                thrown |= {code for code in inner.thrown
                           if code not in own and (code[0], "") not in own}
        return Inside(not only_left, frozenset(by_code), frozenset(thrown), resting)

    @staticmethod
    def _ends_quietly(explored: Explored) -> bool:
        """Whether the scope can be done as well, and is not only left by a code."""
        if "terminate" in explored.ends or explored.stuck or explored.endless \
                or not explored.proven:
            return True
        return explored.done

