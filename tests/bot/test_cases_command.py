"""`zhiwen cases`: lists, one case, steps and exports, masked unless a reason is recorded."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.office import MakeOffice, Office, make_office, office

__all__ = ["make_office", "office"]

SECRETS = ("张丽", "13812345678", "zhangli@", "抢注", "驼奶粉")


def test_a_list_is_masked_and_in_chinese(office: Office) -> None:
    booking, question = office.booked(), office.asked(person=None)
    out = office.zhiwen("cases", "list")
    assert booking.reference in out
    assert question.reference in out
    for word in ("编号", "咨询预约", "留言", "呼和浩特", "张*", "138****5678", "2 cases"):
        assert word in out
    assert not any(secret in out for secret in SECRETS)


def test_columns_stay_aligned_in_a_terminal(office: Office) -> None:
    from bot.commands.tables import width

    office.booked()
    office.asked("web-2")
    head, *rows = office.zhiwen("cases", "list").split("\n\n")[0].splitlines()
    at = width(head[: head.index("提交时间")])
    assert all(any(width(row[:n]) == at and row[n:].startswith("2026-11-23") for n in range(len(row))) for row in rows)


def test_unmasking_shows_everything_and_records_why(office: Office) -> None:
    booking = office.booked()
    out = office.zhiwen("cases", "list", "--unmask", "打印接待表")
    assert "张丽" in out
    assert "+8613812345678" in out
    shown = office.zhiwen("cases", "show", booking.reference, "--unmask", "核对电话")
    assert "我的商标被人抢注了" in shown
    assert "打印接待表" in shown
    assert "核对电话" in shown
    code, _, err = office.tried("cases", "list", "--unmask", " ")
    assert (code, "reason" in err) == (1, True)


def test_a_case_is_shown_masked_with_its_trail_and_waiting_messages(office: Office) -> None:
    booking = office.booked()
    out = office.zhiwen("cases", "show", booking.reference.lower().replace("-", ""))
    for word in (booking.reference, "booked", "consultation_reminder", "138****5678", "masked"):
        assert word in out
    assert not any(secret in out for secret in SECRETS)


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        (("--kind", "consultation"), 1), (("--kind", "enquiry", "--kind", "intake"), 1), (("--kind", "intake"), 0),
        (("--state", "open"), 1), (("--region", "呼和浩特"), 1), (("--region", "hohhot"), 1), (("--region", "包头"), 0),
        (("--days", "1"), 2), (("--coming", "30"), 1), (("--coming", "0"), 0),
    ],
)
def test_lists_are_narrowed(office: Office, narrowed: tuple[str, ...], count: int) -> None:
    office.booked()
    office.asked()
    assert f"{count} cases" in office.zhiwen("cases", "list", *narrowed)


def test_an_unknown_region_is_told_with_the_known_ones(office: Office) -> None:
    code, _, err = office.tried("cases", "list", "--region", "北京")
    assert code == 1
    assert "呼和浩特" in err


def test_days_leave_older_cases_out(make_office: MakeOffice) -> None:
    make_office().asked()
    assert "0 cases" in make_office("2026-11-30T09:30").zhiwen("cases", "list", "--days", "3")


def test_a_booking_is_cancelled_for_a_reason_only(office: Office) -> None:
    reference = office.booked().reference
    assert office.tried("cases", "cancel", reference)[0] == 1
    assert "已取消" in office.zhiwen("cases", "cancel", reference, "--reason", "专家临时出差")
    code, _, err = office.tried("cases", "complete", reference)
    assert (code, "final" in err) == (1, True)


def test_a_consultation_is_completed_or_missed_after_it_began(make_office: MakeOffice) -> None:
    office = make_office()
    first, second = office.booked(), office.booked("web-2", position=1)
    assert office.tried("cases", "complete", first.reference)[0] == 1  # too early
    later = make_office("2026-12-20T09:00")
    assert "已完成" in later.zhiwen("cases", "complete", first.reference, "--note", "已答复")
    assert "未到场" in later.zhiwen("cases", "no-show", second.reference)


def test_a_question_is_answered_and_the_citizen_reads_it(office: Office) -> None:
    question = office.asked()
    assert "已答复" in office.zhiwen("cases", "reply", question.reference, "可以，按商品分类表选第29类。")
    read = office.container.enquiry_service.find(question.reference, question.code, caller="x")
    assert read.replies[0].text == "可以，按商品分类表选第29类。"
    assert "已办结" in office.zhiwen("cases", "close", question.reference, "--reason", "办结")


def test_a_reply_may_come_from_standard_input(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("第一行\n第二行\n"))
    question = office.asked()
    office.zhiwen("cases", "reply", question.reference)
    assert office.container.enquiry_service.find(question.reference, question.code, caller="x").replies[0].text == "第一行\n第二行"


def test_a_step_that_the_kind_lacks_names_those_it_has(office: Office) -> None:
    code, _, err = office.tried("cases", "confirm", office.asked().reference)
    assert code == 1
    assert "reply, close" in err
    assert office.tried("cases", "step", office.booked().reference, "fly")[0] == 1


def test_an_unknown_reference_is_told_in_one_line(office: Office) -> None:
    for reference in ("WQ-000-000-000", "nonsense"):
        for words in (("show", reference), ("confirm", reference), ("note", reference, "x")):
            code, _, err = office.tried("cases", *words)
            assert code == 1
            assert err.count("\n") == 1


def test_notes_are_kept(office: Office) -> None:
    reference = office.asked().reference
    office.zhiwen("cases", "note", reference, "转给专利处")
    assert "转给专利处" not in office.zhiwen("cases", "show", reference)
    assert "转给专利处" in office.zhiwen("cases", "show", reference, "--unmask", "交接")


def test_exports_open_in_a_spreadsheet_program(office: Office, tmp_path: Path) -> None:
    office.booked()
    as_csv, as_xlsx = tmp_path / "cases.csv", tmp_path / "cases.xlsx"
    office.zhiwen("cases", "export", "--csv", str(as_csv))
    office.zhiwen("cases", "export", "--xlsx", str(as_xlsx), "--unmask", "年度统计")
    head, row = list(csv.reader(io.StringIO(as_csv.read_bytes().decode("utf-8-sig"))))
    assert dict(zip(head, row, strict=True))["电话"] == "138****5678"
    sheet = load_workbook(as_xlsx).active
    assert sheet is not None
    cells = {title.value: cell.value for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["姓名"], cells["电话"], cells["类别"]) == ("张丽", "'+8613812345678", "咨询预约")
    assert stat.S_IMODE(as_csv.stat().st_mode) == 0o600
