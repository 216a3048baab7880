"""A map as one HTML file that needs nothing else: to be sent, printed, kept."""

from __future__ import annotations

from html import escape

from engine.insight.breakpoint import Breakpoint, hours, spell
from engine.insight.map import BreakpointMap
from engine.insight.patterns import KIND_NAMES
from engine.insight.picture import Picture, handoff_picture, process_picture

_MOST_CASES = 200
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--cost:#e0313155;--bad:#c92a2a}
@media(prefers-color-scheme:dark){:root{--bad:#ff8787}}
body{font:15px/1.55 system-ui,"Noto Sans CJK SC",sans-serif;max-width:70rem;margin:2.5rem auto;
padding:0 1.25rem}h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2.5rem 0 .6rem}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:0 0 1rem}
.tile{border:1px solid var(--line);border-radius:.5rem;padding:.6rem 1rem;min-width:8rem}
.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.45rem .6rem;
border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.quiet{opacity:.72}.bad b{color:var(--bad)}.scroll{overflow-x:auto}
.kind{border:1px solid var(--line);border-radius:1rem;padding:0 .55rem;font-size:.8rem;
white-space:nowrap;margin-left:.4rem}.bar{height:.3rem;background:var(--cost);border-radius:.2rem;
margin:.35rem 0 0 auto;min-width:2px}svg{max-width:100%;height:auto}
details{margin:.25rem 0}summary{cursor:pointer}details ol{columns:14rem;margin:.4rem 0}
@media print{details:not([open]){display:none}body{margin:0}}
"""
_WORDS = {
    "en": {"title": "Breakpoint map", "cases": "Cases", "events": "Events", "open": "{n} open",
           "late": "Ended after the deadline", "open_late": "{n} more are open and past it",
           "median": "Median duration", "within": "90 % within {n}", "step": "Step",
           "breakpoints": "Breakpoints", "handoffs": "Hand-offs", "steps": "Steps",
           "count": "Times", "wait": "Median wait", "p90": "90 % within", "lost": "Time lost",
           "where": "Where it breaks", "evidence": "The cases", "more": "and {n} more",
           "again": "Done again", "broken": "Broken promise",
           "ranked": "Ranked by the time lost, summed over all cases. Kinds look at the same "
                     "hours from several sides: add them up within a kind, not across kinds.",
           "none": "Nothing breaks here, as far as the cases tell.",
           "left": "Left out to keep it readable: {nodes} boxes, {edges} arrows."},
    "zh": {"title": "断点地图", "cases": "案件", "events": "事件", "open": "{n} 个未结",
           "late": "在截止时间后结束", "open_late": "另有 {n} 个未结且已超期",
           "median": "时长中位数", "within": "90% 在 {n} 内", "step": "步骤",
           "breakpoints": "断点", "handoffs": "移交", "steps": "步骤", "count": "次数",
           "wait": "等待中位数", "p90": "90% 以内", "lost": "损失时间", "where": "断在哪里",
           "evidence": "相关案件", "more": "另有 {n} 个", "again": "重复执行", "broken": "违约",
           "ranked": "按所有案件损失时间之和排序。不同类型从不同角度看同一段时间："
                     "同类可相加，不同类不可相加。",
           "none": "就案件所示，此处没有断点。",
           "left": "为便于阅读，略去 {nodes} 个方框、{edges} 个箭头。"},
}


def report(found: BreakpointMap, language: str) -> str:
    """The map as an HTML page in `language` (en or zh)."""
    words = _WORDS[language]
    notes = "".join(f'<p class="quiet">{escape(note.text[language])}</p>' for note in found.notes)
    handoffs = (_picture(words["handoffs"], handoff_picture(found.handoffs, language), language)
                if found.handoffs.number_of_edges() else "")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(found.name)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{words['title']}: {escape(found.name)}</h1>"
        f"{_tiles(found, language)}{notes}"
        f"<h2>{words['breakpoints']}</h2>{_breakpoints(found, language)}{handoffs}"
        f"{_picture(words['steps'], process_picture(found, language), language)}"
        f"{_activities(found, language)}</body></html>")


def _tiles(found: BreakpointMap, language: str) -> str:
    words, total = _WORDS[language], found.summary
    tiles = [_tile(words["cases"], f"{total.cases:,}", words["open"].format(n=f"{total.open:,}")),
             _tile(words["events"], f"{total.events:,}", "")]
    if total.duration_median is not None:
        within = spell(hours(total.duration_p90))[language]
        tiles.append(_tile(words["median"], spell(hours(total.duration_median))[language],
                           words["within"].format(n=within)))
    if total.with_deadline:
        tiles.append(_tile(words["late"], f"{total.ended_late:,}",
                           words["open_late"].format(n=f"{total.open_late:,}"), "bad"))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _tile(title: str, figure: str, more: str, level: str = "") -> str:
    return (f'<div class="tile {level}"><span>{title}</span><b>{figure}</b>'
            f'<span class="quiet">{more}</span></div>')


def _breakpoints(found: BreakpointMap, language: str) -> str:
    words = _WORDS[language]
    if not found.breakpoints:
        return f"<p>{words['none']}</p>"
    most = found.breakpoints[0].hours or 1.0
    rows = "".join(
        f"<tr><td class=n>{rank}</td><td><strong>{escape(_label(each, language))}</strong>"
        f'<span class="kind">{KIND_NAMES[each.kind][language]}</span><br>'
        f"{escape(each.sentence[language])}{_evidence(each, language)}</td>"
        f"<td class=n>{spell(each.hours)[language]}"
        f'<div class="bar" style="width:{100 * each.hours / most:.1f}%"></div></td>'
        f"<td class=n>{len(each.cases):,}</td></tr>"
        for rank, each in enumerate(found.breakpoints, start=1))
    return (f'<p class="quiet">{words["ranked"]}</p><table><thead><tr><th></th>'
            f"<th>{words['where']}</th><th class=n>{words['lost']}</th>"
            f"<th class=n>{words['cases']}</th></tr></thead><tbody>{rows}</tbody></table>")


def _evidence(each: Breakpoint, language: str) -> str:
    words = _WORDS[language]
    rows = "".join(f"<li>{escape(case.label)}: {spell(case.hours)[language]}</li>"
                   for case in each.cases[:_MOST_CASES])
    left = len(each.cases) - _MOST_CASES
    more = f"<p>{words['more'].format(n=f'{left:,}')}</p>" if left > 0 else ""
    return f"<details><summary>{words['evidence']}</summary><ol>{rows}</ol>{more}</details>"


def _picture(title: str, drawn: Picture, language: str) -> str:
    left = (_WORDS[language]["left"].format(nodes=drawn.left_out_nodes, edges=drawn.left_out_edges)
            if drawn.left_out_nodes or drawn.left_out_edges else "")
    return (f'<h2>{title}</h2><div class="scroll">{drawn.svg}</div>'
            f'<p class="quiet">{left}</p>')


def _activities(found: BreakpointMap, language: str) -> str:
    words = _WORDS[language]
    rows = "".join(
        f"<tr><td>{escape(a.name.in_language(language))}</td><td class=n>{a.steps:,}</td>"
        f"<td class=n>{a.cases:,}</td>"
        f"<td class=n>{spell(hours(a.waited_median))[language]}</td>"
        f"<td class=n>{spell(hours(a.waited_p90))[language]}</td>"
        f"<td class=n>{_share(a.repeat_share)}</td><td class=n>{_share(a.breach_share)}</td></tr>"
        for a in found.activities)
    heads = "".join(f"<th class=n>{words[key]}</th>" for key in (
        "count", "cases", "wait", "p90", "again", "broken"))
    return (f"<table><thead><tr><th>{words['step']}</th>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table>")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _label(each: Breakpoint, language: str) -> str:
    return each.label.get(language) or next(iter(each.label.values()))
