"""`zhiwen transparency`: the page /transparency as one file, for the operator's own website or the archive."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("transparency", help="what this service does, on what basis, how often it is right: as an HTML file")
    command.add_argument("--language", choices=("zh", "en"), default="zh")
    command.add_argument("--out", type=Path, metavar="FILE", help="default: zhiwen-transparency-LANGUAGE.html")
    command.set_defaults(run=run)


def alone(page: str, style: str) -> str:
    """The page in one file: its style inside, no address on our server."""
    page = re.sub(r'<link rel="icon"[^>]*>\n', "", page)
    page = re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>\n{style}\n</style>", page)
    return re.sub(r'\s*<p><a class="plain" href="[^"]*".*?</a></p>', "", page)


def run(arguments: argparse.Namespace) -> int:
    from bot.web.assets import SHEET, Assets
    from bot.web.transparency import render
    from desk.container import get_container
    from desk.transparency import facts

    out = arguments.out or Path(f"zhiwen-transparency-{arguments.language}.html")
    page = render(facts(get_container()), arguments.language, "page.css")
    out.write_text(alone(page, Assets()[SHEET].body.decode()), encoding="utf-8")
    print(out)
    return 0
