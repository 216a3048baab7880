"""The functions of JUEL and FEEL that have a like in Python.

Templates stand for Python; {0}, {1}, … are the arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_DAYS = "['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']"


@dataclass(frozen=True)
class Function:
    """`templates` by number of arguments (-1: any number, {0} is their list).

    `gives` is "condition", "number", "text", "date", "duration" or "" (whatever);
    `takes_null`: it has an answer for nothing, where others give nothing for nothing.
    """

    templates: Mapping[int, str]
    gives: str = ""
    takes_null: bool = False


_SUM = "sum([Decimal(str(each_)) for each_ in {0}])"

FUNCTIONS: Mapping[str, Function] = {
    "contains": Function({2: "({1} in {0})"}, "condition"),
    "list contains": Function({2: "({1} in {0})"}, "condition"),
    "starts with": Function({2: "{0}.startswith({1})"}, "condition"),
    "ends with": Function({2: "{0}.endswith({1})"}, "condition"),
    "matches": Function({2: "(re.search({1}, {0}) is not None)"}, "condition"),
    "matches whole": Function({2: "(re.fullmatch({1}, {0}) is not None)"}, "condition"),
    "string length": Function({1: "len({0})"}, "number"),
    "count": Function({1: "len({0})"}, "number"),
    "upper case": Function({1: "{0}.upper()"}, "text"),
    "lower case": Function({1: "{0}.lower()"}, "text"),
    "trim": Function({1: "{0}.strip()"}, "text"),
    "replace text": Function({3: "{0}.replace({1}, {2})"}, "text"),
    "substring": Function({2: "{0}[({1} - 1 if {1} > 0 else {1}):]",
                           3: "{0}[({1} - 1 if {1} > 0 else {1}):][:{2}]"}, "text"),
    "part": Function({2: "{0}[{1}:]", 3: "{0}[{1}:{2}]"}, "text"),
    "substring before": Function({2: "({0}.split({1})[0] if {1} in {0} else '')"}, "text"),
    "substring after": Function({2: "({0}.split({1}, 1)[1] if {1} in {0} else '')"}, "text"),
    "string": Function({1: "(str({0}).lower() if isinstance({0}, bool) else str({0}))"}, "text"),
    "string join": Function({1: "''.join({0})", 2: "{1}.join({0})"}, "text"),
    "number": Function({1: "Decimal(str({0}))"}, "number"),
    "sum": Function({1: _SUM, -1: _SUM}, "number"),
    "mean": Function({1: f"({_SUM} / len({{0}}))", -1: f"({_SUM} / len({{0}}))"}, "number"),
    "min": Function({1: "(min({0}) if {0} else None)", -1: "min({0})"}),
    "max": Function({1: "(max({0}) if {0} else None)", -1: "max({0})"}),
    "all": Function({1: "all(each_ is True for each_ in {0})"}, "condition"),
    "any": Function({1: "any(each_ is True for each_ in {0})"}, "condition"),
    "append": Function({2: "(list({0}) + [{1}])"}),
    "concatenate": Function({2: "(list({0}) + list({1}))"}),
    "reverse": Function({1: "list({0})[::-1]"}),
    "floor": Function({1: "math.floor({0})"}, "number"),
    "ceiling": Function({1: "math.ceil({0})"}, "number"),
    "round": Function({1: "round({0})"}, "number"),
    "decimal": Function({2: "round(Decimal(str({0})), {1})"}, "number"),
    "abs": Function({1: "abs({0})"}, "number"),
    "modulo": Function({2: "({0} % {1})"}, "number"),
    "sqrt": Function({1: "math.sqrt({0})"}, "number"),
    "odd": Function({1: "({0} % 2 == 1)"}, "condition"),
    "even": Function({1: "({0} % 2 == 0)"}, "condition"),
    "is defined": Function({1: "({0} is not None)"}, "condition", takes_null=True),
    "is empty": Function({1: "({0} in (None, '', [], {{}}))"}, "condition", takes_null=True),
    "get or else": Function({2: "({0} if {0} is not None else {1})"}, takes_null=True),
    "now": Function({0: "datetime.now(timezone.utc)"}, "date"),
    "today": Function({0: "date.today()"}, "date"),
    "date": Function({1: "({0}.date() if isinstance({0}, datetime) else {0} if isinstance({0}, "
                         "date) else date.fromisoformat({0}[:10]))",
                      3: "date({0}, {1}, {2})"}, "date"),
    "date and time": Function({1: "({0} if isinstance({0}, date) else "
                                  "datetime.fromisoformat({0}))"}, "date"),
    "duration": Function({1: "{0}"}, "duration"),
    "day of week": Function({1: f"{_DAYS}[{{0}}.weekday()]"}, "text"),
    "plus days": Function({2: "({0} + timedelta(days={1}))"}, "date"),
    "plus hours": Function({2: "({0} + timedelta(hours={1}))"}, "date"),
    "plus minutes": Function({2: "({0} + timedelta(minutes={1}))"}, "date"),
    "plus weeks": Function({2: "({0} + timedelta(weeks={1}))"}, "date"),
    "minus days": Function({2: "({0} - timedelta(days={1}))"}, "date"),
    "minus hours": Function({2: "({0} - timedelta(hours={1}))"}, "date"),
    # Of decision tables only, where interpret.py evaluates them: conditions can't say them.
    "time": Function({}, "time"),
    "years and months duration": Function({}, "duration"),
    "product": Function({}, "number"), "median": Function({}, "number"),
    "exp": Function({}, "number"), "log": Function({}, "number"),
    "round up": Function({}, "number"), "round down": Function({}, "number"),
    "round half up": Function({}, "number"), "round half down": Function({}, "number"),
    "split": Function({}), "index of": Function({}), "sublist": Function({}),
    "distinct values": Function({}), "union": Function({}), "flatten": Function({}),
    "remove": Function({}), "insert before": Function({}), "get value": Function({}),
    "day of year": Function({}, "number"), "week of year": Function({}, "number"),
    "month of year": Function({}, "text"),
}

FEEL_FUNCTIONS = frozenset(FUNCTIONS) - {
    "matches whole", "replace text", "part", "plus days", "plus hours", "plus minutes",
    "plus weeks", "minus days", "minus hours"}

#: Methods of Java objects by name and number of arguments.
METHODS: Mapping[tuple[str, int], str] = {
    ("isEmpty", 0): "is empty", ("contains", 1): "contains", ("containsKey", 1): "contains",
    ("startsWith", 1): "starts with", ("endsWith", 1): "ends with", ("matches", 1):
    "matches whole", ("size", 0): "count", ("length", 0): "string length",
    ("toUpperCase", 0): "upper case", ("toLowerCase", 0): "lower case", ("trim", 0): "trim",
    ("substring", 1): "part", ("substring", 2): "part", ("toString", 0): "string",
    ("replace", 2): "replace text", ("plusDays", 1): "plus days",
    ("plusHours", 1): "plus hours", ("plusMinutes", 1): "plus minutes",
    ("plusWeeks", 1): "plus weeks", ("minusDays", 1): "minus days",
    ("minusHours", 1): "minus hours", ("includes", 1): "contains",
}
#: Functions of JUEL (and of XPath, where people write it) by name and number of arguments.
JUEL_FUNCTIONS: Mapping[tuple[str, int], str] = {
    ("now", 0): "now", ("dateTime", 0): "now", ("fn:length", 1): "count",
    ("fn:contains", 2): "contains", ("fn:startsWith", 2): "starts with",
    ("fn:endsWith", 2): "ends with", ("fn:toUpperCase", 1): "upper case",
    ("fn:toLowerCase", 1): "lower case", ("fn:trim", 1): "trim", ("contains", 2): "contains",
    ("starts-with", 2): "starts with", ("string-length", 1): "string length",
    ("number", 1): "number", ("string", 1): "string", ("count", 1): "count",
    ("sum", 1): "sum", ("floor", 1): "floor", ("ceiling", 1): "ceiling", ("round", 1): "round",
}
