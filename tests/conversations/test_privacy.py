"""After a whole booking no file of the data folder and no log line holds what was typed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.commands.serve import configure_logging
from tests.support.bot import Bot

NAME, PHONE, EMAIL = "欧阳慕晴", "13947120836", "muqing.ouyang@example.com"
PROBLEM = "我家祖传奶豆腐作坊的牌子被隔壁村的人抢先注册了"
QUESTION = "我表舅家的骆驼绒围巾花样被直播间仿了怎么追究"
SPOKEN = (NAME, PHONE, EMAIL, PROBLEM, "奶豆腐作坊", QUESTION, "骆驼绒围巾")


def traces(data: bytes) -> list[str]:
    """What of the typed text is in some bytes: as UTF-8, escaped as JSON does it, or in UTF-16."""
    found = []
    for word in SPOKEN:
        forms = {word.encode(), word.encode("utf-16-le"), word.encode("unicode_escape")}
        found += [word for form in forms if form in data]
    return found


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> tuple[pytest.LogCaptureFixture, pytest.CaptureFixture[str]]:
    """Logging as `zhiwen serve` has it at its most talkative."""
    caplog.set_level(logging.DEBUG)
    configure_logging("debug")
    return caplog, capfd


def test_a_whole_booking_leaves_no_word_in_any_file_or_log(
    sealed_bot: Bot, logs: tuple[pytest.LogCaptureFixture, pytest.CaptureFixture[str]]
) -> None:
    caplog, capfd = logs
    talk = sealed_bot.talk()
    talk.all(QUESTION, "我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", NAME, "123", PHONE, EMAIL)
    assert talk.turns[-1].asks == "c_review"
    turn = talk.say("确认")
    assert turn.outcome == "booked"
    assert NAME not in turn.text
    talk.say(f"查询预约 {turn.reference} {PHONE[-4:]}")
    assert talk.turns[-1].outcome == "looked_up"

    folder = sealed_bot.container.settings.data_dir
    files = [p for p in Path(folder).rglob("*") if p.is_file()]
    assert any(p.name == "zhiwen.db" for p in files)
    assert {str(p): found for p in files if (found := traces(p.read_bytes()))} == {}
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("asyncio"))
    own = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("zhiwen"))
    assert own
    assert traces(logged.encode()) == []
    out, err = capfd.readouterr()
    assert traces((out + err).encode()) == []


def test_the_history_still_reads_what_was_said(sealed_bot: Bot) -> None:
    talk = sealed_bot.talk()
    talk.all("我要预约咨询", PROBLEM)
    entries = sealed_bot.run(sealed_bot.conversations.history(talk.session))
    assert PROBLEM in [e.get("text") for e in entries]


def test_a_half_filled_booking_survives_a_restart_of_the_server(sealed_bot: Bot, bot_world: object) -> None:
    talk = sealed_bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特")
    again = bot_world.bot(sealed_bot.container, sealed=True)  # type: ignore[attr-defined]
    talk.bot = again
    assert talk.say("现场").asks == "c_time"
