"""Which process of a drawing is the journey, which run beside it, and which they call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.intake.bpmn import FLOW_NODES, Element, children, kind


@dataclass(frozen=True)
class Choice:
    """`running` is the chosen process, its `partners`, then those that they call.

    A partner is the process of another pool: it runs as cases of its own. Empty when nothing
    can run.
    """

    chosen: Element | None
    running: tuple[Element, ...]
    outside: tuple[Element, ...]
    partners: tuple[Element, ...] = ()


def choose(root: Element, wanted: str | None, apart: Collection[str] = ()) -> Choice:
    """The process called `wanted`, else the one with the most flow nodes that no other calls.

    Processes of other pools run beside it, but for those `apart` (ids), and those without steps.
    """
    processes = children(root, "process")
    if not processes:
        return Choice(None, (), ())
    named = next((each for each in processes if wanted and each.get("id") == wanted), None)
    by_id: dict[str, Element] = {}
    for process in processes:
        by_id.setdefault(process.get("id", ""), process)
    called = _called(by_id)
    chosen = named if named is not None else max(
        processes, key=lambda each: (each.get("id", "") not in called and size(each) > 0,
                                     size(each)))
    pools = {pool.get("processRef", "") for pool in root.iter("{*}participant")}
    partners = tuple(
        each for key, each in by_id.items() if each is not chosen and key in pools
        and key not in called and key not in apart and key and size(each))
    running = [chosen, *partners]
    for process in running:
        for target in called_by(process, by_id):
            if target not in running:
                running.append(target)
    outside = [each for each in processes if each not in running]
    return Choice(chosen, tuple(running), tuple(outside), partners)


def called_by(process: Element, by_id: dict[str, Element]) -> list[Element]:
    """The processes of this file that the call activities of `process` name."""
    return [by_id[node.get("calledElement", "")] for node in process.iter()
            if kind(node) == "callActivity" and node.get("calledElement", "") in by_id]


def size(process: Element) -> int:
    """How many flow nodes a process has, at all depths."""
    return sum(1 for element in process.iterdescendants() if kind(element) in FLOW_NODES)


def _called(by_id: dict[str, Element]) -> set[str]:
    return {target.get("id", "") for process in by_id.values()
            for target in called_by(process, by_id) if target is not process}
