"""The README's pictures, taken from the running demo.

    python -m tests.support.readme_images http://127.0.0.1:8000
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.shots import browser, log_in
from web.demo.people import PASSWORD

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PICTURES = (("map", "max", "/insight/journeys/complaint"), ("work", "sam", "/work"))


def main(base: str) -> None:
    """Take them all."""
    IMAGES.mkdir(exist_ok=True)
    with browser() as chromium:
        for name, login, path in PICTURES:
            context = chromium.new_context(viewport={"width": 1280, "height": 860},
                                           locale="en-GB")
            page = context.new_page()
            log_in(page, base, login, PASSWORD)
            page.goto(f"{base}{path}")
            page.wait_for_timeout(3000)
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
