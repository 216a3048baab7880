"""Detectors of breakpoints, one a file: each is `detect(log)`, pure, and documents its rule.

The ranking is by hours lost over all cases, so that kinds can be compared with each other.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.insight.breakpoint import Breakpoint
from engine.insight.log import EventLog, Text
from engine.insight.patterns import bottleneck, breached, handoff_delay, ping_pong, rework

Detector = Callable[[EventLog], list[Breakpoint]]
DETECTORS: tuple[Detector, ...] = (
    bottleneck.detect, breached.detect, handoff_delay.detect, ping_pong.detect, rework.detect)
#: What people call each kind.
KIND_NAMES: dict[str, Text] = {
    "bottleneck": {"en": "Bottleneck", "zh": "瓶颈"},
    "breached": {"en": "Broken promise", "zh": "违约"},
    "handoff_delay": {"en": "Hand-off delay", "zh": "移交延误"},
    "ping_pong": {"en": "Ping-pong", "zh": "来回推诿"},
    "rework": {"en": "Rework", "zh": "返工"},
}
KINDS = tuple(KIND_NAMES)


def detect_all(log: EventLog) -> list[Breakpoint]:
    """All breakpoints of a log, those that cost most first."""
    found = [each for detector in DETECTORS for each in detector(log)]
    return sorted(found, key=lambda each: (-each.hours, each.kind, str(each.place)))
