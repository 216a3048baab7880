"""Whose business time a timer counts: as the drawing says it, or the journey where it says else."""

from __future__ import annotations

from collections.abc import Callable

from engine.infra.errors import DomainError
from engine.runtime.errors import ModelFault
from engine.runtime.ports import RunnableVersion
from engine.worktime.calendar import WorkCalendar

#: The calendar of a department by key. Raises NotFound.
CalendarOf = Callable[[str], WorkCalendar]
#: In place of a department: the one of the step's lane, the journey's own, and no calendar.
STEP, JOURNEY, CLOCK = "step", "journey", "clock"


def department_for(version: RunnableVersion, element: str, drawn: str) -> str | None:
    """The department whose business time a timer at `element` counts; None for the clock on the
    wall. `drawn` is what the drawing says, which the settings of the step win over."""
    step = version.steps.get(element)
    said = (step.calendar if step is not None else None) or drawn
    if said in ("", CLOCK):
        return None
    if said == JOURNEY:
        return version.owner
    if said == STEP:
        lanes = version.lanes_of(element)
        return next((version.lanes[lane] for lane in lanes if lane in version.lanes),
                    version.owner)
    return said


def calendars_named(version: RunnableVersion) -> set[str]:
    """The departments whose calendars the drawing or its settings name by key."""
    said = {step.calendar for step in version.steps.values() if step.calendar}
    for model in version.processes.values():
        said |= model.calendars
    return said - {STEP, JOURNEY, CLOCK}


def calendar_for(department: str | None, calendar_of: CalendarOf | None) -> WorkCalendar | None:
    """The calendar to reckon with. Raises ModelFault where there is no such department."""
    if department is None or calendar_of is None:
        return None
    try:
        return calendar_of(department)
    except DomainError as error:
        raise ModelFault("timer", str(error)) from error
