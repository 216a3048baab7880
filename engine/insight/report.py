"""A map as one HTML file that needs nothing else: to be sent, printed, kept."""

from __future__ import annotations

from html import escape

from engine.insight.breakpoint import Breakpoint, hours, spell
from engine.insight.map import BreakpointMap
from engine.insight.picture import handoff_picture, process_picture

_MOST_CASES = 50
_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;
max-width:72rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;
margin-top:2rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #8884;vertical-align:top}td.n,th.n{text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}.quiet{opacity:.7}.scroll{overflow-x:auto}
svg{max-width:100%;height:auto;background:#fff;border-radius:.4rem}.bad{color:#b3261e}
details{margin:.2rem 0}
"""
_WORDS = {
    "en": {"title": "Breakpoint map", "cases": "cases", "events": "events", "open": "open",
           "late": "ended after the deadline", "breakpoints": "Breakpoints",
           "handoffs": "Hand-offs", "steps": "Steps", "step": "Step", "count": "Times",
           "median": "Median wait", "p90": "90 % within", "lost": "Time lost", "where": "Where",
           "evidence": "the cases", "more": "and {n} more"},
    "zh": {"title": "断点地图", "cases": "个案件", "events": "个事件", "open": "未结",
           "late": "在截止时间后结束", "breakpoints": "断点", "handoffs": "移交", "steps": "步骤",
           "step": "步骤", "count": "次数", "median": "等待中位数", "p90": "90% 在",
           "lost": "损失时间", "where": "位置", "evidence": "相关案件", "more": "另有 {n} 个"},
}


def report(found: BreakpointMap, language: str) -> str:
    """The map as an HTML page in `language` (en or zh)."""
    words, total = _WORDS[language], found.summary
    late = (f'<p class="bad">{total.ended_late:,} {words["late"]}</p>'
            if total.with_deadline else "")
    notes = "".join(f'<p class="quiet">{escape(note.text[language])}</p>' for note in found.notes)
    handoffs = (f"<h2>{words['handoffs']}</h2><div class=scroll>"
                f"{handoff_picture(found.handoffs, language).svg}</div>"
                if found.handoffs.number_of_edges() else "")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(found.name)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{words['title']}: {escape(found.name)}</h1>"
        f"<p>{total.cases:,} {words['cases']}, {total.events:,} {words['events']}, "
        f"{total.open:,} {words['open']}</p>{late}{notes}"
        f"<h2>{words['breakpoints']}</h2>{_breakpoints(found, language)}{handoffs}"
        f"<h2>{words['steps']}</h2><div class=scroll>{process_picture(found, language).svg}</div>"
        f"{_activities(found, language)}</body></html>")


def _breakpoints(found: BreakpointMap, language: str) -> str:
    words = _WORDS[language]
    rows = "".join(
        f"<tr><td class=n>{rank}</td><td><strong>{escape(_label(each, language))}</strong><br>"
        f"{escape(each.sentence[language])}{_evidence(each, language)}</td>"
        f"<td class=n>{spell(each.hours)[language]}</td><td class=n>{len(each.cases):,}</td></tr>"
        for rank, each in enumerate(found.breakpoints, start=1))
    return (f"<table><thead><tr><th></th><th>{words['where']}</th><th class=n>{words['lost']}</th>"
            f"<th class=n>{words['cases']}</th></tr></thead><tbody>{rows}</tbody></table>")


def _evidence(each: Breakpoint, language: str) -> str:
    words = _WORDS[language]
    rows = "".join(f"<li>{escape(case.label)}: {spell(case.hours)[language]}</li>"
                   for case in each.cases[:_MOST_CASES])
    left = len(each.cases) - _MOST_CASES
    more = f"<li>{words['more'].format(n=f'{left:,}')}</li>" if left > 0 else ""
    return f"<details><summary>{words['evidence']}</summary><ol>{rows}{more}</ol></details>"


def _activities(found: BreakpointMap, language: str) -> str:
    words = _WORDS[language]
    rows = "".join(
        f"<tr><td>{escape(a.name.in_language(language))}</td><td class=n>{a.steps:,}</td>"
        f"<td class=n>{spell(hours(a.waited_median))[language]}</td>"
        f"<td class=n>{spell(hours(a.waited_p90))[language]}</td></tr>" for a in found.activities)
    return (f"<table><thead><tr><th>{words['step']}</th><th class=n>{words['count']}</th>"
            f"<th class=n>{words['median']}</th><th class=n>{words['p90']}</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>")


def _label(each: Breakpoint, language: str) -> str:
    return each.label.get(language) or next(iter(each.label.values()))
