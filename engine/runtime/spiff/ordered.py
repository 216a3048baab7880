"""Parsing a process from its ends to its start, so that long drawings need no deep recursion.

SpiffWorkflow parses what comes after a node from within the node: three hundred steps in a row
exhaust Python's stack. Whatever is parsed already it takes as it is, so the last come first here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser


class LastFirst(ProcessParser):  # type: ignore[misc]
    """Parses the nodes that a node leads to before the node."""

    _ahead = False

    def parse_node(self, node: Any) -> Any:
        """The spec of a node, and of all that comes after it."""
        if not self._ahead:
            self._ahead = True
            try:
                for each in self._last_first(node):
                    super().parse_node(each)
            finally:
                self._ahead = False
        return super().parse_node(node)

    def _last_first(self, start: Any) -> Iterator[Any]:
        """What can be reached from `start`, each after all that it leads to (but for circles)."""
        seen = {start.get("id")}
        path = [(start, self._after(start))]
        while path:
            node, after = path[-1]
            following = next(after, None)
            if following is None:
                path.pop()
                yield node
            elif following.get("id") not in seen:
                seen.add(following.get("id"))
                path.append((following, self._after(following)))

    def _after(self, node: Any) -> Iterator[Any]:
        yield from self.get_boundary_events(node.get("id"))
        for flow in self.get_outgoing_sequence_flows(node.get("id")):
            target = self.get_node_by_id(flow.get("targetRef"))
            if target is not None:
                yield target
