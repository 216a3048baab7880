"""Whether a case that stands somewhere in a drawing can still end there.

Its tokens may stand where no case of this drawing would have them (it was moved there), so what
`prove` has shown of cases that begin at the start says nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from engine.intake.bpmn import children, drawn_id, kind
from engine.intake.drawing import Drawing
from engine.intake.prove.explore import Budget, explore
from engine.intake.prove.net import Net, Place, Step, ways
from engine.intake.prove.paths import play
from engine.intake.prove.proof import Proof, Prover
from engine.intake.prove.reduction import reduced

#: Stands in for where a token came from that waits on a border.
BORDER = "*"


@dataclass(frozen=True)
class Standing:
    """The tokens in one process or sub-process (by id inside): the nodes at which they are, each
    with the node from which it came where it has arrived at a join, BORDER for an event that still
    waits on a border, else ""."""

    scope: str
    tokens: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Onward:
    """What can come of it. `stuck` are elements (drawn ids) at which tokens would wait in vain,
    `twice` those that would be done twice though no case from the start does them twice;
    `endless` says that an end can get out of reach. Unless `proven`, not all was tried."""

    stuck: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    endless: bool = False
    proven: bool = True

    @property
    def ends(self) -> bool:
        """Whether nothing speaks against it."""
        return not (self.stuck or self.twice or self.endless)


def onward(adapted: bytes, process: str, standing: Sequence[Standing]) -> Onward:
    """What can come of tokens that stand so in an adapted drawing."""
    root = etree.fromstring(adapted, etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    running = [each for each in children(root, "process") if each.get("isExecutable") == "true"]
    drawing = Drawing(root, running)
    looker = _Looker(drawing, {each.get("id", ""): each for each in running}, process)
    found = [looker.look(each) for each in standing]
    return Onward(tuple(dict.fromkeys(one for each in found for one in each.stuck)),
                  tuple(dict.fromkeys(one for each in found for one in each.twice)),
                  any(each.endless for each in found), all(each.proven for each in found))


def _from(net: Net, begins: Sequence[int]) -> Net:
    """The net with one more place, whose token becomes those where the case stands: what makes
    nets small knows of no tokens but those that they begin with."""
    first = len(net.places)
    return replace(net, places=[*net.places, Place("")], begins=(first,),
                   steps=[*net.steps, Step("", (first,), tuple(begins), ("",) * len(begins))])


class _Looker:
    def __init__(self, drawing: Drawing, processes: dict[str, etree._Element],
                 main: str) -> None:
        self._drawing = drawing
        self._flows = {flow.get("id", ""): flow for flow in drawing.flows()}
        prover = Prover(drawing)
        self._proofs: dict[str, Proof] = {}
        for key in [main, *(each for each in processes if each != main)]:
            if drawing.members(processes[key]):
                for proof in prover.prove(processes[key]).all():
                    self._proofs.setdefault(proof.scope.get("id", ""), proof)

    def look(self, standing: Standing) -> Onward:
        """One scope from where its tokens stand."""
        proof = self._proofs.get(standing.scope)
        begins = self._places(proof.net, standing) if proof is not None else None
        if proof is None or begins is None or not proof.explored.proven:
            return Onward(proven=False)
        net = _from(proof.net, begins)
        found = ways(net)
        explored = explore(net, reduced(net, found), found, Budget())
        if not explored.proven:
            return Onward(proven=False)
        ends = explored.done or bool(explored.ends)
        usual = proof.explored
        if ends and (usual.stuck or usual.endless):
            return Onward()  # every case of this drawing may get stuck; this one needn't
        stuck = {self._drawn(net.places[token.place].node) for marking in explored.stuck
                 for token in play(net, explored.way(marking)).left}
        twice = {self._drawn(net.places[place].node) for place in explored.twice
                 if place not in usual.twice and net.places[place].node
                 and not self._is_end(net.places[place].node)}
        return Onward(tuple(sorted(stuck)), tuple(sorted(twice)),
                      bool(explored.endless) or (not ends and not stuck))

    def _places(self, net: Net, standing: Standing) -> tuple[int, ...] | None:
        """The places of the tokens; None where the net doesn't have one.

        An activity with events beside it has a second place, where each of them has one, too, as
        long as it may happen.
        """
        at: dict[str, list[int]] = {}
        on: dict[tuple[str, str], list[int]] = {}
        for number, place in enumerate(net.places):
            if not place.flow:
                at.setdefault(place.node, []).append(number)
                continue
            flow = self._flows.get(place.flow)
            if flow is not None:
                on.setdefault((place.node, flow.get("sourceRef", "")), []).append(number)
        found: list[int] = []
        taken: Counter[tuple[str, str]] = Counter()
        for node, source in standing.tokens:
            if source == BORDER:
                found += at.get(node, [])[1:]
                continue
            arrows = on.get((node, source), []) if source else []
            places = arrows[taken[node, source] % len(arrows):][:1] if arrows \
                else at.get(node, [])[-1:]
            taken[node, source] += 1
            if not places:
                return None
            found += places
        return tuple(found)

    def _drawn(self, node: str) -> str:
        element = self._drawing.node(node)
        return drawn_id(element) if element is not None else node

    def _is_end(self, node: str) -> bool:
        element = self._drawing.node(node)
        return element is not None and kind(element) == "endEvent"
