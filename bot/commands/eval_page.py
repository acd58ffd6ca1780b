"""A small HTML report of an evaluation, with pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def _picture(rows: Sequence[Any]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    scored = sorted(((r.confidence, r.among(1)) for r in rows if r.confidence is not None), reverse=True)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6))
    risk, wrong = [], 0
    for number, (_, hit) in enumerate(scored, 1):
        wrong += not hit
        risk.append(wrong / number)
    left.plot([n / len(rows) for n in range(1, len(scored) + 1)], risk)
    left.set(xlabel="coverage", ylabel="share of wrong answers", title="risk and coverage")
    bins = [[hit for c, hit in scored if n / 10 <= c < (n + 1) / 10 + (n == 9)] for n in range(10)]
    right.bar([n / 10 + 0.05 for n in range(10)], [sum(b) / len(b) if b else 0 for b in bins], width=0.09)
    right.plot([0, 1], [0, 1], "k--", linewidth=1)
    right.set(xlabel="confidence", ylabel="share right", title="calibration")
    buffer = io.BytesIO()
    figure.tight_layout()
    figure.savefig(buffer, format="png", dpi=110)
    pyplot.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def write(rows: Sequence[Any], figures: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Write the report."""
    lines = []
    for name, found in figures.items():
        for key, value in found.items():
            if isinstance(value, Mapping) and value.get("value") is not None:
                cells = (name, key, f"{value['value']:.3f}", f"{value['low']:.3f}–{value['high']:.3f}", str(value["n"]))
                lines.append("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in cells) + "</tr>")
    path.write_text(
        "<!doctype html><meta charset=utf-8><title>Zhiwen evaluation</title><style>body{font:16px sans-serif;margin:2em}"
        "td,th{padding:.2em .8em;border-bottom:1px solid #ccc}</style><h1>Zhiwen evaluation</h1>"
        f"<table><tr><th>system<th>measure<th>value<th>95 %<th>n</tr>{''.join(lines)}</table>"
        f'<p><img alt="risk-coverage and calibration" src="data:image/png;base64,{_picture(rows)}">',
        encoding="utf-8",
    )
