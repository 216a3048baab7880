"""Who may do what: rights, the roles that bundle them, actors, and what an actor sees of cases.

A grant is (person, right or role, journey or all, department or all). Every command
asks its actor; every list of cases goes through `Actor.visible`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from engine.infra.errors import Forbidden

#: Every right, with the words a page shows for it.
RIGHTS: dict[str, dict[str, str]] = {
    "journey.read": {"en": "See journeys", "zh": "查看旅程"},
    "journey.edit": {"en": "Upload and change drafts of journeys", "zh": "上传和修改旅程草稿"},
    "journey.publish": {"en": "Publish journeys", "zh": "发布旅程"},
    "case.start": {"en": "Start cases", "zh": "发起案件"},
    "case.read": {"en": "See the cases of one's own departments", "zh": "查看本部门的案件"},
    "case.read_all": {"en": "See all cases", "zh": "查看所有案件"},
    "case.contribute": {"en": "Comment on cases, add files and messages",
                        "zh": "为案件添加评论、文件和消息"},
    "message.send": {"en": "Send messages and signals from other systems to cases",
                     "zh": "从其他系统向案件发送消息和信号"},
    "case.cancel": {"en": "Cancel cases", "zh": "取消案件"},
    "case.operate": {"en": "Suspend and resume cases, skip steps, send cases back",
                     "zh": "挂起和恢复案件、跳过步骤、退回案件"},
    "case.move": {"en": "Move cases to another version", "zh": "将案件迁移到其他版本"},
    "incident.resolve": {"en": "Resolve incidents", "zh": "处理故障"},
    "work.do": {"en": "Do the work of one's own departments", "zh": "处理本部门的工作"},
    "work.assign": {"en": "Give work to others and take it back", "zh": "分配和收回工作"},
    "promise.read": {"en": "See which promises are at risk", "zh": "查看有风险的服务承诺"},
    "insight.read": {"en": "See maps and breakpoints", "zh": "查看地图和断点"},
    "log.import": {"en": "Import event logs", "zh": "导入事件日志"},
    "customer.read": {"en": "See customers", "zh": "查看客户"},
    "customer.edit": {"en": "Add and change customers", "zh": "添加和修改客户"},
    "people.read": {"en": "See departments and people", "zh": "查看部门和人员"},
    "people.admin": {"en": "Change departments, people and calendars, and give access",
                     "zh": "管理部门、人员、工作日历和权限"},
    "job.read": {"en": "See background jobs and retry them", "zh": "查看和重试后台任务"},
}

_STAFF = frozenset({
    "journey.read", "case.start", "case.read", "case.contribute", "work.do",
    "customer.read", "customer.edit", "people.read",
})
_MANAGER = _STAFF | {
    "case.read_all", "case.cancel", "case.operate", "case.move", "incident.resolve",
    "work.assign", "promise.read", "insight.read", "log.import", "job.read",
    "message.send",
}
#: A designer reads all cases and changes none: the evidence of a breakpoint leads down to the
#: case page, and a map whose numbers can't be opened proves nothing (law 8).
_DESIGNER = frozenset({
    "journey.read", "journey.edit", "journey.publish", "case.read_all", "promise.read",
    "insight.read", "log.import", "people.read", "job.read",
})
#: Administrators hold every right: they could give themselves any, and a fresh installation has
#: nobody else. Doing work still asks for membership in its department.
ROLES: dict[str, frozenset[str]] = {
    "designer": _DESIGNER,
    "staff": _STAFF,
    "manager": _MANAGER,
    "administrator": frozenset(RIGHTS),
}

ROLE_NAMES: dict[str, dict[str, str]] = {
    "designer": {"en": "Process designer", "zh": "流程设计师"},
    "staff": {"en": "Staff member", "zh": "员工"},
    "manager": {"en": "Manager", "zh": "经理"},
    "administrator": {"en": "Administrator", "zh": "管理员"},
}

#: Rights that reach only the departments one is a member of.
_OWN_DEPARTMENTS = frozenset({"work.do"})


@dataclass(frozen=True, order=True)
class Grant:
    """`what` is a role or a single right; no journey or no department stands for all of them."""

    what: str
    journey: str | None = None
    department: str | None = None

    @property
    def rights(self) -> frozenset[str]:
        """The rights that this grant gives."""
        return ROLES.get(self.what, frozenset({self.what}))

    def covers(self, journey: str | None, department: str | None) -> bool:
        """Whether it reaches there; None asks for all journeys, or all departments."""
        return self.journey in (None, journey) and self.department in (None, department)


@dataclass(frozen=True)
class Scope:
    """A part of all cases: those of `journey` (None: of any) that have something to do with us.

    That is all of them where `departments` is None; else those in which one of the
    departments has or had a work item, or that `started_by` started.
    """

    journey: str | None
    departments: frozenset[str] | None
    started_by: UUID | None = None


@dataclass(frozen=True)
class Visibility:
    """What a list of cases may show: a case that lies in any of the scopes."""

    scopes: tuple[Scope, ...]

    @property
    def everything(self) -> bool:
        """Whether no case is hidden, so that a list needs no filter."""
        return any(s.journey is None and s.departments is None for s in self.scopes)

    @property
    def nothing(self) -> bool:
        """Whether every case is hidden."""
        return not self.scopes

    def admits(self, journey: str, departments: frozenset[str], started_by: UUID | None) -> bool:
        """Whether one case is visible; `departments` are those that have or had an item in it."""
        return any(
            scope.journey in (None, journey) and (
                scope.departments is None
                or bool(scope.departments & departments)
                or (started_by is not None and scope.started_by == started_by))
            for scope in self.scopes)


@dataclass(frozen=True)
class Actor:
    """Someone who asks for something. `person` is None for what the engine does by itself."""

    person: UUID | None
    login: str
    name: str
    #: Keys of the departments one is a member of, and of those among them that one leads.
    departments: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    #: "en" or "zh"; None follows the browser.
    language: str | None = None
    #: IANA time zone; None is the organisation's.
    timezone: str | None = None
    grants: frozenset[Grant] = frozenset()
    #: The rights that an API token is limited to; None for someone who logged in.
    scopes: frozenset[str] | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles held, wherever they reach."""
        return frozenset(grant.what for grant in self.grants if grant.what in ROLES)

    def may(self, right: str, *, journey: str | None = None,
            department: str | None = None) -> bool:
        """Whether the right is held there. A journey or department left out asks for all of them,
        so that forgetting one refuses too much, never too little; menus ask `may_anywhere`.
        """
        if right in _OWN_DEPARTMENTS and not self._is_member(department):
            return False
        return any(grant.covers(journey, department) for grant in self._giving(right))

    def may_anywhere(self, right: str) -> bool:
        """Whether the right is held for any journey or department at all."""
        return bool(self._giving(right))

    def require(self, right: str, *, journey: str | None = None,
                department: str | None = None) -> None:
        """As `may`, but raises Forbidden with a sentence for the person."""
        if not self.may(right, journey=journey, department=department):
            if right in _OWN_DEPARTMENTS and self.may_anywhere(right) \
                    and not self._is_member(department):
                raise Forbidden("Only members of its department can do this work.")
            raise _forbidden(right)

    def require_anywhere(self, right: str) -> None:
        """As `may_anywhere`, but raises Forbidden with a sentence for the person."""
        if not self.may_anywhere(right):
            raise _forbidden(right)

    def journeys_with(self, right: str) -> frozenset[str] | None:
        """The journeys for which the right is held in all departments; None stands for all."""
        reached = {grant.journey for grant in self._giving(right) if grant.department is None}
        return None if None in reached else frozenset(each for each in reached if each)

    def departments_with(self, right: str, *, journey: str | None = None) -> frozenset[str] | None:
        """The departments in which the right is held for `journey`; None stands for all."""
        reached: set[str] = set()
        for grant in self._giving(right):
            if grant.journey not in (None, journey):
                continue
            if grant.department is not None:
                reached.add(grant.department)
            elif right in _OWN_DEPARTMENTS and self.person is not None:
                reached |= self.departments
            else:
                return None
        if right in _OWN_DEPARTMENTS and self.person is not None:
            reached &= self.departments
        return frozenset(reached)

    def visible(self) -> Visibility:
        """The cases this actor may see, as a filter for lists (`visible_to` in every store)."""
        scopes = [Scope(grant.journey, None if grant.department is None else
                        frozenset({grant.department}))
                  for grant in sorted(self._giving("case.read_all"), key=_order)]
        for grant in sorted(self._giving("case.read"), key=_order):
            own = self.departments if grant.department is None else (
                self.departments & {grant.department})
            scopes.append(Scope(grant.journey, own, self.person))
        return Visibility(tuple(scopes))

    def limited_to(self, scopes: frozenset[str] | None) -> Actor:
        """The same actor behind a token, with no more than these rights (or roles' rights)."""
        if scopes is None:
            return replace(self, scopes=frozenset(RIGHTS))
        return replace(self, scopes=frozenset().union(*(Grant(s).rights for s in scopes)))

    def _giving(self, right: str) -> list[Grant]:
        if right not in RIGHTS:
            raise ValueError(f"there is no right {right!r}")
        if self.scopes is not None and right not in self.scopes:
            return []
        return [grant for grant in self.grants if right in grant.rights]

    def _is_member(self, department: str | None) -> bool:
        if self.person is None:
            return True
        return department in self.departments


#: What the engine does by itself: timers, jobs, publishing a pack from the command line.
SYSTEM = Actor(person=None, login="system", name="Baton",
               grants=frozenset({Grant("administrator")}))


def _order(grant: Grant) -> tuple[str, str, str]:
    return grant.what, grant.journey or "", grant.department or ""


def _forbidden(right: str) -> Forbidden:
    return Forbidden("This takes the right “{right}”, which an administrator can give you.",
                     right=RIGHTS[right]["en"])
