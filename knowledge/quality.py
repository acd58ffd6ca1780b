"""What was measured of the answers, on record: written by `zhiwen eval --record`, read by the transparency page."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import QualityRecordError

RECORD = Path(__file__).with_name("models") / "evaluation.json"
#: The shares that are published, see knowledge.evaluation.measures.
SHARES = ("accuracy_at_1", "accuracy_at_3", "coverage", "precision", "answered_outside")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `n` questions with its 95 % confidence interval; all from 0 to 1."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured on which day with which release (its fingerprint)."""

    measured: dt.date
    fingerprint: str
    shares: Mapping[str, Share]

    def is_of(self, release_id: str) -> bool:
        """Whether it was this release that was measured."""
        return release_id.endswith(f"-{self.fingerprint}")


def write_quality(figures: Mapping[str, Any], release_id: str, day: dt.date, path: Path = RECORD) -> None:
    """Put the figures of `measures` on record; a share without questions is left out."""
    shares = {name: figures[name] for name in SHARES if figures[name]["value"] is not None}
    data = {"measured": day.isoformat(), "fingerprint": release_id.rpartition("-")[2], "half": "report", "shares": shares}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def read_quality(path: Path = RECORD) -> Quality | None:
    """What is on record; None when nothing was measured yet. Raises QualityRecordError for a damaged record."""
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        shares = {name: Share(float(s["value"]), float(s["low"]), float(s["high"]), int(s["n"])) for name, s in data["shares"].items()}
        return Quality(dt.date.fromisoformat(data["measured"]), str(data["fingerprint"]), shares)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QualityRecordError(f"{path} cannot be read ({type(error).__name__}): write it again with `zhiwen eval --record`") from None
