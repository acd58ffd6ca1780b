"""domain.yml says everything that the desk says, in both languages, and nothing that nobody says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from casework.phones import PhoneProblem
from desk.consultation_desk import FIELDS, MEMORY
from knowledge.vocabulary import ASKS

ROOT = Path(__file__).resolve().parents[2]
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]


def english(name: str) -> dict[str, Any]:
    return next(v for v in RESPONSES[name] if v.get("condition") == ENGLISH)


def chinese(name: str) -> dict[str, Any]:
    return next(v for v in RESPONSES[name] if "condition" not in v)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_chinese_by_default_and_english_by_condition(name: str) -> None:
    assert len(RESPONSES[name]) == 2 or name in ("utter_language_zh", "utter_language_en")
    if len(RESPONSES[name]) == 1:
        return  # the switch to a language is said in that language
    assert re.search(r"[\u4e00-\u9fff]", chinese(name)["text"])
    assert not re.search(r"[\u4e00-\u9fff]", english(name)["text"])


@pytest.mark.parametrize("name", [n for n in RESPONSES if len(RESPONSES[n]) == 2])
def test_both_languages_are_filled_with_the_same_values(name: str) -> None:
    values = [set(re.findall(r"{(\w+)}", version["text"])) for version in (chinese(name), english(name))]
    assert values[0] == values[1]


def said_in_python() -> tuple[set[str], set[str]]:
    """Names said in full, and the constant beginnings of names that are put together."""
    whole, beginnings = set(), set()
    for path in [*(ROOT / "desk").glob("*.py"), *(ROOT / "actions").glob("*.py"), *(ROOT / "bot").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if beginning.startswith("utter_"):
                    beginnings.add(beginning)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"utter_[a-z0-9_]+", node.value):
                whole.add(node.value)
    return whole, beginnings


def test_everything_that_is_said_is_in_the_domain() -> None:
    whole, beginnings = said_in_python()
    missing = {name for name in whole if name not in RESPONSES and name not in beginnings}
    assert missing == set()
    assert {b for b in beginnings if not any(name.startswith(b) for name in RESPONSES)} == set()


def test_nothing_is_in_the_domain_that_nobody_says() -> None:
    whole, beginnings = said_in_python()
    spoken = set(re.findall(r"utter_\w+", (ROOT / "bot" / "training" / "rules.yml").read_text(encoding="utf-8")))
    assert {name for name in RESPONSES if name not in whole | spoken and not name.startswith(tuple(beginnings))} == set()


def test_what_is_put_together_is_there_in_every_case() -> None:
    expected = {f"utter_c_phone_{p.value}" for p in PhoneProblem}
    expected |= {f"utter_clarify_{fact}" for fact in ASKS}
    expected |= {f"utter_{kind}_{field[2:]}" for field in FIELDS for kind in ("c_retry", "c_example")}
    expected |= {f"utter_ask_{field}" for field in FIELDS}
    expected |= {f"utter_c_found_{s}" for s in ("requested", "confirmed", "cancelled", "completed", "no_show", "past")}
    expected |= {"utter_language_zh", "utter_language_en"}
    assert expected - set(RESPONSES) == set()


def test_every_error_of_the_casework_that_a_look_up_can_meet_is_worded() -> None:
    codes = ("not_found", "too_many_attempts", "already_past", "forbidden_transition", "seat_taken", "free_time_gone", "invalid_field")
    assert {f"utter_c_error_{code}" for code in codes} <= set(RESPONSES)


def test_each_question_of_the_form_names_its_field_in_its_last_sentence() -> None:
    named = {"c_problem": "问题", "c_right": "类型", "c_region": "盟市", "c_mode": "方式", "c_time": "时间", "c_consent": "同意", "c_name": "姓名",
             "c_phone": "电话", "c_email": "邮箱"}  # fmt: skip
    for field, word in named.items():
        assert word in chinese(f"utter_ask_{field}")["text"].strip().splitlines()[-1], field
        assert "{step}/{of}" in chinese(f"utter_ask_{field}")["text"], field


def test_the_review_ends_with_its_question_and_the_receipt_begins_the_reference_plainly() -> None:
    assert chinese("utter_ask_c_review")["text"].strip().endswith("确认提交吗？")
    for name in ("utter_c_booked", "utter_c_requested", "utter_c_moved", "utter_c_cancelled", "utter_c_found_confirmed"):
        assert "编号：{reference}" in chinese(name)["text"], name
    assert "待工作站确认" in chinese("utter_c_requested")["text"]


def test_every_field_of_the_form_is_a_slot_that_only_its_action_fills_and_that_steers_no_rule() -> None:
    for name in (*FIELDS, *MEMORY):
        slot = DOMAIN["slots"][name]
        assert slot["mappings"] == [{"type": "custom"}], name
        assert slot["type"] == "any", name


def test_slots_hold_what_users_type_only_by_custom_mappings() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert {mapping["type"] for mapping in slot["mappings"]} == {"custom"}, name


def test_every_form_has_its_actions() -> None:
    for form, entry in DOMAIN["forms"].items():
        assert f"validate_{form}" in DOMAIN["actions"]
        for slot in entry["required_slots"]:
            assert f"action_ask_{form}_{slot}" in DOMAIN["actions"] or f"utter_ask_{slot}" in RESPONSES, slot


def test_the_consent_text_names_the_operator_and_what_for() -> None:
    for version in (chinese("utter_ask_c_consent"), english("utter_ask_c_consent")):
        assert "{operator}" in version["text"]


@pytest.mark.parametrize("path", ["config.yml", "domain.yml", "credentials.yml", "endpoints.yml"])
def test_rasas_own_channels_and_api_are_not_opened(path: str) -> None:
    data = yaml.safe_load((ROOT / path).read_text(encoding="utf-8")) or {}
    assert {"rest", "socketio", "callback"} & set(data) == set()
