"""What axe-core finds on a page, as far as it is serious."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious(page: Page) -> list[str]:
    """Serious and critical findings: rule, element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:150]} {node['failureSummary'][:200]}" for one in found
            if one["impact"] in ("serious", "critical") for node in one["nodes"]]
