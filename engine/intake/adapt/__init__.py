"""XML to XML: what Baton does where a drawing leaves something open or SpiffWorkflow can't follow.

`RULES` lists the rules in the order in which they run; docs/adaptations.md explains each.
Every rule is a module with its `RULE` (name, reason, remedy) and `adapt(drawing, known)`.
"""

from __future__ import annotations

from types import ModuleType

from engine.intake.adapt import (
    ad_hoc,
    by_hand,
    calls,
    clashing_ids,
    collapsed,
    compensation,
    conditions,
    data,
    decisions,
    ends,
    entries,
    errors,
    event_gateways,
    event_sub_processes,
    executable,
    flows,
    gateways,
    links,
    loops,
    mappings,
    messages,
    multiple_events,
    pools,
    scripts,
    service_calls,
    splits,
    starts,
    throws,
    timers,
    transactions,
    undefined_waits,
)

RULES: tuple[ModuleType, ...] = (
    executable,           # the chosen process runs, whatever its mark
    pools,                # the processes of other pools run beside it; messages are carried
    flows,                # flows stand and lead where they may
    loops,                # uncounted loops ask (reads data references: before data)
    data,                 # data objects and stores stay on the drawing
    collapsed,            # a sub-process with nothing inside is one step
    calls,                # calls to what is not here are done by hand
    service_calls,        # a service step that says what it calls waits for the answer
    by_hand,              # untyped, manual, service and send tasks are work for people
    scripts,              # scripts that can't be read are done by a person
    decisions,            # decisions that are not in the pack are taken by a person
    compensation,         # what was finished is undone, the last first
    transactions,         # a cancel end leaves its transaction
    links,                # link events become flows
    throws,               # messages thrown pass; signals, errors, escalations work in the case
    event_sub_processes,  # become border events and ordinary sub-processes
    errors,               # errors that nothing throws are reported by a person
    timers,               # timers without a time go on when a person says so
    messages,             # messages without a name get one
    undefined_waits,      # signals, conditions and blanks that can't be waited for
    multiple_events,      # one event for each thing that is waited for
    ad_hoc,               # a person says which step of an ad hoc sub-process comes next
    starts,               # one start a scope
    entries,              # no start: one is inserted
    conditions,           # conditions are rewritten or left to a person
    gateways,             # open gateways become questions
    event_gateways,       # only events can be waited for
    splits,               # implicit splits get their gateways
    mappings,             # values that steps take and give are written around them
    ends,                 # paths that stop get an end
    clashing_ids,         # ids of SpiffWorkflow's own get an alias
)
