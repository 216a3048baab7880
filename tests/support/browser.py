"""Makes sure that the tests have a browser: Debian's Chromium, installed if it may be.

    python -m tests.support.browser

Where none can be had the browser tests are skipped, loudly; with CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """The browser's path, or None."""
    given = os.environ.get("BATON_CHROMIUM")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> None:
    """Install Chromium from Debian's packages where it is missing and we may."""
    if find() is not None or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("Installing Chromium for the browser tests …\n")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"],
                    ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"]):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stdout.write(f"Chromium could not be installed: {done.stderr[-400:]}\n")
            return


if __name__ == "__main__":
    main()
