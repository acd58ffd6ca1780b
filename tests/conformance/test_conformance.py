"""The same transcripts on every channel: outcome and text are alike, after each channel's own pure rendering.

A new channel adds its driver to CHANNELS and has to pass; docs/adding-a-channel.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.outcomes import Outcome
from tests.conformance.drivers import NOT_TAKEN, ChatApi, Direct, Driver, Heard, PlainHtml, Telegram, alike, reference_in
from tests.conformance.table import TABLE
from tests.conformance.transcripts import Transcript, load, play
from tests.support.bot import Bot, World
from tests.support.bot_api import TOKEN, BotApi, bot_api

TRANSCRIPTS = load()
CHANNELS: dict[str, Callable[[Bot, BotApi], Driver]] = {
    "chat API": ChatApi,
    "page without JavaScript": PlainHtml,
    "Telegram": Telegram,
}


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


def marked() -> list[Any]:
    return [pytest.param(t, id=t.name.replace(" ", "-"), marks=() if t.quick else pytest.mark.slow) for t in TRANSCRIPTS]


@pytest.mark.parametrize("transcript", marked())
def test_a_transcript_goes_alike_on_every_channel(transcript: Transcript, bot_world: World, api: BotApi, tmp_path: Path) -> None:
    def bot(name: str) -> Bot:
        settings = {"ZHIWEN_TELEGRAM_TOKEN": TOKEN, "ZHIWEN_TELEGRAM_API": api.url, "ZHIWEN_RATE_LIMIT": "off"}
        return bot_world.bot(bot_world.container_in(tmp_path / name.replace(" ", "-"), **settings))

    found = TABLE.setdefault(transcript.name, {"turns": str(len(transcript.turns))})
    direct = Direct(bot("direct"))
    told = play(transcript, direct)
    check(transcript, direct, told.heard)
    for name, make in CHANNELS.items():
        api.calls.clear()
        driver = make(bot(name), api)
        try:
            run = play(transcript, driver, told.pressed)
            found[name] = "differs"
            for number, (heard, messages) in enumerate(zip(run.heard, direct.messages, strict=True)):
                place = f"{name}, turn {number} ({transcript.turns[number - 1] if number else 'opening'})"
                assert heard.outcome == told.heard[number].outcome, place
                assert alike(heard.texts) == alike(driver.shown(messages)), place
            found[name] = "equal"
        finally:
            driver.close()


def check(transcript: Transcript, direct: Direct, heard: list[Heard]) -> None:
    """The transcript itself says what it should."""
    reference = ""
    for turn, got, asked in zip(transcript.turns, heard[1:], direct.asked[1:], strict=True):
        reference = reference_in(got.texts) or reference
        assert got.outcome == turn.outcome, (turn, got)
        assert turn.asks in (None, asked), (turn, got)
        assert (turn.has or "").replace("{reference}", reference) in "\n".join(got.texts), (turn, got)


def test_there_are_thirty_transcripts_and_they_end_in_most_outcomes() -> None:
    assert len(TRANSCRIPTS) >= 30
    assert len({t.name for t in TRANSCRIPTS}) == len(TRANSCRIPTS)
    ends = {turn.outcome for t in TRANSCRIPTS for turn in t.turns}
    assert ends <= {o.value for o in Outcome} | {NOT_TAKEN}
    assert {o.value for o in Outcome} - ends <= {"withdrawn", "error"}


def test_a_channel_that_says_something_else_is_found() -> None:
    assert alike(("编号：WQ-123-456-789",)) == alike(("编号：WQ-987-654-321",))
    assert alike(("20年。",)) != alike(("15年。",))
    assert alike(("20年。", "15年。")) != alike(("20年。15年。",))
