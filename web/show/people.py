"""Names of departments in the reader's language, and the time zones to choose from."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from web.i18n import language
from web.unit import services


def department_names() -> dict[str, str]:
    """Every department's name by key, those that work no more too."""
    return {one.key: one.label(language()) for one in services().people.departments.all(ended=True)}


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """IANA names of places, without the old aliases."""
    return tuple(sorted(name for name in available_timezones()
                        if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))))
