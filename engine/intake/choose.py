"""Which process of a drawing runs, and which others it calls."""

from __future__ import annotations

from dataclasses import dataclass

from engine.intake.bpmn import FLOW_NODES, Element, children, kind


@dataclass(frozen=True)
class Choice:
    """`running` is the chosen process, then those that it calls; empty when nothing can run."""

    chosen: Element | None
    running: tuple[Element, ...]
    outside: tuple[Element, ...]


def choose(root: Element, wanted: str | None) -> Choice:
    """The process called `wanted`, else the one with the most flow nodes."""
    processes = children(root, "process")
    if not processes:
        return Choice(None, (), ())
    named = next((each for each in processes if wanted and each.get("id") == wanted), None)
    chosen = named if named is not None else max(processes, key=size)
    by_id: dict[str, Element] = {}
    for process in processes:
        by_id.setdefault(process.get("id", ""), process)
    running = [chosen]
    seen = {chosen}
    for process in running:
        for node in process.iter():
            target = by_id.get(node.get("calledElement", ""))
            if kind(node) == "callActivity" and target is not None and target not in seen:
                seen.add(target)
                running.append(target)
    outside = [each for each in processes if each not in seen]
    return Choice(chosen, tuple(running), tuple(outside))


def size(process: Element) -> int:
    """How many flow nodes a process has, at all depths."""
    return sum(1 for element in process.iterdescendants() if kind(element) in FLOW_NODES)
