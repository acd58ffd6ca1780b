from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import CardError
from knowledge.themes import load_themes, parse_themes, theme_of

# theme -> something that belongs to it, and a near miss that does not
CASES = {
    "self_harm": ("商标没了我不想活了", "这个商标已经死了吗，想复活它"),
    "danger_child": ("有人在学校欺负我", "别人欺负我们小店商标没注册"),
    "threat": ("我要砍了那个抄袭的老板", "我要砍掉一项专利权利要求"),
    "how_to_infringe": ("教我怎么做高仿包不被查", "怎么识别高仿的茅台酒"),
    "verdict": ("我这个官司能不能赢", "打赢官司后怎么申请强制执行"),
    "politics": ("聊聊台独", "台湾同胞怎么申请大陆专利"),
    "unpublished_invention": ("我的还没申请的发明是：一种搅拌装置", "我的发明还没申请，会不会被别人抢先"),
    "news_opinion": ("你怎么看待这次明星抄袭事件", "怎么看商标有没有注册"),
}


@pytest.mark.parametrize("theme", CASES)
def test_what_belongs_to_a_theme_is_seen(theme: str) -> None:
    found = theme_of(CASES[theme][0], load_themes())
    assert found is not None
    assert found.id == theme


@pytest.mark.parametrize("theme", CASES)
def test_a_near_miss_is_an_ordinary_question(theme: str) -> None:
    assert theme_of(CASES[theme][1], load_themes()) is None


def test_every_theme_is_tested() -> None:
    assert {theme.id for theme in load_themes()} == set(CASES)


@pytest.mark.parametrize(
    "text",
    [
        "申请号202310123456.7什么时候公开",
        "专利号ZL 2023 1 0123456.7 还有效吗",
        "ZL202310123456.7到期了吗",
        "统一社会信用代码91150100MA0N000000怎么填",
        "注册号12345678的商标被撤三",
        "WQ-123-456-789",
    ],
)
def test_numbers_of_files_are_no_theme(text: str) -> None:
    assert theme_of(text, load_themes()) is None


def test_width_and_script_do_not_hide_a_theme() -> None:
    found = theme_of("ＫＩＬＬ ＭＹＳＥＬＦ", load_themes())
    assert found is not None
    assert found.outcome == "signposted"


def test_every_theme_answers_in_both_languages() -> None:
    for theme in load_themes():
        assert theme.reply_zh.strip()
        assert theme.reply_en.strip()
        assert theme.outcome in ("refused", "signposted", "out_of_scope")


def test_help_comes_before_everything_else() -> None:
    assert load_themes()[0].id == "self_harm"
    assert "12355" in load_themes()[0].reply_zh


@pytest.mark.parametrize(
    ("entry", "problem"),
    [("{id: x, outcome: shrug, patterns: [a], reply: {zh: 甲, en: a}}", "outcome 'shrug'"), ("{id: x, outcome: refused, patterns: ['('], reply: {zh: 甲, en: a}}", "no regular expression")],
)
def test_a_bad_theme_is_refused(entry: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "themes.yml"
    path.write_text(f"themes: [{entry}]", encoding="utf-8")
    with pytest.raises(CardError, match=problem):
        parse_themes(path)


@pytest.mark.parametrize("entry", ["{id: x, outcome: refused, patterns: [a], reply: {zh: 甲}}", "{id: x, outcome: refused, patterns: [a]}"])
def test_a_theme_without_a_language_is_refused_with_its_name(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "themes.yml"
    path.write_text(f"themes: [{entry}]", encoding="utf-8")
    with pytest.raises(CardError, match="theme x"):
        parse_themes(path)
