"""`zhiwen eval`: labelled questions through the whole bot, with baselines beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from desk.settings import ROOT

BENCHMARK = ROOT / "tests" / "evaluation"


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("eval", help="measure answers on labelled questions")
    command.add_argument("--questions", type=Path, action="append", help="JSONL file (default: the project's benchmark)")
    command.add_argument("--labels", type=Path, action="append", help='JSONL with {"id", "cards"} to join by id')
    command.add_argument("--half", choices=("calibration", "report", "all"), default="report", help="which half of the benchmark")
    command.add_argument("--kinds", help="only these kinds, separated by commas")
    command.add_argument("--baselines", action="store_true", help="also measure BM25 and the encoder alone")
    command.add_argument("--wrong", action="store_true", help="print every question that was answered wrongly or missed")
    command.add_argument("--json", type=Path, help="write figures and rows to this file")
    command.add_argument("--html", type=Path, help="write a report with pictures")
    command.add_argument("--record", action="store_true", help="put the figures on record for the transparency page (report half only)")
    command.set_defaults(run=run)


def _questions(arguments: argparse.Namespace) -> list[Any]:
    from knowledge.evaluation import read_labelled

    labels: dict[str, list[str]] | None = None
    if arguments.labels:
        labels = {}
        for path in arguments.labels:
            labels |= {e["id"]: e["cards"] for e in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    own = not arguments.questions
    found = read_labelled(arguments.questions or sorted(BENCHMARK.glob("benchmark_*.jsonl")), labels)
    if labels is not None:
        found = [q for q in found if q.id in labels or q.kind == "opinion_news"]
    if arguments.kinds:
        found = [q for q in found if q.kind in arguments.kinds.split(",")]
    found = [q for q in found if q.kind != "uncovered"]
    return [q for q in found if arguments.half == "all" or not own or q.half == arguments.half]


async def _rows(questions: list[Any]) -> list[Any]:
    from tqdm import tqdm

    from bot.commands.ask import record
    from bot.offline import open_offline
    from desk.container import get_container
    from knowledge.evaluation import Row, original

    bot = await open_offline()
    cards = get_container().live().index.corpus.cards
    rows = []
    for labelled in tqdm(questions, unit="question", file=sys.stderr):
        started = time.perf_counter()
        profile = "school" if labelled.kind == "school" else "public"
        result = await bot.one({"question": labelled.question, "language": labelled.language}, profile)
        spent = (time.perf_counter() - started) * 1000
        found = record({"id": labelled.id}, result)
        candidates = tuple(dict.fromkeys(original(cards, c["card"]) for c in found["candidates"]))
        shown = tuple(original(cards, c) for c in found["cards"])
        rows.append(Row(labelled, found["outcome"], shown, candidates, found["confidence"], spent))
    return rows


def _print(name: str, figures: dict[str, Any]) -> None:
    print(f"\n{name}")
    for key, value in figures.items():
        if isinstance(value, dict) and "n" in value and value["value"] is not None:
            print(f"  {key:20} {value['value']:.3f}  [{value['low']:.3f}, {value['high']:.3f}]  n={value['n']}")
        elif isinstance(value, float):
            print(f"  {key:20} {value:.3f}")
        elif value and "p50" in value:
            print(f"  {key:20} p50 {value['p50']:.1f}, p95 {value['p95']:.1f}")


def run(arguments: argparse.Namespace) -> int:
    from knowledge.evaluation import measures

    if arguments.record and (arguments.questions or arguments.labels or arguments.kinds or arguments.half != "report"):
        print("zhiwen eval: only the whole report half, never used for a choice, goes on record", file=sys.stderr)
        return 2
    questions = _questions(arguments)
    if not questions:
        print("zhiwen eval: no questions were found", file=sys.stderr)
        return 1
    rows = asyncio.run(_rows(questions))
    figures = {"zhiwen": measures(rows)}
    _print("Zhiwen", figures["zhiwen"])
    if arguments.baselines:
        from bot.commands.baselines import measure

        for name, found in measure(questions).items():
            figures[name] = found
            _print(name, found)
    if arguments.wrong:
        _wrong(rows)
    if arguments.json:
        data = {"figures": figures, "rows": [{"id": r.labelled.id, "outcome": r.outcome, "cards": r.cards, "confidence": r.confidence} for r in rows]}
        arguments.json.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    if arguments.record:
        _record(figures["zhiwen"])
    if arguments.html:
        from bot.commands.eval_page import write

        write(rows, figures, arguments.html)
    return 0


def _record(figures: dict[str, Any]) -> None:
    from desk.container import get_container
    from knowledge.quality import RECORD, write_quality

    container = get_container()
    write_quality(figures, container.live().id, container.clock().date())
    print(f"\non record: {RECORD}")


def _wrong(rows: list[Any]) -> None:
    for row in rows:
        if row.labelled.cards and not (row.outcome == "answered" and row.right):
            kind = "WRONG " if row.outcome == "answered" else "missed"
            rank = next((n for n, c in enumerate(row.candidates, 1) if c in row.labelled.cards), 0)
            print(f"{kind} {row.confidence} rank {rank} | {row.labelled.question[:70]!r} | {row.labelled.cards} | got {row.candidates[:2]}")
        elif not row.labelled.cards and row.outcome == "answered":
            print(f"SHOULD ABSTAIN {row.confidence} | {row.labelled.question[:70]!r} | got {row.cards}")
