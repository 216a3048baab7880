"""Guessing what a CSV file's columns hold, from the names that tools give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

from engine.infra.errors import Invalid
from engine.insight.formats.options import Columns

#: Names by meaning, best first, in lower case with single spaces for "_", "-", ":" and ".".
_KNOWN: dict[str, tuple[str, ...]] = {
    "case": ("case concept name", "case id", "caseid", "case", "case number", "case no", "case key",
             "trace id", "trace", "process instance id", "process instance", "instance id",
             "ticket id", "ticket", "ticket number", "incident", "incident id", "incident number",
             "sr number", "order id", "order number", "issue key", "issue id", "request id",
             "number", "id", "案件编号", "案件号", "案件", "案例编号", "案例id", "案例", "流程实例",
             "流程编号", "工单号", "工单编号", "工单", "订单号", "单号", "编号", "投诉编号"),
    "activity": ("activity", "concept name", "activity name", "activity id", "event", "event name",
                 "task", "task name", "step", "step name", "action", "operation", "element name",
                 "state", "status", "活动", "活动名称", "步骤", "步骤名称", "环节", "环节名称",
                 "任务", "任务名称", "节点", "事件", "操作", "状态"),
    "time": ("timestamp", "time timestamp", "complete timestamp", "completion time",
             "complete time",
             "end timestamp", "time end", "completed at", "completed", "complete", "finish time",
             "end time", "endtime", "event time", "time", "datetime", "date time", "date",
             "changed at", "change date time", "created at", "完成时间", "结束时间", "时间戳",
             "时间", "发生时间", "操作时间", "日期"),
    "start": ("start timestamp", "start time", "starttime", "time start", "started at", "started",
              "start", "begin", "begin time", "开始时间", "开始"),
    "person": ("resource", "org resource", "user", "user name", "username", "employee", "agent",
               "assignee", "assigned to", "owner", "person", "performer", "actor", "originator",
               "人员", "处理人", "经办人", "员工", "操作人", "执行人", "资源", "负责人"),
    "department": ("department", "org group", "group", "team", "assignment group", "org role",
                   "role", "org unit", "organisation unit", "organization unit", "unit", "queue",
                   "support team", "lane", "部门", "科室", "处理部门", "班组", "小组", "团队", "组",
                   "角色"),
    "lifecycle": ("lifecycle transition", "lifecycle", "transition", "event type", "sub status",
                  "substatus", "生命周期", "事件类型", "子状态"),
    "deadline": ("case deadline", "deadline", "due", "due date", "duedate", "due at", "sla due",
                 "target date", "截止时间", "截止日期", "最后期限", "到期时间", "承诺时间"),
    "end": ("case enddate", "case end date", "case end", "enddate", "case closed at", "closed at",
            "案件结束时间", "办结时间", "关闭时间"),
}
_FLAGS = {"case": "--case-column", "activity": "--activity-column", "time": "--time-column"}


def tidy(heading: str) -> str:
    """A heading as it is compared: lower case, single spaces for marks."""
    return re.sub(r"[\s_\-:./]+", " ", heading.strip().strip("\ufeff\"'").lower()).strip()


def looks_like_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns: one of its cells is a known name."""
    known = {name for names in _KNOWN.values() for name in names}
    return any(tidy(cell) in known for cell in row)


def find_columns(name: str, header: Sequence[str], given: Columns) -> dict[str, int]:
    """Position by meaning ("case", "activity", "time", …) in `header`.

    Raises Invalid, with the headings in the message, when the case, the activity or the time
    can't be found, or when a given name isn't there.
    """
    tidied = [tidy(heading) for heading in header]
    found: dict[str, int] = {}
    for part in fields(Columns):
        wanted = getattr(given, part.name)
        if wanted is not None:
            found[part.name] = _given(name, header, tidied, part.name, wanted)
    for meaning, names in _KNOWN.items():
        if meaning in found:
            continue
        free = [position for position in range(len(header)) if position not in found.values()]
        spot = next((at for known in names for at in free if tidied[at] == known), None)
        if spot is not None:
            found[meaning] = spot
    _whole(name, header, found)
    return found


def _given(name: str, header: Sequence[str], tidied: Sequence[str], meaning: str,
           wanted: str) -> int:
    if wanted in header:
        return header.index(wanted)
    if tidy(wanted) in tidied:
        return tidied.index(tidy(wanted))
    raise Invalid("{name} has no column “{wanted}”; its columns are: {columns}.", field=meaning,
                  name=name, wanted=wanted, columns=_listed(header))


def _whole(name: str, header: Sequence[str], found: dict[str, int]) -> None:
    """A log needs cases, activities and times; a start alone will do as the time."""
    if "time" not in found and "start" in found:
        found["time"] = found.pop("start")
    what = {"case": "the case", "activity": "the activity", "time": "the time"}
    for meaning, words in what.items():
        if meaning not in found:
            raise Invalid(
                "{name}: no column is known to hold {what}; name it with {flag}. Its columns "
                "are: {columns}.", field=meaning, name=name, what=words, flag=_FLAGS[meaning],
                columns=_listed(header))


def _listed(header: Sequence[str]) -> str:
    shown = [" ".join(heading.split())[:40] for heading in header[:20]]
    return ", ".join(shown) + (", …" if len(header) > 20 else "")
