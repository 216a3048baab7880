"""What publishing refuses of a journey, beside its drawing: one place for `baton check`, the
page of a draft and publishing itself.

An error is refused, a warning may be refused or is not used, and the rest is good to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.infra.errors import Invalid
from engine.intake.model import Finding, Severity
from engine.intake.words import Text, text
from engine.jobs.hosts import AllowedHosts
from engine.people.departments import check_described
from engine.runtime.business_time import calendars_named
from engine.runtime.calls.check import may_call
from engine.runtime.model import Element
from engine.runtime.ports import RunnableVersion


@dataclass(frozen=True)
class Installation:
    """Where a journey is to be published: the keys of its departments, None where nobody can tell,
    and the hosts that may be called."""

    departments: Collection[str] | None = None
    allowed: AllowedHosts = AllowedHosts(())


def problems(version: RunnableVersion, described: Mapping[str, Mapping[str, Any]],
             installation: Installation) -> Iterator[Finding]:
    """What is wrong; `described` are the departments that the pack brings."""
    for key, content in described.items():
        if key not in (installation.departments or ()):
            yield from _undescribable(key, content)
    yield from _departments(version, described, installation.departments)
    yield from _calls(version, installation.allowed)


def refuse(version: RunnableVersion, installation: Installation) -> None:
    """Raises Invalid for what can't be published, and for a call that nobody has allowed."""
    for each in problems(version, {}, installation):
        if each.severity == "error" or each.code == "host_not_allowed":
            raise Invalid("{reason}", field=f"steps.{each.element}" if each.element else
                          "department", reason=each.message)


def undrawn(version: RunnableVersion, drawn: Collection[str]) -> Iterator[Finding]:
    """What journey.toml says of steps that the drawing hasn't; a call of one is refused."""
    for element, step in version.steps.items():
        if element not in drawn and _element(version, element) is None \
                and not (step.call and step.call.on):
            yield Finding("warning", "", "", "undrawn_step", text(
                "journey.toml describes the step “{step}”, but the drawing has no element with "
                "this id: nothing of it is used.",
                "journey.toml 描述了步骤“{step}”，但图中没有此标识的元素：这些内容不会生效。",
                step=element))


def _undescribable(key: str, content: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        check_described(key, content)
    except Invalid as error:
        yield Finding("error", "", "", "bad_department", text(
            "The department “{key}” of journey.toml can't be made: {reason}",
            "无法按 journey.toml 创建部门“{key}”：{field} 有误（{value}）。", key=key, reason=error,
            field=error.field or "", value=content.get(error.field or "", "")))


def _departments(version: RunnableVersion, described: Collection[str],
                 existing: Collection[str] | None) -> Iterator[Finding]:
    """Owner, lanes and timers name departments that there are, or that the pack brings."""
    named = dict.fromkeys(calendars_named(version), "")
    named |= {key: lane for lane, key in version.lanes.items()} | {version.owner: ""}
    for key, lane in sorted(named.items()):
        if not key or key in described or key in (existing or ()):
            continue
        severity: Severity = "warning" if existing is None else "error"
        yield Finding(severity, lane, "", "unknown_department", text(
            "journey.toml doesn't describe the department “{key}”: publishing is refused unless it "
            "exists already.",
            "journey.toml 没有描述部门“{key}”：若它尚不存在，发布会被拒绝。", key=key)
            if existing is None else text(
            "There is no department “{key}”: choose another, or create it first.",
            "没有部门“{key}”：请选择其他部门，或先创建它。", key=key))


def _calls(version: RunnableVersion, allowed: AllowedHosts) -> Iterator[Finding]:
    for id_, step in version.steps.items():
        if step.call is None or not step.call.on:
            continue
        drawn = _element(version, id_)
        if drawn is None:
            yield _call("error", "undrawn_step", id_, text(
                "journey.toml has a call for the step “{step}”, but nothing that runs has this "
                "id in the drawing.",
                "journey.toml 为步骤“{step}”写了调用，但图中没有可运行的元素使用此标识。",
                step=id_))
        elif not drawn.outside:
            yield _call("error", "cannot_call", id_, text(
                "“{step}” can't call a service: only a task, a service task or a send task can.",
                "“{step}”不能调用服务：只有任务、服务任务和发送任务可以。", step=drawn.name))
        elif not may_call(step.call.url, allowed):
            yield _call("info", "host_not_allowed", id_, text(
                "“{step}” calls {host}: before it can be published, an administrator has to add "
                "it to BATON_ALLOWED_HOSTS wherever baton serve, work or publish runs. Or switch "
                "the call off.",
                "“{step}”会调用 {host}：发布之前，管理员须在运行 baton serve、work 或 publish 的"
                "各处把它加入 BATON_ALLOWED_HOSTS。或者关闭此调用。",
                step=drawn.name, host=step.call.host))


def _call(severity: Severity, code: str, element: str, message: Text) -> Finding:
    return Finding(severity, element, "", code, message)


def _element(version: RunnableVersion, drawn_id: str) -> Element | None:
    """The element that runs under this drawn id, in whichever process."""
    return next((found for model in version.processes.values()
                 if (found := model.by_drawn_id(drawn_id)) is not None), None)
