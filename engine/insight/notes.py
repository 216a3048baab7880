"""What a reader of a map should know about the log that it was made from."""

from __future__ import annotations

from engine.insight.log import Note


def _note(code: str, en: str, zh: str) -> Note:
    return Note(code, {"en": en, "zh": zh})


def ends_assumed() -> Note:
    """No end dates and no final status."""
    return _note(
        "ends_assumed",
        "The log doesn't say which cases have ended; each is taken as ended at its last event.",
        "日志未说明哪些案件已结束；每个案件都视为在其最后一个事件时结束。")


def no_starts() -> Note:
    """Only completions."""
    return _note(
        "no_starts",
        "The log has no start times: waiting runs from the step before until completion, so it "
        "holds the work too.",
        "日志没有开始时间：等待从上一步完成算到本步完成，因此也包含工作时间。")


def statuses() -> Note:
    """A log of statuses."""
    return _note(
        "statuses",
        "The log records statuses: time in a waiting status counts as waiting, time in any other "
        "open status as work.",
        "日志记录的是状态：处于等待类状态的时间算作等待，其他未结状态的时间算作工作。")


def people_for_departments(*, anyone: bool) -> Note:
    """No departments."""
    if not anyone:
        return _note("no_departments",
                     "The log names neither departments nor people, so hand-offs can't be seen.",
                     "日志既没有部门也没有人员，因此看不到交接。")
    return _note("people_for_departments",
                 "The log names no departments; hand-offs are shown between people or roles.",
                 "日志没有部门；交接按人员或角色显示。")


def unknown_departments(unknown: int, total: int) -> Note:
    """Some steps have no department."""
    return _note(
        "unknown_departments",
        f"{unknown:,} of {total:,} steps name no department; hand-offs to and from them aren't "
        "counted.",
        f"{total:,} 个步骤中有 {unknown:,} 个没有部门；与它们之间的交接未计入。")


def ends_before_start(count: int) -> Note:
    """Cases with an end before their start."""
    return _note(
        "ends_before_start",
        f"{count:,} cases end before they start; their durations are left out.",
        f"{count:,} 个案件的结束早于开始；其时长未计入。")


def rows_skipped(count: int, first_line: int) -> Note:
    """Broken rows of a CSV file."""
    return _note("rows_skipped",
                 f"{count:,} broken rows were skipped, the first on line {first_line}.",
                 f"已跳过 {count:,} 个损坏的行，第一处在第 {first_line} 行。")


def events_without_time(count: int) -> Note:
    """Events that can't be placed."""
    return _note("events_without_time",
                 f"{count:,} events have no readable time and were left out.",
                 f"{count:,} 个事件没有可读的时间，已略去。")


def events_without_name(count: int) -> Note:
    """Events that are nothing in particular."""
    return _note("events_without_name", f"{count:,} events have no name and were left out.",
                 f"{count:,} 个事件没有名称，已略去。")


def day_first_assumed(column: str) -> Note:
    """Ambiguous dates."""
    return _note(
        "day_first_assumed",
        f"Dates in “{column}” could be day/month or month/day; they were read as day/month.",
        f"“{column}”中的日期可能是日/月或月/日；已按日/月读取。")


def zone_assumed(zone: str) -> Note:
    """Times with no zone."""
    return _note("zone_assumed", f"Times without a zone were read as {zone}.",
                 f"没有时区的时间按 {zone} 读取。")
