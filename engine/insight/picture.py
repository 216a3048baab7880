"""Pictures of graphs, drawn by graphviz: hand-offs between departments, and process maps.

graphviz-pure brings the `dot` program with pip; its path is given always, so that pictures
are the same everywhere, whatever stands in PATH. What is drawn is bounded: a dense graph of
120 nodes would take half a minute, and nobody could read it.

Colour says where the time goes: grey for under 2 % of all waiting that is drawn, then under
8 %, under 20 %, and more. Text takes the colour of the page around it and fills let the page
shine through, so that a picture fits a light page and a dark one.
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphviz
import graphviz.backend.dot_command

from engine.insight.breakpoint import FEWEST_CASES, hours, spell
from engine.insight.handoffs import Graph
from engine.insight.log import Name
from engine.insight.map import BreakpointMap

_NODES, _FLOWS = 24, 40
#: Of hand-offs, so many of the most frequent and so many of those that wait longest in all.
_FREQUENT, _SLOW = 26, 12
_NOT_IN_XML = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_STEPS = (0.02, 0.08, 0.2)
_LINES = ("#90a4ae", "#e0a800", "#f08c00", "#e03131")
_FILLS = ("#607d8b22", "#ffc10738", "#ff8f0060", "#e0313170")
_TEXT = "#010101"  # replaced by the colour of the page

graphviz.backend.dot_command.DOT_BINARY = str(
    Path(sysconfig.get_path("scripts")) / "graphviz-pure")


@dataclass(frozen=True)
class Picture:
    """An SVG, and how much of the graph was left out to keep it readable."""

    svg: str
    left_out_nodes: int
    left_out_edges: int


def handoff_picture(graph: Graph, language: str) -> Picture:
    """Departments and what they pass to each other: width by count, colour by total wait."""
    edges = _worth_drawing(graph)
    nodes = [node for node in sorted(graph.nodes, key=lambda n: -_traffic(graph, n))
             if any(node in edge[:2] for edge in edges)]
    most = max((data["count"] for *_, data in edges), default=1)
    total = sum(data["total"] for *_, data in edges)
    made = _canvas()
    for node in nodes:
        _node(made, node, graph.nodes[node]["name"], f"{graph.nodes[node]['steps']:,}", language)
    for source, target, data in edges:
        wait = data["median"] or 0.0
        made.edge(str(source), str(target), label=_edge_label(data["count"], wait, language),
                  penwidth=f"{1 + 4 * data['count'] / most:.2f}",
                  color=_LINES[_level(data["total"], total)],
                  id=f"edge-{source}-{target}", **{"class": "handoff"},
                  tooltip=_plain(" → ".join(
                      _cut(graph.nodes[end]["name"].in_language(language))
                      for end in (source, target))))
    return Picture(_svg(made), graph.number_of_nodes() - len(nodes),
                   graph.number_of_edges() - len(edges))


def process_picture(found: BreakpointMap, language: str) -> Picture:
    """The directly-follows graph of a log that has no drawing: colour by waiting."""
    chosen = found.activities[:_NODES]
    codes = {each.name.id: number for number, each in enumerate(chosen)}
    total = sum(each.waited_total for each in found.activities)
    flows = [f for f in found.flows
             if f.source.id in codes and f.target.id in codes][:_FLOWS]
    most = max((flow.count for flow in flows), default=1)
    made = _canvas(direction="TB")
    for each in chosen:
        wait = each.waited_median or 0.0
        _node(made, codes[each.name.id], each.name,
              f"{each.steps:,} · {spell(hours(wait))[language]}", language,
              fill=_FILLS[_level(each.waited_total, total)])
    for flow in flows:
        made.edge(str(codes[flow.source.id]), str(codes[flow.target.id]),
                  label=f" {flow.count:,} ", penwidth=f"{1 + 4 * flow.count / most:.2f}",
                  color=_LINES[0], **{"class": "flow"})
    return Picture(_svg(made), len(found.activities) - len(chosen),
                   len(found.flows) - len(flows))


def _canvas(direction: str = "LR") -> graphviz.Digraph:
    made = graphviz.Digraph()
    made.attr("graph", rankdir=direction, bgcolor="transparent", nodesep="0.35", ranksep="0.7",
              margin="0.1")
    made.attr("node", shape="box", style="rounded,filled", fillcolor=_FILLS[0], color="#78909c",
              fontname="Arial", fontsize="12", fontcolor=_TEXT, height="0.5", margin="0.15,0.08")
    made.attr("edge", fontname="Arial", fontsize="10", arrowsize="0.7", fontcolor=_TEXT)
    return made


def _node(made: graphviz.Digraph, node: int, name: Name, figure: str, language: str,
          fill: str = _FILLS[0]) -> None:
    label = _cut(name.in_language(language))
    # graphviz guesses Chinese characters too narrow: a full-width one needs 0.17 inches at 12 pt.
    width = max(sum(0.17 if ord(char) > 0x2E80 else 0.085 for char in text)
                for text in (label, figure)) + 0.35
    made.node(str(node), label=f"{_plain(label)}\n{_plain(figure)}",
              width=f"{width:.2f}", fillcolor=fill, id=f"node-{node}", tooltip=_plain(label))


def _edge_label(count: int, wait: float, language: str) -> str:
    return f" {count:,} · {spell(hours(wait))[language]} "


def _level(waited: float, total: float) -> int:
    """0 to 3, by the share of all waiting."""
    return sum(waited >= step * total for step in _STEPS) if total > 0 else 0


def _worth_drawing(graph: Graph) -> list[tuple[int, int, dict[str, Any]]]:
    """The slowest hand-offs in all and the most frequent ones, among at most _NODES departments."""
    edges = list(graph.edges(data=True))
    slow = sorted((edge for edge in edges if edge[2]["cases"] >= FEWEST_CASES),
                  key=lambda e: (-e[2]["total"], e[:2]))[:_SLOW]
    frequent = sorted(edges, key=lambda e: (-e[2]["count"], e[:2]))[:_FREQUENT]
    chosen: dict[tuple[int, int], dict[str, Any]] = {}
    for source, target, data in slow + frequent:
        inside = {end for edge in chosen for end in edge} | {source, target}
        if len(inside) <= _NODES:
            chosen[source, target] = data
    return [(*edge, data) for edge, data in chosen.items()]


def _traffic(graph: Graph, node: int) -> int:
    return int(graph.degree(node, weight="count")) + int(graph.nodes[node]["steps"])


def _cut(text: str) -> str:
    """At most 40 characters that XML may hold, on one line."""
    shown = " ".join(_NOT_IN_XML.sub(" ", text).split())
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _plain(text: str) -> str:
    """For a label or tooltip: no escapes, and never taken for graphviz's HTML."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def _svg(made: graphviz.Digraph) -> str:
    drawn: str = made.pipe(format="svg", encoding="utf-8", quiet=True)
    return (drawn[drawn.index("<svg"):].replace('font-family="Arial"', 'font-family="sans-serif"')
            .replace(_TEXT, "currentColor"))
