"""A school session has no path to a form: over every intent, every known button and every button that is shown."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation import _INTENT_BUTTONS
from desk.reply import wording
from desk.settings import ROOT
from tests.support.bot import Bot, Turn

LINES = [
    "我要预约咨询", "book a consultation", "查询我的预约", "我要改约", "取消预约", "我要质押融资", "我要留言", "转人工", "继续", "确认", "同意",
    "什么是专利", "我叫张丽，13812345678", "我12岁", "你好", "你能做什么", "WQ-123-456-789 5678",
]  # fmt: skip
FORGED = ["v:c_consent:yes", "v:c_name:x", "v:l_choice:yes", "v:c_time:x", "none_of_these", "card:schools/x", "consultation_form"]
COLLECTING = {"book_consultation", "start_pledge", "leave_question", "lookup_case"}


def harmless(turn: Turn) -> None:
    assert turn.form is None
    assert turn.outcome not in ("collecting", "booked", "looked_up", "moved", "cancelled", "intake_submitted", "withdrawn", "precheck")
    assert not COLLECTING & {b["id"] for b in turn.buttons}


@pytest.mark.parametrize("name", sorted(_INTENT_BUTTONS | set(wording()["buttons"])))
def test_no_button_opens_a_form(bot: Bot, name: str) -> None:
    talk = bot.talk(profile="school")
    talk.press(name)
    if name not in ("cancel",):
        harmless(talk.turns[-1])
    harmless(talk.say("你好"))


def test_no_intent_opens_a_form(bot: Bot) -> None:
    """Not even one that a channel would send by itself."""
    intents = [i if isinstance(i, str) else next(iter(i)) for i in yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]]
    for intent in intents:
        talk = bot.talk(profile="school")
        result = bot.run(bot.conversations._handle(talk.session, f"/{intent}", {}, "button"))
        assert result.form is None, intent
        assert bot.slots(talk)["requested_slot"] is None, intent


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*LINES, *(f"@{b}" for b in FORGED), *(f"@{b}" for b in sorted(_INTENT_BUTTONS - {"cancel"}))]), min_size=1, max_size=6))
def test_no_sequence_opens_a_form(bot: Bot, steps: list[str]) -> None:
    talk = bot.talk(profile="school")
    for step in steps:
        harmless(talk.press(step[1:]) if step.startswith("@") else talk.say(step))


def test_what_a_school_asks_is_answered_by_cards_for_schools(bot: Bot) -> None:
    turn = bot.talk(profile="school").open()
    assert "不需要你的名字" in turn.text
    harmless(turn)
