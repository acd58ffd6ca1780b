"""The conformance table at the end of a test run, and among its files (test-output/conformance.txt)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.table import TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not TABLE:
        return
    channels = list(dict.fromkeys(name for found in TABLE.values() for name in found if name != "turns"))
    width = max(len(name) for name in TABLE)
    rows = [f"{'transcript':{width}}  turns  {'  '.join(channels)}"]
    for name, found in TABLE.items():
        rows.append(f"{name:{width}}  {found['turns']:>5}  " + "  ".join(f"{found.get(channel, '-'):{len(channel)}}" for channel in channels))
    folder = Path(__file__).resolve().parents[2] / "test-output"
    folder.mkdir(exist_ok=True)
    (folder / "conformance.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    terminalreporter.section("conformance of channels")
    terminalreporter.write_line("\n".join(rows))
