"""The people of the demo. Everyone's password is shown when the demo starts."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "relay-race-26"  # noqa: S105 - shown on purpose


@dataclass(frozen=True)
class DemoPerson:
    """Who, with which roles, in which departments; `pace` stretches their working times.

    `away` are the first and the last day of an absence, counted from the history's start.
    """

    login: str
    name: str
    roles: tuple[str, ...]
    departments: tuple[str, ...] = ()
    lead: bool = False
    pace: float = 1.0
    away: tuple[int, int] = (0, 0)


PEOPLE = (
    DemoPerson("dana", "Dana Keller", ("designer",)),
    DemoPerson("max", "Max Oduya", ("manager",), ("service-desk",), lead=True),
    DemoPerson("admin", "Ada Novak", ("administrator",)),
    DemoPerson("sam", "Sam Rivera", ("staff",), ("service-desk",)),
    DemoPerson("lin", "林晓 Lin Xiao", ("staff",), ("service-desk",), pace=0.8),
    DemoPerson("zoe", "Zoe Martin", ("staff",), ("service-desk",), pace=1.2, away=(47, 54)),
    DemoPerson("chen", "陈思远 Chen Siyuan", ("staff",), ("quality",), pace=1.3),
    DemoPerson("ruth", "Ruth Adler", ("staff",), ("quality",), away=(44, 58)),
    DemoPerson("omar", "Omar Haddad", ("staff",), ("finance",), pace=1.5),
    DemoPerson("wang", "王敏 Wang Min", ("staff",), ("dispatch",)),
    DemoPerson("ivan", "Ivan Petrov", ("staff",), ("dispatch",), pace=1.1, away=(70, 76)),
    DemoPerson("pia", "Pia Larsen (FixIt Partners)", ("staff",), ("partner",), pace=1.4),
    DemoPerson("li", "李强 Li Qiang (FixIt Partners)", ("staff",), ("partner",)),
)

#: Shown at the start, one of each kind.
SHOWN = ("dana", "sam", "omar", "max", "admin")

CUSTOMERS = (
    ("Hanna Berg", "en", None), ("赵丽华", "zh", "gold"), ("Tom Okafor", "en", "gold"),
    ("刘伟", "zh", None), ("Maria Santos", "en", None), ("孙佳怡", "zh", "silver"),
    ("Peter Novotny", "en", "silver"), ("周建国", "zh", None), ("Aisha Rahman", "en", None),
    ("吴晓燕", "zh", "gold"), ("Jonas Weber", "en", None), ("郑浩然", "zh", None),
    ("Elena Rossi", "en", "silver"), ("黄美玲", "zh", None), ("Kofi Mensah", "en", None),
    ("徐志强", "zh", "silver"), ("Lucy Grant", "en", None), ("何静", "zh", None),
    ("Sven Lind", "en", None), ("郭子轩", "zh", None), ("Noor Aziz", "en", "gold"),
    ("马晨曦", "zh", None), ("Carla Mendes", "en", None), ("罗文杰", "zh", None),
    ("Ian Fletcher", "en", None), ("邓欣妍", "zh", "silver"), ("Yara Haddad", "en", None),
    ("曹雨桐", "zh", None), ("Ben Ferreira", "en", "silver"), ("彭立新", "zh", None),
    ("Greta Holm", "en", None), ("蒋梦琪", "zh", "gold"), ("Paul Dubois", "en", None),
    ("沈国庆", "zh", None), ("Rita Kovacs", "en", None), ("唐婉清", "zh", None),
)
