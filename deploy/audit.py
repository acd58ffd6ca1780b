"""`make audit`: known vulnerabilities in what we run. Fails also when it could not check: silence is no result.

    python deploy/audit.py [--requirements FILE …]     exit status 0: none, 1: some, 2: not checked

pip-audit answers "no known vulnerabilities" with status 0 when its source knows none of the packages (a mirror without
PyPI's JSON interface, say). So every package must really have been looked up, and a package with a well-known
vulnerability (the canary) must be found guilty first.
"""

# ruff: noqa: T201  (a command prints)

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / ".venv-tools" / "bin" / "pip-audit"
CANARY = "pyyaml==5.3"  # PYSEC-2020-96, published in 2020
CLEAN, FOUND, NOT_CHECKED = 0, 1, 2


class NotCheckedError(Exception):
    """The audit could not be done."""


def ask(tool: Path, requirements: Path) -> list[dict[str, Any]]:
    """pip-audit's answer for a pinned file: one entry a package, with its `vulns` or a `skip_reason`."""
    command = [str(tool), "-r", str(requirements), "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        answer: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except FileNotFoundError:
        raise NotCheckedError(f"{tool} is missing: run deploy/tools.sh") from None
    except subprocess.TimeoutExpired:
        raise NotCheckedError("the vulnerability source did not answer within 15 minutes") from None
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise NotCheckedError(f"pip-audit gave no result (no network?): {last[:300]}") from None
    return answer


def check_canary(tool: Path) -> None:
    """Raises NotCheckedError unless the source knows what everybody knows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "canary.txt"
        path.write_text(CANARY + "\n", encoding="utf-8")
        answer = ask(tool, path)
    if not any(entry.get("vulns") for entry in answer):
        raise NotCheckedError(f"the vulnerability source knows nothing of {CANARY}, which has one: it cannot be relied on (a mirror?)")


def pinned(path: Path) -> int:
    """How many packages a locked file pins."""
    return sum("==" in line for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())


def findings(tool: Path, requirements: Path) -> list[tuple[str, str, str]]:
    """(package, version, id) of every known vulnerability. Raises NotCheckedError when a package was not looked up."""
    answer = ask(tool, requirements)
    skipped = [entry["name"] for entry in answer if "skip_reason" in entry]
    missing = len(skipped) + max(0, pinned(requirements) - len(answer))
    if missing:
        raise NotCheckedError(f"{missing} packages of {requirements.name} were not looked up ({', '.join(skipped[:5])} …)")
    return [(entry["name"], entry["version"], vulnerability["id"]) for entry in answer for vulnerability in entry["vulns"]]


def accepted(path: Path, today: dt.date) -> set[tuple[str, str]]:
    """(package, id) of what is accepted today. Raises ValueError for an entry without its reason and day."""
    found = set()
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["accepted"]:
        if not str(entry.get("reason", "")).strip() or not isinstance(entry.get("until"), dt.date):
            raise ValueError(f"{path.name}: {entry.get('id')} needs `reason` and `until`")
        if entry["until"] >= today:
            found.add((entry["package"], entry["id"]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="known vulnerabilities in what we run")
    parser.add_argument("--requirements", type=Path, action="append", help="default: requirements/runtime.txt")
    parser.add_argument("--accepted", type=Path, default=Path(__file__).with_name("audit.yml"))
    parser.add_argument("--tool", type=Path, default=TOOL, help="pip-audit")
    arguments = parser.parse_args()
    allowed = accepted(arguments.accepted, dt.datetime.now(dt.timezone.utc).date())
    try:
        check_canary(arguments.tool)
        files = arguments.requirements or [ROOT / "requirements" / "runtime.txt"]
        found = [finding for path in files for finding in findings(arguments.tool, path)]
    except NotCheckedError as error:
        print(f"audit: NOT CHECKED: {error}", file=sys.stderr)
        return NOT_CHECKED
    open_ones = [finding for finding in found if (finding[0], finding[2]) not in allowed]
    for package, version, identifier in open_ones:
        print(f"{package} {version}: {identifier}")
    for package, identifier in sorted(allowed - {(p, i) for p, _, i in found}):
        print(f"no longer found, take it out of {arguments.accepted.name}: {package} {identifier}")
    print(f"audit: {len(open_ones)} known vulnerabilities, {len(found) - len(open_ones)} more accepted")
    return FOUND if open_ones else CLEAN


if __name__ == "__main__":
    sys.exit(main())
