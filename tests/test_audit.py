"""The audit fails when it finds something, and when it could not look."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GUILTY = [{"id": "PYSEC-2020-96"}]
Answers = dict[str, list[dict[str, Any]]]  # what stands in the asked file → the packages of the answer
Audit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Run the audit with a stand-in for pip-audit."""

    def run(answer: list[dict[str, Any]], canary: list[dict[str, Any]] | None = None, accepted: list[dict[str, Any]] | None = None) -> Any:
        locked = tmp_path / "runtime.txt"
        locked.write_text("one==1.0 \\\n    --hash=sha256:00\ntwo==2.0 \\\n    --hash=sha256:00\n")
        canary = [{"name": "pyyaml", "version": "5.3", "vulns": GUILTY}] if canary is None else canary
        tool = tmp_path / "pip-audit"
        tool.write_text(
            f"#!{sys.executable}\nimport sys\ntext = open(sys.argv[2]).read()\n"
            f"print({json.dumps({'dependencies': canary})!r} if 'pyyaml' in text else {json.dumps({'dependencies': answer})!r})\n"
        )
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        (tmp_path / "audit.yml").write_text(yaml.safe_dump({"accepted": accepted or []}))
        return audited(tool, locked, tmp_path / "audit.yml")

    return run


def audited(tool: Path, locked: Path, accepted: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "deploy" / "audit.py", "--tool", tool, "--requirements", locked, "--accepted", accepted]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def package(name: str, *found: str) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": [{"id": identifier} for identifier in found]}


def test_nothing_known_passes(audit: Audit) -> None:
    done = audit([package("one"), package("two")])
    assert (done.returncode, done.stdout) == (0, "audit: 0 known vulnerabilities, 0 more accepted\n")


def test_a_known_vulnerability_fails_and_is_named(audit: Audit) -> None:
    done = audit([package("one", "PYSEC-1"), package("two")])
    assert done.returncode == 1
    assert "one 1.0: PYSEC-1" in done.stdout


def test_a_package_that_was_not_looked_up_fails(audit: Audit) -> None:
    for answer in ([package("one"), {"name": "two", "skip_reason": "not found"}], [package("one")], []):
        done = audit(answer)
        assert done.returncode == 2
        assert "NOT CHECKED" in done.stderr


def test_a_source_that_does_not_know_the_canary_fails(audit: Audit) -> None:
    for canary in ([{"name": "pyyaml", "skip_reason": "not found"}], [package("pyyaml")], []):
        done = audit([package("one"), package("two")], canary)
        assert (done.returncode, "cannot be relied on" in done.stderr) == (2, True)


def test_a_missing_tool_or_no_network_fails(tmp_path: Path, audit: Audit) -> None:
    (tmp_path / "audit.yml").write_text("accepted: []\n")
    (tmp_path / "x.txt").write_text("one==1.0\n")
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'ConnectionError: no network' >&2\nexit 1\n")
    broken.chmod(0o755)
    for tool, said in ((tmp_path / "missing", "is missing"), (broken, "no network")):
        done = audited(tool, tmp_path / "x.txt", tmp_path / "audit.yml")
        assert (done.returncode, said in done.stderr) == (2, True)


def test_what_is_accepted_has_a_reason_and_an_end(audit: Audit) -> None:
    import datetime as dt

    answer = [package("one", "PYSEC-1"), package("two")]
    entry = {"package": "one", "id": "PYSEC-1", "reason": "never called", "until": dt.date(2999, 1, 1)}
    done = audit(answer, accepted=[entry])
    assert (done.returncode, "1 more accepted" in done.stdout) == (0, True)
    assert audit(answer, accepted=[{**entry, "until": dt.date(2020, 1, 1)}]).returncode == 1
    assert audit(answer, accepted=[{**entry, "package": "two"}]).returncode == 1
    for wrong in ({**entry, "reason": " "}, {**entry, "until": "some day"}):
        assert audit(answer, accepted=[wrong]).returncode not in (0, 2)


def test_an_accepted_entry_that_is_no_longer_found_is_named(audit: Audit) -> None:
    import datetime as dt

    entry = {"package": "one", "id": "PYSEC-1", "reason": "x", "until": dt.date(2999, 1, 1)}
    done = audit([package("one"), package("two")], accepted=[entry])
    assert (done.returncode, "take it out of audit.yml: one PYSEC-1" in done.stdout) == (0, True)


def test_the_tools_are_pinned_and_hashed() -> None:
    text = (ROOT / "requirements" / "tools.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    names = {line.split("==")[0] for line in entries}
    assert {"pip-audit", "schemathesis"} <= names
    assert [line.split()[0] for line in entries if "==" not in line or "--hash=sha256:" not in line] == []
