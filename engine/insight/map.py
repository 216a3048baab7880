"""The breakpoint map of a log: everything that its pages, pictures and programs show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.insight.breakpoint import Breakpoint, hours
from engine.insight.handoffs import Graph, handoff_graph
from engine.insight.log import EventLog, Note
from engine.insight.measures import (
    ActivityMeasure,
    FlowMeasure,
    Summary,
    activities,
    flows,
    summary,
)
from engine.insight.patterns import detect_all

#: Flows beyond these are too rare to be drawn or listed.
MOST_FLOWS = 400


@dataclass(frozen=True)
class BreakpointMap:
    """A log, measured. `handoffs` is a graph of department codes (engine/insight/handoffs.py)."""

    name: str
    summary: Summary
    activities: list[ActivityMeasure]
    flows: list[FlowMeasure]
    handoffs: Graph
    breakpoints: list[Breakpoint]
    notes: tuple[Note, ...]
    parties: str
    basis: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON; docs/map.md documents it. Times are ISO 8601 UTC, durations hours."""
        return {
            "name": self.name, "log": self._summary(), "basis": self.basis,
            "parties": self.parties,
            "notes": [{"code": note.code, "text": dict(note.text)} for note in self.notes],
            "activities": [_activity(each) for each in self.activities],
            "flows": [{"from": f.source.id, "to": f.target.id, "count": f.count,
                       "median_hours": hours(f.median)} for f in self.flows[:MOST_FLOWS]],
            "handoffs": self._handoffs(),
            "breakpoints": [_breakpoint(rank, each)
                            for rank, each in enumerate(self.breakpoints, start=1)],
        }

    def _summary(self) -> dict[str, Any]:
        found = self.summary
        return {
            "cases": found.cases, "events": found.events, "open": found.open,
            "with_deadline": found.with_deadline, "ended_after_deadline": found.ended_late,
            "open_past_deadline": found.open_late,
            "from": found.start.isoformat() if found.start else None,
            "to": found.end.isoformat() if found.end else None,
            "duration_median_hours": hours(found.duration_median),
            "duration_p90_hours": hours(found.duration_p90)}

    def _handoffs(self) -> dict[str, Any]:
        graph = self.handoffs
        return {
            "nodes": [{"id": data["name"].id, "label": dict(data["name"].label),
                       "steps": data["steps"]} for _, data in graph.nodes(data=True)],
            "edges": [{"from": graph.nodes[a]["name"].id, "to": graph.nodes[b]["name"].id,
                       "count": data["count"], "cases": data["cases"],
                       "median_hours": hours(data["median"]),
                       "total_hours": hours(data["total"])}
                      for a, b, data in graph.edges(data=True)]}


def map_log(log: EventLog) -> BreakpointMap:
    """Measure a log and find its breakpoints."""
    return BreakpointMap(
        log.name, summary(log), activities(log), flows(log), handoff_graph(log),
        detect_all(log), log.notes, log.parties, str(log.basis))


def _activity(each: ActivityMeasure) -> dict[str, Any]:
    return {
        "id": each.name.id, "label": dict(each.name.label), "steps": each.steps,
        "cases": each.cases, "open": each.open, "automatic": each.automatic,
        "waits_for": each.waits_for,
        "waiting_hours": {"median": hours(each.waited_median), "p90": hours(each.waited_p90),
                          "total": hours(each.waited_total)},
        "working_hours_median": hours(each.worked_median),
        "repeat_share": round(each.repeat_share, 4),
        "breach_share": None if each.breach_share is None else round(each.breach_share, 4)}


def _breakpoint(rank: int, each: Breakpoint) -> Mapping[str, Any]:
    return {
        "rank": rank, "kind": each.kind, "place": dict(each.place), "label": dict(each.label),
        "sentence": dict(each.sentence), "hours_lost": each.hours, "cases": len(each.cases),
        "figures": dict(each.figures), "evidence": [asdict(case) for case in each.cases]}
