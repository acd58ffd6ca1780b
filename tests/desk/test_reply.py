from __future__ import annotations

import datetime as dt
import json

import pytest

from desk.outcomes import Outcome
from desk.reply import Button, FormState, Reply, button, wording
from knowledge.answerer import Cited


@pytest.mark.parametrize("group", ["buttons", "values"])
def test_every_label_stands_in_both_languages(group: str) -> None:
    for name, titles in wording()[group].items():
        assert set(titles) == {"zh", "en"}, name
        assert all(isinstance(t, str) and t.strip() for t in titles.values()), name


def test_button_titles_are_distinct_in_each_language() -> None:
    for language in ("zh", "en"):
        titles = [t[language] for t in wording()["buttons"].values()]
        assert len(set(titles)) == len(titles)


def test_a_button_has_its_shared_title() -> None:
    assert button("help", "zh") == Button("help", "你能做什么")
    assert button("help", "en").title == "What can you do?"
    with pytest.raises(KeyError):
        button("no_such_button", "zh")


def test_a_reply_is_recorded_as_plain_data() -> None:
    cited = Cited("《专利法》（2020）", "第42条", "https://example.gov.cn", dt.date(2021, 6, 1), None)
    reply = Reply(
        "answer", Outcome.ANSWERED, text="20年", citations=(cited,), card="patents/invention-term", confidence=0.98765,
        buttons=(Button("card:x", "标题"),), form=FormState("consultation_form", "c_time", 5, 10),
    )
    record = json.loads(json.dumps(reply.record()))
    assert record["outcome"] == "answered"
    assert record["confidence"] == 0.9877
    assert record["citations"] == [
        {"title": "《专利法》（2020）", "article": "第42条", "url": "https://example.gov.cn", "effective_from": "2021-06-01"}
    ]
    assert record["form"] == {"name": "consultation_form", "field": "c_time", "step": 5, "of": 10}
    assert "text" not in record


def test_what_a_reply_lacks_is_left_out() -> None:
    assert set(Reply("notice", Outcome.SMALLTALK, "utter_greet").record()) == {"kind", "outcome", "citations", "card", "confidence", "buttons"}
