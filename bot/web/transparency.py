"""The transparency page as text: a pure function of the facts."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.web.plain_page import page_from
from desk.transparency import Facts
from knowledge.quality import SHARES, Quality
from knowledge.sources import Source

WORDS = Path(__file__).with_name("transparency.yml")
_ORDER = ("coverage", "precision", "accuracy_at_1", "accuracy_at_3", "answered_outside")
assert set(_ORDER) == set(SHARES)


@functools.cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return data


def render(found: Facts, language: str, sheet: str) -> str:
    """The whole page in one language; `sheet` is the address of its style."""
    said = _in(_data(), language)
    values = {
        "operator": found.operator, "today": found.today, "release": found.release, "cards": found.cards,
        "with_english": found.with_english, "session_hours": found.session_hours, "gap_days": found.gap_days,
        "case_days": found.case_days,
    }  # fmt: skip
    sections = [_section(section, found, language, values, said) for section in said["sections"]]
    heading = {name: said[name].format(**values) for name in ("title", "lead", "as_of", "demo", "other_language")}
    other = "zh" if language == "en" else "en"
    return page_from("transparency.html", language, sheet, said=heading, sections=sections, demo=found.demo, other=other)


def _in(part: Any, language: str) -> Any:
    """The data in one language: every {zh, en} becomes its text."""
    if isinstance(part, dict):
        return part[language] if set(part) == {"zh", "en"} else {name: _in(value, language) for name, value in part.items()}
    return [_in(value, language) for value in part] if isinstance(part, list) else part


def _section(section: Mapping[str, Any], found: Facts, language: str, values: Mapping[str, object], said: Mapping[str, Any]) -> dict[str, Any]:
    lines = [str(line).format(**values) for line in section.get("lines", ())]
    if section.get("quality"):
        lines += _quality(found.quality, said["quality"], current=found.quality_is_current)
    off = [said["areas"].get(area, area) for area in found.areas_off] + [*found.cards_off]
    if section.get("paused") and off:
        lines.append(said["paused"].format(topics=("、" if language == "zh" else ", ").join(off)))
    groups = [_group(kind, sources, language, said) for kind, sources in found.sources.items()] if section.get("sources") else []
    return {"title": section["title"], "lines": lines, "groups": groups}


def _quality(quality: Quality | None, said: Mapping[str, Any], *, current: bool) -> list[str]:
    if quality is None:
        return [said["none"]]
    lines = [said["measured"].format(day=quality.measured)]
    for name in _ORDER:
        share = quality.shares.get(name)
        if share is not None:
            percent = {key: f"{100 * value:.0f}" for key, value in (("value", share.value), ("low", share.low), ("high", share.high))}
            lines.append(said["share"].format(name=said["names"][name], n=share.n, **percent))
    return [*lines, *([] if current else [said["earlier"]]), said["written"]]


def _group(kind: str, sources: tuple[Source, ...], language: str, said: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for source in sources:
        days = [said[name].format(day=day) for name, day in (("since", source.effective_from), ("until", source.effective_until)) if day]
        title = source.title_zh if language == "zh" else source.title_en
        rows.append({"title": title, "version": source.version if language == "zh" else "", "days": days, "url": source.page})
    return {"title": said["kind_count"].format(kind=said["kinds"].get(kind, kind), n=len(rows)), "rows": rows}
