"""Screenshots of the main pages, in both languages and both widths, for people to look at.

    python -m tests.support.shots http://127.0.0.1:8000 --people staff:lin:secret manager:…

A page whose address or link isn't there is left out and named at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}


@dataclass(frozen=True)
class Shot:
    """A page: who looks at it, its address, and the links to follow from there, by selector."""

    name: str
    who: str | None
    path: str
    follow: tuple[str, ...] = ()


SHOTS = (
    Shot("login", None, "/login"),
    Shot("not-found", "staff", "/no-such-page"),
    Shot("work", "staff", "/work"),
    Shot("case", "manager", "/cases", ("main table a",)),
    Shot("cases", "manager", "/cases"),
    Shot("journeys", "designer", "/journeys"),
    Shot("draft", "designer", "/journeys", ("main table a[href*=drafts]",)),
    Shot("journey", "designer", "/journeys", ("main table a",)),
    Shot("insight", "manager", "/insight"),
    Shot("map", "manager", "/insight", ("main table a",)),
    Shot("evidence", "manager", "/insight", ("main table a", ".breakpoint a")),
    Shot("promises", "manager", "/promises"),
    Shot("people", "administrator", "/administration/people"),
    Shot("person", "administrator", "/administration/people", ("main a.opens",)),
    Shot("departments", "administrator", "/administration/departments"),
    Shot("department", "administrator", "/administration/departments", ("main a.opens",)),
)


def chromium() -> str:
    """Debian's Chromium, or the one that BATON_CHROMIUM names."""
    names = (os.environ.get("BATON_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("No Chromium found: install Debian's chromium, or set BATON_CHROMIUM.")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium that asks nothing of the outside."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium(), headless=True, args=[
            "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run"])
        try:
            yield opened
        finally:
            opened.close()


def log_in(page: Page, base: str, login: str, password: str) -> None:
    """Log in through the login page."""
    page.goto(f"{base}/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("form button.btn-primary")
    page.wait_for_load_state("networkidle")


def settle(page: Page) -> None:
    """Wait until drawings and forms stand still."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(250)


def take(base: str, people: dict[str, tuple[str, str]], folder: Path, *, only: str = "",
         theme: str = "light") -> list[str]:
    """Save <name>-<language>-<width>.png in `folder`; returns what could not be shown."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    with browser() as chrome:
        for language, locale in LANGUAGES.items():
            for width, (across, down) in WIDTHS.items():
                for who in (None, *people):
                    context = chrome.new_context(
                        locale=locale, color_scheme=theme,  # type: ignore[arg-type]
                        viewport={"width": across, "height": down})
                    page = context.new_page()
                    if who:
                        log_in(page, base, *people[who])
                    for shot in SHOTS:
                        if shot.who != who or only not in shot.name:
                            continue
                        path = folder / f"{shot.name}-{language}-{width}.png"
                        if _show(page, base, shot):
                            page.screenshot(path=path, full_page=True)
                        else:
                            missing.append(path.name)
                    context.close()
    return missing


def _show(page: Page, base: str, shot: Shot) -> bool:
    page.goto(base + shot.path)
    for selector in shot.follow:
        link = page.locator(selector).first
        if not link.count():
            return False
        link.click()
        page.wait_for_load_state("networkidle")
    settle(page)
    return True


def main() -> int:
    """Read the arguments and take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--people", nargs="*", default=[], metavar="ROLE:LOGIN:PASSWORD")
    parser.add_argument("--to", type=Path, default=Path(".shots"))
    parser.add_argument("--only", default="", help="part of the pages' names")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    given = parser.parse_args()
    people = {}
    for one in given.people:
        role, login, password = one.split(":", 2)
        people[role] = (login, password)
    missing = take(given.base.rstrip("/"), people, given.to, only=given.only, theme=given.theme)
    if missing:
        sys.stdout.write(f"not there: {', '.join(missing)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
