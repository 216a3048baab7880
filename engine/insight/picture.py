"""Pictures of graphs, drawn by graphviz: hand-offs between departments, and process maps.

graphviz-pure brings the `dot` program with pip; its path is given always, so that pictures
are the same everywhere, whatever stands in PATH. What is drawn is bounded: a dense graph of
120 nodes would take half a minute.
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import graphviz
import graphviz.backend.dot_command

from engine.insight.breakpoint import hours, spell
from engine.insight.handoffs import Graph
from engine.insight.log import Name
from engine.insight.map import BreakpointMap

_NODES, _EDGES = 24, 60
_NOT_IN_XML = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKS = ("#cfd8dc", "#ffe0a3", "#fbbb62", "#e46254")

graphviz.backend.dot_command.DOT_BINARY = str(
    Path(sysconfig.get_path("scripts")) / "graphviz-pure")


@dataclass(frozen=True)
class Picture:
    """An SVG, and how much of the graph was left out to keep it readable."""

    svg: str
    left_out_nodes: int
    left_out_edges: int


def handoff_picture(graph: Graph, language: str) -> Picture:
    """Departments and what they pass to each other: width by count, colour by wait."""
    nodes = sorted(graph.nodes, key=lambda n: -_traffic(graph, n))[:_NODES]
    inside = graph.subgraph(nodes)
    edges = sorted(inside.edges(data=True), key=lambda e: -e[2]["count"])[:_EDGES]
    most = max((data["count"] for *_, data in edges), default=1)
    slowest = max((data["median"] or 0.0 for *_, data in edges), default=0.0)
    made = _canvas()
    for node in nodes:
        _node(made, node, graph.nodes[node]["name"], f"{graph.nodes[node]['steps']:,}", language)
    for source, target, data in edges:
        wait = data["median"] or 0.0
        made.edge(str(source), str(target), label=_edge_label(data["count"], wait, language),
                  penwidth=f"{1 + 4 * data['count'] / most:.2f}", color=_shade(wait, slowest),
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
    slowest = max((each.waited_median or 0.0 for each in chosen), default=0.0)
    flows = [f for f in found.flows
             if f.source.id in codes and f.target.id in codes][:_EDGES]
    most = max((flow.count for flow in flows), default=1)
    made = _canvas(direction="TB")
    for each in chosen:
        wait = each.waited_median or 0.0
        _node(made, codes[each.name.id], each.name,
              f"{each.steps:,} · {spell(hours(wait))[language]}", language,
              fill=_shade(wait, slowest))
    for flow in flows:
        made.edge(str(codes[flow.source.id]), str(codes[flow.target.id]),
                  label=f" {flow.count:,} ", penwidth=f"{1 + 4 * flow.count / most:.2f}",
                  color="#78909c", **{"class": "flow"})
    return Picture(_svg(made), len(found.activities) - len(chosen),
                   len(found.flows) - len(flows))


def _canvas(direction: str = "LR") -> graphviz.Digraph:
    made = graphviz.Digraph()
    made.attr("graph", rankdir=direction, bgcolor="transparent", nodesep="0.35", ranksep="0.7",
              margin="0.1")
    made.attr("node", shape="box", style="rounded,filled", fillcolor="#eceff1", color="#607d8b",
              fontname="Arial", fontsize="12", height="0.5", margin="0.15,0.08")
    made.attr("edge", fontname="Arial", fontsize="10", arrowsize="0.7", fontcolor="#546e7a")
    return made


def _node(made: graphviz.Digraph, node: int, name: Name, figure: str, language: str,
          fill: str = "#eceff1") -> None:
    label = _cut(name.in_language(language))
    # graphviz guesses Chinese characters too narrow: a full-width one needs 0.17 inches at 12 pt.
    width = max(sum(0.17 if ord(char) > 0x2E80 else 0.085 for char in text)
                for text in (label, figure)) + 0.35
    made.node(str(node), label=f"{_plain(label)}\n{_plain(figure)}",
              width=f"{width:.2f}", fillcolor=fill, id=f"node-{node}", tooltip=_plain(label))


def _edge_label(count: int, wait: float, language: str) -> str:
    return f" {count:,} · {spell(hours(wait))[language]} "


def _shade(value: float, most: float) -> str:
    if most <= 0 or value <= 0:
        return _MARKS[0]
    return _MARKS[min(3, 1 + int(value / most * 2.999))]


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
    return drawn[drawn.index("<svg"):].replace('font-family="Arial"', 'font-family="sans-serif"')
