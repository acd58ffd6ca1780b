"""The transcripts as data (transcripts.yml), and a run of one of them on one channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.drivers import Driver, Heard, reference_in

_FILE = Path(__file__).with_name("transcripts.yml")


@dataclass(frozen=True)
class Turn:
    """One thing that a user does, and how it ends. `nth` presses the n-th of the buttons that stand there."""

    outcome: str
    say: str | None = None
    press: str | None = None
    nth: int = 0
    asks: str | None = None
    has: str | None = None


@dataclass(frozen=True)
class Transcript:
    """A conversation that goes alike on every channel."""

    name: str
    turns: tuple[Turn, ...]
    quick: bool = False


@dataclass
class Run:
    """What a channel answered, turn by turn; `pressed` are the titles that were pressed."""

    heard: list[Heard] = field(default_factory=list)
    pressed: list[str | None] = field(default_factory=list)


def load() -> list[Transcript]:
    """All transcripts, in the order of the file."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    by_name = {one["name"]: one for one in raw}
    return [Transcript(one["name"], tuple(_turns(one, by_name)), bool(one.get("quick"))) for one in raw]


def _turns(one: dict[str, Any], by_name: dict[str, Any]) -> list[Turn]:
    found = []
    for turn in one["turns"]:
        if "like" in turn:
            found += _turns(by_name[turn["like"]], by_name)
            continue
        said = str(turn["say"]) * turn.get("times", 1) if "say" in turn else None
        found.append(Turn(turn["outcome"], said, turn.get("press"), turn.get("press_nth", 0), turn.get("asks"), turn.get("has")))
    return found


def play(transcript: Transcript, driver: Driver, titles: list[str | None] | None = None) -> Run:
    """Go through a transcript. `titles` are those pressed by number, as the first channel found them."""
    run, reference = Run(), ""
    run.heard.append(driver.open())
    for number, turn in enumerate(transcript.turns):
        title = turn.press or (titles[number] if titles else None)
        if turn.nth and title is None:
            title = driver.titles[turn.nth - 1]  # type: ignore[attr-defined]  # the direct driver knows its buttons
        heard = driver.say(turn.say.replace("{reference}", reference)) if turn.say is not None else driver.press(str(title))
        reference = reference_in(heard.texts) or reference
        run.heard.append(heard)
        run.pressed.append(title)
    return run
