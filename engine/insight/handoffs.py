"""The graph of hand-offs: who passes work to whom, how often, and how long it then waits."""

from __future__ import annotations

from typing import TypeAlias

import networkx as nx
import polars as pl

from engine.insight.log import EventLog
from engine.insight.measures import human

#: Nodes are codes of departments (or people).
Graph: TypeAlias = "nx.DiGraph[int]"


def handed(log: EventLog) -> pl.DataFrame:
    """Steps that came from another department (or person)."""
    return human(log).filter(
        pl.col("from_department").is_not_null() & pl.col("department").is_not_null()
        & (pl.col("from_department") != pl.col("department")))


def handoff_graph(log: EventLog) -> Graph:
    """Nodes are codes with `name`, `steps`; edges have `count`, `cases`, `median`, `total` (s)."""
    graph: Graph = nx.DiGraph()
    steps = human(log).filter(pl.col("department").is_not_null())
    for code, count in steps.group_by("department").len().sort("department").iter_rows():
        graph.add_node(code, name=log.departments[code], steps=count)
    edges = handed(log).group_by("from_department", "department").agg(
        pl.len().alias("count"), pl.col("case").n_unique().alias("cases"),
        pl.col("waited").median().alias("median"), pl.col("waited").sum().alias("total"),
    ).sort(["count", "from_department", "department"], descending=[True, False, False])
    for row in edges.iter_rows(named=True):
        for end in ("from_department", "department"):
            if row[end] not in graph:
                graph.add_node(row[end], name=log.departments[row[end]], steps=0)
        graph.add_edge(row["from_department"], row["department"], count=row["count"],
                       cases=row["cases"], median=row["median"], total=row["total"] or 0.0)
    return graph
