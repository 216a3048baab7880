"""Small drawings at random, sound and unsound, with circles and arrows anywhere."""

from __future__ import annotations

from random import Random

from tests.support.bpmn import Drawing

_KINDS = {"exclusive": 4.0, "parallel": 4.0, "inclusive": 3.0, "task": 2.0, "end": 1.0,
          "terminate": 0.3}


def any_drawing(seed: int, nodes: int = 9) -> Drawing:
    """Up to `nodes` nodes; arrows lead onward more often than back."""
    random = Random(seed)  # noqa: S311 - drawings, not cryptography
    count = random.randint(3, nodes)
    kinds = random.choices(list(_KINDS), list(_KINDS.values()), k=count)
    drawing = Drawing().start().end().flow("Begin", "n0")
    for number, kind in enumerate(kinds):
        name = f"n{number}"
        if kind == "task":
            drawing.user(name)
        elif kind in ("end", "terminate"):
            drawing.end(name, "<bpmn:terminateEventDefinition/>" if kind == "terminate" else "")
            continue
        else:
            drawing.gateway(name, kind)
        for _ in range(1 if kind == "task" else random.choice([1, 1, 2, 2, 3])):
            first = min(number + 1, count) if random.random() < 0.75 else 0
            target = random.randint(first, count)
            drawing.flow(name, "Finish" if target == count else f"n{target}")
    return drawing


def blocks(random: Random, depth: int = 3) -> Drawing:
    """A drawing of well-nested blocks: every split has its join, every circle its way out."""
    drawing = Drawing().start().end()
    count = 0

    def node(make: str) -> str:
        nonlocal count
        count += 1
        name = f"{make}{count}"
        if make == "task":
            drawing.user(name)
        else:
            drawing.gateway(name, make)
        return name

    def block(level: int) -> tuple[str, str]:
        """One block; returns where it begins and where it ends."""
        shape = random.choice(["task", "row", "split", "circle"]) if level else "task"
        if shape == "task":
            name = node("task")
            return name, name
        if shape == "row":
            first, middle = block(level - 1)
            following, last = block(level - 1)
            drawing.flow(middle, following)
            return first, last
        if shape == "circle":
            back, out = node("exclusive"), node("exclusive")
            first, last = block(level - 1)
            drawing.path(back, first).path(last, out).path(out, back)
            return back, out
        kind = random.choice(["exclusive", "parallel", "inclusive"])
        split, join = node(kind), node(kind)
        for _ in range(random.randint(2, 3)):
            first, last = block(level - 1)
            drawing.path(split, first).path(last, join)
        return split, join

    first, last = block(depth)
    return drawing.path("Begin", first).path(last, "Finish")
