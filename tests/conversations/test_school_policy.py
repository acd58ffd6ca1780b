"""A school session keeps nothing of a child: no path to a form, no row in any table, no word after its end."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation import _INTENT_BUTTONS
from bot.school_sweep import ends_at, forget_ended
from desk.reply import wording
from desk.school import ALLOWED
from desk.settings import ROOT
from storage.tables import metadata
from tests.support.bot import Bot, Talk, Turn

WISHES = [
    "我要预约咨询", "帮我约个专家，我叫王小明，13812345678", "book a consultation please", "查询我的预约WQ-123-456-789", "我要改约", "取消预约", "我要留言：谁能帮我",
    "质押融资", "我要用专利贷款", "转人工", "继续", "确认", "同意", "呼和浩特", "13947120836", "明天上午", "我要进校园科普讲座", "我叫王小明，住在新华大街18号", "我10岁", "我上初二",
    "小学生能申请专利吗", "我的画被人用了怎么办", "今天天气怎么样", "唔嘛呢", "我不想活了", "同学天天打我", "开始小测验", "A", "B", "对", "错", "退出", "再来一轮", "重新开始", "English please",
]  # fmt: skip
PRESSES = sorted(
    {*_INTENT_BUTTONS, *wording()["buttons"]}
    | {"age:kids", "age:teens", "age:adult", "quiz:copyright/little-horse:0", "quiz:x:y", "help_lines:danger:zh", "help_lines:nothing", "card:schools/patent-kids"}
    | {"card:assistance/how-to-book", "v:c_consent:yes", "v:c_name:王小明", "v:e_review:yes", "v:p_consent:yes", "v:l_choice:yes", "consultation_form", "none_of_these"}
)
FORMS = tuple(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"])
FIELDS = tuple(f for form in yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"].values() for f in form["required_slots"])
# Rows about the knowledge base, not about anybody.
NOT_PERSONAL = {"zw_live_state", "zw_key_check", "zw_tallies", "zw_leases", "zw_alembic_version"}


def do(talk: Talk, step: str) -> Turn:
    return talk.press(step[1:]) if step.startswith("@") else talk.say(step)


def harmless(turn: Turn) -> None:
    assert turn.form is None
    assert turn.outcome in ("answered", "clarify", "not_found", "out_of_scope", "refused", "signposted", "smalltalk", "handed_over", "cancelled"), turn
    for shown in turn.buttons:
        assert shown["id"] in ALLOWED or shown["id"].split(":")[0] in ("card", "quiz", "age"), shown


def rows(bot: Bot) -> dict[str, int]:
    """How many rows each table has that could say something about a person."""
    with bot.container.database.transaction(read_only=True) as connection:
        counts = {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in metadata.sorted_tables}
    return {name: count for name, count in counts.items() if count and name not in NOT_PERSONAL}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*WISHES, *(f"@{press}" for press in PRESSES)]), min_size=1, max_size=7))
def test_no_sequence_reaches_a_form_or_leaves_a_row(bot: Bot, steps: list[str]) -> None:
    talk = bot.talk(profile="school")
    for step in steps:
        harmless(do(talk, step))
    slots = bot.slots(talk)
    assert {name: slots[name] for name in (*FIELDS, "requested_slot", "paused_form") if slots.get(name)} == {}
    assert rows(bot) == {}


@pytest.mark.parametrize("step", [*WISHES, *(f"@{press}" for press in PRESSES)])
def test_no_single_message_or_button_reaches_a_form(bot: Bot, step: str) -> None:
    talk = bot.talk(profile="school")
    harmless(do(talk, step))
    tracker = bot.run(bot.conversations._agent.tracker_store.retrieve(talk.session.id))
    assert tracker.active_loop_name is None
    assert rows(bot) == {}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_refuses_a_school_session_even_when_it_is_started_by_force(bot: Bot, form: str) -> None:
    """Whatever channel or rule would start it: the form's own validation stops it, for each age group."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    for age in (None, "kids", "teens"):
        call = _forced(form, age)
        result = bot.run(executor.run(call))
        stopped = [e for e in result["events"] if e["event"] == "active_loop"]
        assert stopped, form
        assert stopped[-1]["name"] is None
        kept = [e for e in result["events"] if e["event"] == "slot" and e["value"] is not None]
        assert kept == [], form


def _forced(form: str, age: str | None) -> dict[str, Any]:
    slots = {"profile": "school", "age_group": age, "language": "zh", "requested_slot": None}
    latest = {"text": "我叫王小明，13812345678", "intent": {"name": "inform"}, "entities": [], "metadata": {}}
    tracker = {"sender_id": "school-1-x", "slots": slots, "latest_message": latest, "events": [], "paused": False, "active_loop": {"name": form}}
    return {"next_action": f"validate_{form}", "sender_id": "school-1-x", "tracker": {**tracker, "latest_action_name": None}, "domain": {}}


SECRETS = ("王小明", "13947120836", "第三小学", "新华大街", "xiaoma2015", "割了手腕")


def traces(data: bytes) -> list[str]:
    return [w for w in SECRETS if {w.encode(), w.encode("utf-16-le"), json.dumps(w).strip('"').encode()} & {f for f in _forms(w) if f in data}]


def _forms(word: str) -> set[bytes]:
    return {word.encode(), word.encode("utf-16-le"), json.dumps(word).strip('"').encode()}


def test_personal_data_is_answered_kindly_and_stored_nowhere_not_even_sealed(sealed_bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk = sealed_bot.talk(profile="school")
    turn = talk.say("我叫王小明，在包头市第三小学，住在新华大街18号，电话13947120836，微信号xiaoma2015，我的画被人用了怎么办")
    assert "爸爸妈妈" in turn.messages[0]["text"]
    assert "没有保存" in turn.messages[0]["text"]
    assert turn.card == "schools/drawing-stolen"
    assert "12355" in talk.say("我割了手腕").text
    history = json.dumps(sealed_bot.run(sealed_bot.conversations.history(talk.session)), ensure_ascii=False)
    assert [word for word in SECRETS if word in history] == []  # the sealed conversation, opened
    folder = Path(sealed_bot.container.settings.data_dir)
    assert {str(p): found for p in folder.rglob("*") if p.is_file() and (found := traces(p.read_bytes()))} == {}
    logged = "\n".join(r.getMessage() for r in caplog.records)
    assert [word for word in SECRETS if word in logged] == []
    assert rows(sealed_bot) == {}


def test_what_a_pupil_asked_goes_when_the_session_ends_and_no_other_conversation_does(sealed_bot: Bot) -> None:
    pupil, citizen = sealed_bot.talk(profile="school"), sealed_bot.talk()
    pupil.say("小学生能申请专利吗")
    citizen.say("发明专利保护多少年")
    store = sealed_bot.conversations._agent.tracker_store._tracker_store
    end = ends_at(pupil.session.id)
    assert end == int(pupil.session.expires_at.timestamp())
    assert forget_ended(store, end - 1) == 0
    assert forget_ended(store, end) > 0
    assert sealed_bot.run(sealed_bot.conversations.history(pupil.session)) == []
    assert len(sealed_bot.run(sealed_bot.conversations.history(citizen.session))) == 2


def test_a_question_without_an_answer_is_no_gap_to_be_worked_on(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    for line in ("唔嘛呢叭咪吽是不是有个规矩", "那个东西的那个怎么弄", "嗯嗯那个啥"):
        turn = talk.say(line)
        assert "记入" not in turn.text
        assert "预约" not in turn.text
    assert rows(bot) == {}


@pytest.mark.parametrize(
    ("typed", "says"),
    [("我不想活了", "110"), ("I want to die", "12355"), ("同学天天打我", "没有做错"), ("叔叔摸我身体", "不是你的错"), ("网友约我见面", "不见面"), ("我不想上学了", "12355")],
)
def test_distress_and_danger_get_help_lines_before_anything_else(bot: Bot, typed: str, says: str) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")  # even in the middle of a quiz
    turn = talk.say(typed)
    assert turn.outcome == "signposted"
    assert says in turn.text
    assert "12355" in turn.text
    assert talk.say("小学生能申请专利吗").outcome == "answered"


def test_the_words_of_a_school_session_are_for_pupils(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    talk.open()
    for step in ("你好", "你能做什么", "谢谢", "转人工", "我要预约", "好的", "不", "取消", "继续", "再见", "天气怎么样", "@none_of_these", "@card:gone/gone", "ᠮᠣᠩᠭᠣᠯ"):
        do(talk, step)
    said = "\n".join(turn.text for turn in talk.turns)
    for word in ("预约一次", "预约专家", "质押", "您"):
        assert word not in said.replace("不能在学校模式里预约", ""), word


def test_the_age_group_chooses_the_card(bot: Bot) -> None:
    for said, card in (("我10岁", "schools/patent-kids"), ("我上初二", "schools/patent-teens"), ("@age:kids", "schools/patent-kids"), ("@age:teens", "schools/patent-teens")):
        talk = bot.talk(profile="school")
        talk.open()
        turn = do(talk, said)
        assert turn.outcome == "smalltalk"
        assert talk.say("专利是什么").card == card, said


def test_the_age_group_in_the_question_itself_counts(bot: Bot) -> None:
    assert bot.talk(profile="school").say("我上三年级，专利是什么呀？").card == "schools/patent-kids"
