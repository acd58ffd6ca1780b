"""Debian's Chromium for the browser tests: found, or the test is named NOT RUN (and fails where CI=true)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none")


def required_chromium() -> dict[str, Any]:
    """The arguments for Playwright's `launch`."""
    if not PROGRAM.exists():
        reason = "Chromium is missing: run `apt-get install chromium fonts-noto-cjk` (make system-packages)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(f"NOT RUN: {reason}")
    return {"executable_path": str(PROGRAM), "args": list(ARGUMENTS)}
