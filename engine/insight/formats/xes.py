"""XES (IEEE 1849), streamed trace by trace; hostile until proven otherwise.

No DTD, no entities, no network; libxml2's own bounds on depth (256) and text (10 MB) stay on,
and the stream bounds the size. Understood: the concept, time, lifecycle and organisational
extensions, and each string, date and number on a trace as an attribute of the case.
"""

from __future__ import annotations

from array import array

import polars as pl
from lxml import etree

from engine.infra.errors import Invalid, TooLarge
from engine.insight import notes
from engine.insight.formats.options import ReadOptions
from engine.insight.formats.stream import BoundedStream
from engine.insight.log import Note
from engine.insight.moments import read_moments
from engine.insight.raw import EVENTS, Codes, RawLog, is_placeholder, unique_ids

_NAME, _TIME, _LIFECYCLE = "concept:name", "time:timestamp", "lifecycle:transition"
_PERSON, _INSTANCE = "org:resource", "concept:instance"
#: Where a department may stand, best first; the first that the log uses is taken.
_DEPARTMENTS = ("org:group", "department", "org:department", "group", "team", "org:role")
#: How many different attributes of cases are kept.
_MOST_ATTRIBUTES = 60
_NONE = 2**32 - 1
_MILLION = 1_000_000


class _Collector:
    """Takes traces in and keeps their events as codes, column by column."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.case_ids: list[str] = []
        self.attributes: dict[str, dict[int, str]] = {}
        self.codes = {key: Codes() for key in (_NAME, _LIFECYCLE, _PERSON, _INSTANCE,
                                               *_DEPARTMENTS)}
        self.columns = {key: array("I") for key in ("case", *self.codes)}
        self._slots = [(key, codes.by_text, self.columns[key].append)
                       for key, codes in self.codes.items()]
        self.times: list[pl.Series] = []
        self._texts: list[str | None] = []

    def take(self, trace: etree._Element) -> None:
        """One `<trace>`: its attributes and its events."""
        case = len(self.case_ids)
        given: str | None = None
        events = 0
        for child in trace:
            key, value = child.get("key"), child.get("value")
            if key is None:
                if isinstance(child.tag, str) and child.tag.endswith("event"):
                    self._event(child)
                    events += 1
            elif value is not None:
                if key == _NAME:
                    given = value
                elif len(self.attributes) < _MOST_ATTRIBUTES or key in self.attributes:
                    self.attributes.setdefault(key.removeprefix("case:"), {})[case] = value
        self.case_ids.append(given if given else f"case {case + 1}")
        self.columns["case"].extend([case] * events)
        if len(self._texts) >= _MILLION:
            self._read_times()

    def _event(self, event: etree._Element) -> None:
        get = {child.get("key"): child.get("value") for child in event}.get
        # The innermost loop of reading: everything it needs is bound once, in `_slots`.
        for key, codes, append in self._slots:
            value = get(key)
            append(_NONE if value is None else codes.setdefault(value, len(codes)))
        self._texts.append(get(_TIME))

    def _read_times(self) -> None:
        if sum(map(len, self.times)) + len(self._texts) > self.limit:
            raise TooLarge("The log holds more than {limit} events; split it by period.",
                           limit=self.limit)
        self.times.append(pl.Series(self._texts, dtype=pl.String))
        self._texts = []

    def events(self, timezone: str) -> tuple[pl.DataFrame, str, list[Note]]:
        """All events that have a time, which key holds the department, and what was assumed."""
        self._read_times()
        read = [read_moments(texts, timezone) for texts in self.times]
        department = next((key for key in _DEPARTMENTS if self._known(key)), _DEPARTMENTS[0])
        frame = pl.DataFrame({
            "case": self._column("case"), "activity": self._column(_NAME),
            "transition": self._column(_LIFECYCLE), "department": self._column(department),
            "person": self._column(_PERSON), "instance": self._column(_INSTANCE),
            "at": pl.concat([part.values for part in read]),
        }).with_columns(_hidden("department", self.codes[department]),
                        _hidden("person", self.codes[_PERSON]))
        found: list[Note] = []
        if without := frame["at"].null_count():
            found.append(notes.events_without_time(without))
        if any(part.zone_assumed for part in read):
            found.append(notes.zone_assumed(timezone))
        if nameless := frame["activity"].null_count():
            found.append(notes.events_without_name(nameless))
        frame = frame.filter(pl.col("at").is_not_null() & pl.col("activity").is_not_null())
        return frame.select(pl.col(name).cast(kind) for name, kind in EVENTS.items()), (
            department), found

    def _known(self, key: str) -> bool:
        return any(not is_placeholder(text) for text in self.codes[key].by_text)

    def _column(self, key: str) -> pl.Series:
        series = pl.Series(self.columns[key], dtype=pl.UInt32)
        return series if key == "case" else pl.select(
            pl.when(series != _NONE).then(series)).to_series()


def _hidden(column: str, codes: Codes) -> pl.Expr:
    """The column without the codes of placeholders such as UNKNOWN."""
    unknown = [code for text, code in codes.by_text.items() if is_placeholder(text)]
    return pl.when(~pl.col(column).is_in(unknown)).then(pl.col(column)).alias(column)


def read(name: str, stream: BoundedStream, options: ReadOptions) -> RawLog:
    """The log in an XES stream. Raises Invalid, TooLarge."""
    collector = _Collector(options.limits.events)
    try:
        _parse(name, stream, collector)
    except etree.XMLSyntaxError as error:
        raise Invalid("{name} is no well-formed XML: {reason}.", name=name,
                      reason=" ".join(str(error.msg or "broken").split()).rstrip(".")) from None
    if not collector.case_ids:
        raise Invalid("{name} is XML, but holds no <trace> with events; give an XES log.",
                      name=name)
    events, department, found = collector.events(options.timezone)
    if not len(events):
        raise Invalid("No event of {name} has both a name (concept:name) and a readable time "
                      "(time:timestamp); Baton needs both.", name=name)
    size = len(collector.case_ids)
    return RawLog(
        name=name, events=events,
        activities=collector.codes[_NAME].texts, transitions=collector.codes[_LIFECYCLE].texts,
        departments=collector.codes[department].texts, people=collector.codes[_PERSON].texts,
        case_ids=unique_ids(collector.case_ids),
        columns={key: [values.get(case) for case in range(size)]
                 for key, values in collector.attributes.items()},
        notes=tuple(found), timezone=options.timezone,
    )


def _parse(name: str, stream: BoundedStream, collector: _Collector) -> None:
    parser = etree.iterparse(
        stream, events=("start", "end"), tag=("{*}log", "{*}trace"), resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    for event, element in parser:
        if event == "start":
            _refuse_doctype(name, element)
        elif element.tag.endswith("trace"):
            collector.take(element)
            stream.mark()
            _forget(element)


def _refuse_doctype(name: str, element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise Invalid("{name} declares a document type (DTD), which may hide entities; remove "
                      "the <!DOCTYPE …> and try again.", name=name)


def _forget(trace: etree._Element) -> None:
    """Free a trace and what stands before it, so that memory doesn't grow with the file."""
    trace.clear()
    parent = trace.getparent()
    if parent is not None:
        while parent[0] is not trace:
            del parent[0]
