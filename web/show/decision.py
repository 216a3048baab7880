"""A decision table as its page shows it: its rules, what is wrong with it, and a try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from engine.infra.errors import DomainError, NotFound
from engine.intake.decision_ids import tables_of
from engine.intake.dmn.read import Column, Decision
from engine.intake.lint.decision_tables import said_of
from engine.intake.records import Draft, Version
from engine.runtime.decisions.evaluate import Outcome, RulesClash
from engine.runtime.decisions.trial import Needed, attempt, needed
from engine.runtime.errors import ModelFault
from engine.runtime.tagged import plain
from engine.runtime.versions import field_rules
from web.errors import sentence
from web.i18n import language, localized
from web.show.fault_words import fault_words
from web.show.kinds import FIELD_TYPES
from web.unit import baton

_POLICIES = {
    "UNIQUE": lazy_gettext("At most one rule may apply."),
    "FIRST": lazy_gettext("The first rule that applies decides."),
    "ANY": lazy_gettext("Several rules may apply if they say the same."),
    "PRIORITY": lazy_gettext("Of the rules that apply, the one with the foremost result decides."),
    "COLLECT": lazy_gettext("The results of all rules that apply are collected."),
    "RULE ORDER": lazy_gettext("All rules that apply give their results, in the table's order."),
    "OUTPUT ORDER": lazy_gettext("All rules that apply give their results, the foremost first."),
}
_AGGREGATIONS = {
    "SUM": lazy_gettext("The results of all rules that apply are added up."),
    "MIN": lazy_gettext("The smallest result of the rules that apply decides."),
    "MAX": lazy_gettext("The largest result of the rules that apply decides."),
    "COUNT": lazy_gettext("The rules that apply are counted."),
}


@dataclass(frozen=True)
class Head:
    """A column: what it is called, and what it looks at or writes."""

    title: str
    under: str


@dataclass(frozen=True)
class Row:
    """One rule; `hit` when it applied."""

    number: int
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str
    hit: bool


@dataclass(frozen=True)
class Table:
    """One decision; `results` by name once it was tried, None before."""

    id: str
    name: str
    policy: str
    inputs: tuple[Head, ...]
    outputs: tuple[Head, ...]
    rows: tuple[Row, ...]
    literal: str
    problems: list[tuple[str, str]]
    results: list[tuple[str, str]] | None


@dataclass(frozen=True)
class Question:
    """A value that one may try the decision with."""

    key: str
    label: str
    type: str
    hint: str
    choices: tuple[str, ...]
    value: str


def decision_page(source: Draft | Version, key: str, sent: Mapping[str, str],
                  hit: Sequence[int]) -> dict[str, Any]:
    """All that the page of the decision `key` shows; `sent` is tried when it holds `try`.

    Raises NotFound where the journey has no such decision.
    """
    decision = tables_of(source.files)[0].get(key)
    if decision is None:
        raise NotFound("There is no decision {decision} here.", decision=key)
    fields = field_rules(source.settings)
    made, trouble = {}, ""
    if "try" in sent:
        try:
            made = attempt(decision, {name.removeprefix("in."): text for name, text in sent.items()
                                      if name.startswith("in.")}, fields,
                           baton().settings.timezone, baton().now())
        except DomainError as error:
            trouble = sentence(error)
        except RulesClash as clash:
            trouble, made = fault_words(str(clash)), {clash.decision: Outcome({}, clash.rules, ())}
        except ModelFault as fault:
            trouble = fault_words(str(fault))
    elif hit:
        made = {key: Outcome({}, tuple(hit), ())}
    return {"decision": decision, "trouble": trouble, "tried": "try" in sent,
            "name": named(source, decision),
            "tables": [_table(each, source, made.get(each.id), "try" in sent and not trouble)
                       for each in _all(decision)],
            "questions": _questions(decision, source, sent)}


def decisions_of(source: Draft | Version) -> list[tuple[str, str, int]]:
    """(id, name, rules) of the decisions that a journey brings, by name."""
    found = tables_of(source.files)[0].values()
    return sorted(((each.id, named(source, each), len(each.rules)) for each in found),
                  key=lambda each: each[1])


def _all(decision: Decision) -> list[Decision]:
    """The decision, then those that it requires, once each."""
    found = {decision.id: decision}
    for each in decision.requires:
        found.update({one.id: one for one in _all(each) if one.id not in found})
    return list(found.values())


def named(source: Draft | Version, decision: Decision) -> str:
    """A decision's name in the reader's language."""
    return source.settings.label(decision.id, language(), decision.name)


def _table(decision: Decision, source: Draft | Version, outcome: Outcome | None,
           tried: bool) -> Table:
    hits = outcome.rules if outcome else ()
    def head(columns: tuple[Column, ...], at: int, text: str) -> Head:
        label = columns[at].label if at < len(columns) else ""
        title = _title(source, text, label)
        return Head(title, text if title != text else "")

    return Table(
        id=decision.id, name=named(source, decision),
        policy=str(_AGGREGATIONS.get(decision.aggregation or "")
                   or _POLICIES[decision.hit_policy]) if decision.rules else "",
        inputs=tuple(head(decision.input_columns, at, text)
                     for at, text in enumerate(decision.inputs)),
        outputs=tuple(head(decision.output_columns, at, text)
                      for at, text in enumerate(decision.outputs)),
        rows=tuple(Row(at, rule.tests, rule.outputs, rule.note, at in hits)
                   for at, rule in enumerate(decision.rules, 1)),
        literal=decision.literal,
        problems=[(severity, words[language()]) for severity, words in said_of(decision)],
        results=[(_title(source, name, ""), _written(value))
                 for name, value in outcome.outputs.items()] if outcome and tried else None)


def _title(source: Draft | Version, text: str, label: str) -> str:
    """What a column is called: as its field is, else as the table says."""
    declared = source.settings.fields.get(text)
    return (localized(declared.label) if declared else "") or label or text


def _questions(decision: Decision, source: Draft | Version,
               sent: Mapping[str, str]) -> list[Question]:
    try:
        asked = needed(decision, field_rules(source.settings))
    except ModelFault:
        return []  # a cell that can't be read stands among the problems
    return [_question(each, source, sent.get(f"in.{each.key}", "")) for each in asked]


def _question(need: Needed, source: Draft | Version, value: str) -> Question:
    return Question(need.key, _title(source, need.key, ""), need.type,
                    str(FIELD_TYPES.get(need.type, "")), need.choices, value)


def _written(value: Any) -> str:
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return gettext(", ").join(_written(each) for each in value) or gettext("nothing")
    return str(plain(value))
