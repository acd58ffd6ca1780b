"""`zhiwen lesson`: a lesson sheet as a PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("lesson", help="write a lesson sheet (PDF): teacher's page, pupils' page, answers apart")
    command.add_argument("topic", help="basics, copyright, media, digital, invention, brands, hometown or respect")
    command.add_argument("--out", metavar="FILE", type=Path, help="where the PDF goes (default: lesson-TOPIC.pdf)")
    command.add_argument("--level", type=int, choices=(1, 2, 3), default=1, help="1: ages 8 to 12, 2: between, 3: 13 to 18 (default 1)")
    command.add_argument("--language", choices=("zh", "en"), default="zh")
    command.add_argument("--questions", type=int, choices=range(4, 13), metavar="4..12", default=8, help="how many questions (default 8)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from desk.lessons import lesson_sheet
    from knowledge.corpus import load_corpus

    day = get_container().clock().date()
    sheet = lesson_sheet(load_corpus(), arguments.topic, arguments.level, arguments.language, day, arguments.questions)
    path: Path = arguments.out or Path(f"lesson-{arguments.topic}.pdf")
    path.write_bytes(sheet)
    print(f"{path} ({len(sheet) // 1024} KB)")
    return 0
