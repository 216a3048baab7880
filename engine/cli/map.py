"""`baton map FILE`: the breakpoints of an event log that Baton didn't run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from engine.infra.errors import Invalid
from engine.insight.breakpoint import spell
from engine.insight.formats import ReadOptions, read_path
from engine.insight.formats.options import Columns
from engine.insight.map import BreakpointMap, map_log
from engine.insight.patterns import KIND_NAMES
from engine.insight.picture import handoff_picture, process_picture
from engine.insight.report import report

_COLUMNS = ("case", "activity", "time", "start", "person", "department", "lifecycle",
            "deadline", "end")
_WORDS = {
    "en": {"cases": "cases", "events": "events", "open": "open", "late": "ended after the deadline",
           "open_late": "open and past it", "rank": "#", "kind": "Kind", "where": "Where",
           "lost": "Time lost", "what": "What the log says", "none": "No breakpoints found."},
    "zh": {"cases": "个案件", "events": "个事件", "open": "未结", "late": "在截止时间后结束",
           "open_late": "未结且已超期", "rank": "#", "kind": "类型", "where": "位置",
           "lost": "损失时间", "what": "日志显示", "none": "未发现断点。"},
}


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("map", help="find the breakpoints of a XES or CSV event log")
    parser.add_argument("file", type=Path, help=".xes, .xes.gz or .csv")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="the whole map as JSON (docs/map.md)")
    shape.add_argument("--svg", type=Path, metavar="FILE",
                       help="write the picture of hand-offs (of steps, where there are none)")
    shape.add_argument("--html", type=Path, metavar="FILE", help="write a report of one file")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("--timezone", default="UTC", help="zone of times that name none")
    parser.add_argument("--month-first", action="store_true", default=None,
                        help="read 03/04/2026 as 4 March")
    parser.add_argument("--delimiter", metavar="CHAR",
                        help="between cells; else seen from the file")
    parser.add_argument("--encoding", help="such as gb18030; else seen from the file")
    parser.add_argument("--skip-broken-rows", action="store_true",
                        help="leave broken rows out, and say how many")
    parser.add_argument("--top", type=int, default=15, help="how many breakpoints to print")
    for column in _COLUMNS:
        parser.add_argument(f"--{column}-column", metavar="NAME",
                            help=f"the CSV column with the {column}")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Map the log and print, or write, what was asked for."""
    columns = Columns(**{name: getattr(options, f"{name}_column") for name in _COLUMNS})
    found = _mapped(options, ReadOptions(
        columns=columns, timezone=options.timezone, month_first=options.month_first,
        delimiter=options.delimiter, encoding=options.encoding,
        skip_broken_rows=options.skip_broken_rows))
    if options.json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    elif options.svg:
        picture = (handoff_picture(found.handoffs, options.lang)
                   if found.handoffs.number_of_edges() else process_picture(found, options.lang))
        _write(options.svg, picture.svg)
    elif options.html:
        _write(options.html, report(found, options.lang))
    else:
        _print(found, options.lang, options.top)
    return 0


def _mapped(options: argparse.Namespace, reading: ReadOptions) -> BreakpointMap:
    shown = sys.stderr.isatty()
    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
                  console=Console(stderr=True), transient=True, disable=not shown) as progress:
        task = progress.add_task(escape(options.file.name), total=1.0)

        def on(read: int, total: int) -> None:
            progress.update(task, completed=read, total=max(total, 1))

        log = read_path(options.file, reading, on)
        return map_log(log)


def _print(found: BreakpointMap, language: str, top: int) -> None:
    words, total = _WORDS[language], found.summary
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(f"[bold]{escape(found.name)}[/bold]  {total.cases:,} {words['cases']}, "
                  f"{total.events:,} {words['events']}, {total.open:,} {words['open']}")
    if total.with_deadline:
        console.print(f"[red]{total.ended_late:,} {words['late']}[/red]; "
                      f"{total.open_late:,} {words['open_late']}")
    for note in found.notes:
        console.print(f"[dim]{escape(note.text[language])}[/dim]")
    if not found.breakpoints:
        console.print(words["none"])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key, justify in (("rank", "right"), ("kind", "left"), ("where", "left"),
                         ("lost", "right"), ("cases", "right"), ("what", "left")):
        table.add_column(words[key], justify=justify)  # type: ignore[arg-type]
    for rank, each in enumerate(found.breakpoints[:max(1, top)], start=1):
        label = each.label.get(language) or next(iter(each.label.values()))
        # The log's own words may hold brackets, which rich would take for markup.
        table.add_row(str(rank), KIND_NAMES[each.kind][language], escape(label),
                      spell(each.hours)[language], f"{len(each.cases):,}",
                      escape(each.sentence[language]))
    console.print(table)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Invalid("{path} can't be written: {reason}", path=str(path),
                      reason=error.strerror or str(error)) from error
    sys.stdout.write(f"{path}\n")
