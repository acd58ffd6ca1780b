"""`zhiwen privacy`, `keys`, `gaps`, `feedback`, and what production refuses."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest

from bot.cli import main
from casework.oversight import FeedbackReason
from desk.container import Container
from tests.support.office import PERSON, MakeOffice, Office, make_office, office

__all__ = ["make_office", "office"]


def remembered(container: Container, conversation: str, age_seconds: float = 0) -> None:
    """A conversation in Rasa's own store."""
    from bot.retention import tracker_of

    tracker = tracker_of(container)
    with tracker.session_scope() as session:
        sealed = container.keyring.seal(json.dumps({"event": "user", "text": "我叫张丽"}))
        stamp = time.time() - age_seconds
        session.add(tracker.SQLEvent(sender_id=conversation, type_name="user", timestamp=stamp, data=sealed))
        session.commit()


def conversations(container: Container) -> set[str]:
    from bot.retention import tracker_of

    tracker = tracker_of(container)
    with tracker.session_scope() as session:
        return {row.sender_id for row in session.query(tracker.SQLEvent.sender_id)}


def test_one_persons_data_is_exported_and_erased_with_the_conversation(office: Office, tmp_path: Path) -> None:
    booking = office.booked("web-1")
    question = office.asked("web-2", PERSON)
    office.booked("web-3", person=type(PERSON)("李强", "+8615900001111"), position=1)
    for name in ("web-1", "web-2", "web-3"):
        remembered(office.container, name)

    found = json.loads(office.zhiwen("privacy", "export", booking.reference, "--phone", "5678"))
    assert {case["reference"] for case in found["cases"]} == {booking.reference, question.reference}
    target = tmp_path / "me.json"
    office.zhiwen("privacy", "export", booking.reference, "--phone", "5678", "--out", str(target))
    assert json.loads(target.read_text("utf-8")) | {"cases": None} == found | {"cases": None}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600

    out = office.zhiwen("privacy", "erase", booking.reference, "--phone", "5678", "--yes")
    assert "2 conversations (2 events)" in out
    assert conversations(office.container) == {"web-3"}
    assert office.tried("privacy", "export", booking.reference, "--phone", "5678")[0] == 1
    assert "1 cases" in office.zhiwen("cases", "list", "--kind", "consultation", "--state", "confirmed")


def test_a_question_without_phone_is_erased_by_its_code(office: Office) -> None:
    question = office.asked()
    wrong = "1111" if question.code != "1111" else "2222"
    assert office.tried("privacy", "erase", question.reference, "--code", wrong, "--yes")[0] == 1
    assert question.reference in office.zhiwen("privacy", "erase", question.reference, "--code", question.code, "--yes")


def test_retention_follows_the_settings(make_office: MakeOffice) -> None:
    office = make_office()
    office.asked()
    office.container.gaps.record("驼奶粉", outcome="not_found", conversation_id="web-1")
    remembered(office.container, "old", age_seconds=25 * 3600)
    remembered(office.container, "new")
    later = make_office("2027-01-05T09:00", ZHIWEN_CASE_DAYS="30", ZHIWEN_GAP_DAYS="60")
    done = dict(line.split() for line in later.zhiwen("privacy", "retention").splitlines())
    assert (done["cases"], done["gaps"], done["conversation_events"]) == ("1", "0", "1")
    assert conversations(later.container) == {"new"}


def test_a_new_key_opens_everything_and_the_old_one_can_go(make_office: MakeOffice) -> None:
    office = make_office()
    booking = office.booked()
    key_file = office.container.settings.data_dir / "secret.key"
    old = key_file.read_text().split()
    assert "rows resealed" in office.zhiwen("keys", "rotate")
    assert len(key_file.read_text().split()) == 2
    office.zhiwen("keys", "drop-old")
    assert not set(old) & set(key_file.read_text().split())
    assert make_office().container.consultations.find(booking.reference, "5678", caller="x").person.name == "张丽"


def test_a_key_is_staged_beside_a_running_server(make_office: MakeOffice) -> None:
    office = make_office()
    booking = office.booked()
    office.zhiwen("keys", "add")
    running = make_office()  # the restarted server
    assert running.container.consultations.find(booking.reference, "5678", caller="x")
    make_office().zhiwen("keys", "rotate", "--staged")
    assert running.container.consultations.find(booking.reference, "5678", caller="x")


def test_a_key_from_the_environment_is_changed_there(make_office: MakeOffice) -> None:
    old, new = "o" * 40, "n" * 40
    booking = make_office(ZHIWEN_SECRET_KEY=old).booked()
    code, _, err = make_office(ZHIWEN_SECRET_KEY=old).tried("keys", "rotate")
    assert (code, "ZHIWEN_OLD_SECRET_KEYS" in err) == (1, True)
    make_office(ZHIWEN_SECRET_KEY=new, ZHIWEN_OLD_SECRET_KEYS=old).zhiwen("keys", "rotate", "--staged")
    fresh = make_office(ZHIWEN_SECRET_KEY=new)
    assert fresh.container.consultations.find(booking.reference, "5678", caller="x").person.name == "张丽"


def test_gaps_are_listed_masked(office: Office) -> None:
    office.container.gaps.record(
        "我电话13812345678，驼奶粉怎么申请", outcome="not_found", conversation_id="c", candidates=[{"card": "gi/apply", "score": 0.2}]
    )
    out = office.zhiwen("gaps", "list")
    assert "驼奶粉怎么申请" in out
    assert "gi/apply" in out
    assert "13812345678" not in out
    assert json.loads(office.zhiwen("gaps", "list", "--json"))["candidates"][0]["card"] == "gi/apply"


def test_feedback_is_a_list_that_closes(office: Office) -> None:
    number = office.container.feedback.record("patents/term", FeedbackReason.OUTDATED, conversation_id="c", comment="新法改了")
    assert "过期" in office.zhiwen("feedback", "list")
    assert "0 open" in office.zhiwen("feedback", "list", "--reason", "unclear")
    office.zhiwen("feedback", "close", str(number), "已更新卡片")
    assert "0 open" in office.zhiwen("feedback", "list")
    code, _, err = office.tried("feedback", "close", str(number), "x")
    assert (code, err.count("\n")) == (1, 1)


def test_production_refuses_sample_rows_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "ZHIWEN_MODE": "production", "ZHIWEN_OPERATOR_NAME": "x", "ZHIWEN_OPERATOR_CONTACT": "y",
        "ZHIWEN_DATA_DIR": str(tmp_path), "ZHIWEN_PORT": "25999",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == 1
    err = capsys.readouterr().err
    assert "示例" in err
    assert "station" in err
    assert err.count("\n") == 1


def test_the_server_removes_what_is_due_by_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot import retention

    monkeypatch.setattr(retention, "FIRST_SECONDS", 0.01)
    remembered(office.container, "old", age_seconds=25 * 3600)
    loop = retention.RetentionLoop(office.container)
    loop.start()
    deadline = time.monotonic() + 20
    while conversations(office.container) and time.monotonic() < deadline:
        time.sleep(0.05)
    loop.stop()
    assert conversations(office.container) == set()
