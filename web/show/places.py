"""Pools and lanes, the department of each, and which were guessed by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.intake.guessing import guess_department
from engine.intake.model import Lane, Pool, Understanding
from engine.intake.settings import JourneySettings, Text
from web.i18n import language, localized

#: The place that stands for the whole journey: its department is the owner.
OWNER = ""


@dataclass(frozen=True)
class Place:
    """A pool or lane; `department` is what was chosen for it, `around` what holds otherwise."""

    id: str
    name: str
    pool: bool
    depth: int
    department: str
    around: str
    guessed: bool


def places(found: Understanding, settings: JourneySettings) -> list[Place]:
    """The pools and lanes of what runs, each below the one around it."""
    made: list[Place] = []

    def add(each: Pool | Lane, depth: int, around: str) -> None:
        own = settings.lanes.get(each.id, "")
        if not own and not each.name and isinstance(each, Lane):
            return  # a lane without a name only frames its pool
        made.append(Place(
            each.id, settings.label(each.id, language(), each.name), isinstance(each, Pool),
            depth, own, around, each.id in settings.guessed))
        for lane in found.lanes:
            if lane.parent == each.id or isinstance(each, Pool) and lane.parent is None \
                    and pool_of(found, lane) == each.id:
                add(lane, depth + 1, own or around)

    for pool in _pools(found):
        add(pool, 0, settings.department)
    for lane in found.lanes:
        if lane.parent is None and pool_of(found, lane) is None:
            add(lane, 0, settings.department)
    return made


def guesses(found: Understanding, departments: Mapping[str, Text]) -> dict[str, str]:
    """The department that each pool and lane seems to mean, and the likely owner."""
    made = {each.id: guess_department(each.name, departments)
            for each in (*_pools(found), *found.lanes)}
    names = [p.name for p in found.processes if p.chosen] + [
        pool.name for pool in _pools(found) if pool.process == found.process]
    starts = [step.lane for step in found.steps if step.kind == "startEvent" and step.lane]
    likely = [guess_department(name, departments) for name in names]
    likely += [made.get(lane, "") for lane in starts if lane]
    likely += [next(iter(departments))] if len(departments) == 1 else []
    made[OWNER] = next((each for each in likely if each), "")
    return {place: key for place, key in made.items() if key}


def with_guesses(found: Understanding, settings: JourneySettings,
                 departments: Mapping[str, Text]) -> JourneySettings:
    """The settings, with a guess wherever nothing was chosen."""
    known = {**departments, **{key: _names(key, spec) for key, spec in
                               settings.departments.items()}}
    for place, key in guesses(found, known).items():
        if place == OWNER:
            if not settings.department:
                settings = _guessed(settings.with_owner(key), place)
        elif place not in settings.lanes:
            settings = _guessed(settings.with_lane(place, key), place)
    return settings


def _guessed(settings: JourneySettings, place: str) -> JourneySettings:
    return replace(settings, guessed=(*settings.guessed, place))


def department_of(found: Understanding, settings: JourneySettings, step: str) -> str:
    """The department that does a step: its lane's, its pool's, or the owner."""
    drawn = next((each for each in found.steps if each.id == step), None)
    lanes = {lane.id: lane for lane in found.lanes}
    place = drawn.lane if drawn is not None else None
    while place in lanes:
        if settings.lanes.get(place):
            return settings.lanes[place]
        place = lanes[place].parent or pool_of(found, lanes[place])
    if drawn is not None and not place:
        place = _pool_around(found, drawn.inside)
    return settings.lanes.get(place or "", "") or settings.department


def department_names(known: Mapping[str, Text], settings: JourneySettings) -> dict[str, str]:
    """Names of the departments that exist, and of those that publishing will make."""
    planned = {key: _names(key, spec) for key, spec in settings.departments.items()}
    return {key: localized(names) for key, names in {**planned, **known}.items()}


def pool_of(found: Understanding, lane: Lane) -> str | None:
    """The pool that a lane is in."""
    inside = next((step.inside for step in found.steps if step.lane == lane.id), None)
    if inside is None:
        below = next((each for each in found.lanes if each.parent == lane.id), None)
        return pool_of(found, below) if below is not None else None
    return _pool_around(found, inside)


def _pool_around(found: Understanding, inside: str) -> str | None:
    steps = {step.id: step for step in found.steps}
    seen: set[str] = set()
    while inside in steps and inside not in seen:
        seen.add(inside)
        inside = steps[inside].inside
    return next((pool.id for pool in found.pools if pool.process == inside), None)


def _pools(found: Understanding) -> Iterator[Pool]:
    """The pools of processes that run; the others are the outside."""
    running = set(_processes(found))
    return (pool for pool in found.pools if pool.process in running)


def _processes(found: Understanding) -> Iterator[str]:
    steps = {step.id for step in found.steps}
    return (step.inside for step in found.steps if step.inside not in steps)


def _names(key: str, spec: Mapping[str, object]) -> Text:
    name = spec.get("name", key)
    return dict(name) if isinstance(name, Mapping) else {"en": str(name)}
