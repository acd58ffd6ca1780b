"""`zhiwen report`: a week's picture as one HTML file with charts. Numbers only; questions only when asked for, masked."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.commands.tables import printable, shown

if TYPE_CHECKING:
    from desk.container import Container
    from desk.reporting import Day, Picture
    from knowledge.groups import Group

WORDS = Path(__file__).with_name("report.yml")
TEMPLATE = Path(__file__).with_name("report.html")
_HEIGHT, _BASE = 120.0, 150.0  # of the columns, in the picture's own units


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("report", help="a week's picture as HTML: turns, outcomes, cards, gaps, feedback, cases, speed")
    command.add_argument("--days", type=int, default=7, help="how many days (default 7)")
    command.add_argument("--last", type=dt.date.fromisoformat, metavar="DATE", help="the last of them (default today)")
    command.add_argument("--out", type=Path, metavar="FILE", help="default: zhiwen-report-DATE.html")
    command.add_argument("--questions", action="store_true", help="also the masked questions without an answer; they may still tell of people")
    command.set_defaults(run=run)


def words() -> Mapping[str, Any]:
    """The page's words."""
    found: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def page(found: Picture, container: Container, *, questions: bool = False) -> str:
    """The whole page."""
    from jinja2 import Environment, StrictUndefined

    said = words()
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(TEMPLATE.read_text(encoding="utf-8"))
    bounds = {label: said["slower"] if label == "slower" else said["bound"].format(ms=label) for label in found.speeds}
    return template.render(
        words=said,
        span=said["span"].format(first=found.first, last=found.last),
        made=said["made"].format(now=f"{container.clock():%Y-%m-%d %H:%M}", release=container.live().id),
        demo=container.settings.demo,
        privacy=said["privacy_questions" if questions else "privacy"],
        facts=_facts(found, said["facts"]),
        days=_columns(found.days),
        outcomes=[(said["outcomes"].get(name, name), count) for name, count in found.outcomes.items()],
        channels=[(said["channels"].get(name, name), count) for name, count in found.channels.items()],
        languages=[(shown("language", name), count) for name, count in found.languages.items()],
        cards=[(card.title or said["gone"], card.card, card.count) for card in found.cards],
        within=_within(found.within, said),
        speeds=[(bounds[label], count) for label, count in found.speeds.items()],
        groups=[_group(group, found.titles, said, questions=questions) for group in found.groups],
        feedback=[(shown("reason", reason), count) for reason, count in found.feedback.items()],
        cases=[(shown("kind", kind), shown("state", state), count) for (kind, state), count in found.cases.items()],
    )


def _facts(found: Picture, said: Mapping[str, str]) -> list[tuple[str, int]]:
    values = {
        "turns": found.turns,
        "before": found.turns_before,
        "served": sum(day.served for day in found.days),
        "missed": sum(day.missed for day in found.days),
        "gaps": found.gaps,
        "waiting": found.standing.outbox.get("waiting", 0),
        "open_feedback": found.standing.open_feedback,
    }
    return [(said[name], value) for name, value in values.items()]


def _columns(days: tuple[Day, ...]) -> list[dict[str, Any]]:
    """One stacked column a day, standing on the base line."""
    top = max((day.served + day.missed + day.other for day in days), default=0) or 1
    found = []
    for day in days:
        parts, y = [], _BASE
        for name in ("served", "missed", "other"):
            height = _HEIGHT * getattr(day, name) / top
            y -= height
            parts.append({"name": name, "y": y, "height": height})
        counts = {"served": day.served, "missed": day.missed, "other": day.other}
        found.append({"day": day.day, "label": f"{day.day:%m-%d}", "total": sum(counts.values()), "top": y, "parts": parts, **counts})
    return found


def _within(within: Mapping[int, float | None], said: Mapping[str, Any]) -> list[str]:
    lines = []
    for share, bound in within.items():
        if bound is not None:
            worded = said["slower"] if bound == float("inf") else said["bound"].format(ms=f"{bound:g}")
            lines.append(said["within"].format(share=share, bound=worded))
    return lines


def _group(group: Group, titles: Mapping[str, str], said: Mapping[str, Any], *, questions: bool) -> dict[str, Any]:
    return {
        "words": "、".join(group.words) or said["no_words"],
        "cards": "；".join(titles.get(card) or card for card in group.cards),
        "asked": len(group.questions),
        "people": group.sources,
        "questions": [printable(question) for question in group.questions[:10]] if questions else [],
    }


def run(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from desk.reporting import picture

    container = get_container()
    last = arguments.last or container.clock().date()
    first = last - dt.timedelta(days=max(arguments.days, 1) - 1)
    found = picture(container, first, last)
    out = arguments.out or Path(f"zhiwen-report-{last}.html")
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(page(found, container, questions=arguments.questions))
    print(f"{first} to {last}: {found.turns} turns, {found.gaps} gaps in {len(found.groups)} groups -> {out}")
    return 0
