"""The numbers, who may read them, and that nothing of what was said is among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sanic import Sanic

from bot.metrics import Metrics
from bot.routes.ops import Source, ops_blueprint
from casework.oversight import Standing
from desk.container import Container
from desk.settings import SettingError, read_settings
from tests.casework.oversight.test_turns import a_turn
from tests.support.asgi import Ask, asgi_client
from tests.support.stores import sqlite_url

TOKEN = "t" * 24
Serve = Callable[..., Ask]


class Numbers:
    """A source under control."""

    def __init__(self) -> None:
        self.asked, self.broken, self.off = 0, False, False

    def standing(self) -> Standing:
        self.asked += 1
        if self.broken:
            raise OSError("gone")
        return Standing(holds=2, gaps=3, open_feedback=1, outbox={"waiting": 4, "sent": 9}, lag_seconds={"email": 61.5})

    def about(self) -> dict[str, str]:
        return {"version": "1", "mode": "demo", "release": "r1"}

    def switched_off(self) -> tuple[bool, int]:
        return self.off, 2


def samples(text: bytes | str) -> dict[str, float]:
    """Name with labels → value, as Prometheus reads it."""
    decoded = text.decode() if isinstance(text, bytes) else text
    found = {}
    for family in text_string_to_metric_families(decoded):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_turns_are_counted_by_outcome_channel_and_card_with_their_time() -> None:
    metrics = Metrics(Numbers())
    metrics.note(a_turn(seconds=0.03))
    metrics.note(a_turn(seconds=0.3, channel="telegram"))
    metrics.note(a_turn(outcome="not_found", cards=(), kind="button"))
    found = samples(metrics.text())
    assert found["zhiwen_turns_total{channel=web,outcome=answered}"] == 1
    assert found["zhiwen_turns_total{channel=telegram,outcome=answered}"] == 1
    assert found["zhiwen_abstentions_total{outcome=not_found}"] == 1
    assert found["zhiwen_cards_served_total{card=patents/term}"] == 2
    assert found["zhiwen_turn_seconds_bucket{kind=text,le=0.05}"] == 1
    assert found["zhiwen_turn_seconds_count{kind=text}"] == 2


def test_what_stands_in_the_database_is_said_and_asked_for_every_five_seconds_only() -> None:
    source, now = Numbers(), [0.0]
    metrics = Metrics(source, lambda: now[0])
    found = samples(metrics.text())
    assert (found["zhiwen_holds"], found["zhiwen_gaps"], found["zhiwen_open_feedback"]) == (2, 3, 1)
    assert found["zhiwen_outbox_messages{state=waiting}"] == 4
    assert found["zhiwen_outbox_lag_seconds{channel=email}"] == 61.5
    assert found["zhiwen_build_info{mode=demo,release=r1,version=1}"] == 1
    assert (found["zhiwen_switched_off"], found["zhiwen_topics_switched_off"]) == (0, 2)
    asked = source.asked
    for now[0] in (1.0, 4.9):
        metrics.text()
    assert source.asked == asked
    now[0] = 5.0
    metrics.text()
    assert source.asked == asked + 1


def test_a_database_that_does_not_answer_is_said_and_the_rest_goes_on() -> None:
    source, now = Numbers(), [0.0]
    metrics = Metrics(source, lambda: now[0])
    metrics.note(a_turn())
    source.broken, now[0] = True, 10.0
    found = samples(metrics.text())
    assert found["zhiwen_database_up"] == 0
    assert "zhiwen_holds" not in found
    assert found["zhiwen_turns_total{channel=web,outcome=answered}"] == 1


def test_turns_while_switched_off_are_no_abstentions() -> None:
    source = Numbers()
    source.off = True
    metrics = Metrics(source)
    metrics.note(a_turn(outcome="signposted", cards=(), paused=True))
    found = samples(metrics.text())
    assert (found["zhiwen_paused_turns_total"], found["zhiwen_switched_off"]) == (1, 1)
    assert not any(name.startswith("zhiwen_abstentions_total{") for name in found)


def test_labels_come_from_closed_sets_and_cards() -> None:
    metrics = Metrics(Numbers())
    metrics.note(a_turn())
    metrics.responded(200)
    names = {label for line in metrics.text().decode().splitlines() for label in re.findall(r'[{,](\w+)="', line)}
    assert names - {"implementation", "version", "major", "minor", "patchlevel"} <= {
        "outcome", "channel", "kind", "card", "le", "status", "state", "mode", "release"
    }  # fmt: skip


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """The operators' addresses over a small installation with these settings."""
    with ExitStack() as stack:
        made: list[Container] = []

        def start(**environment: str) -> Ask:
            url = sqlite_url(tmp_path / f"{len(made)}.db")
            container = Container(read_settings({"ZHIWEN_DATA_DIR": str(tmp_path), "ZHIWEN_DATABASE_URL": url, **environment}))
            container.__dict__["live"] = lambda: SimpleNamespace(id="r1")
            app = Sanic(f"ops-{len(made)}", configure_logging=False)
            app.blueprint(ops_blueprint(container, Metrics(Source(container)), lambda: None))
            made.append(container)
            stack.callback(lambda: container.database.close())
            return stack.enter_context(asgi_client(app))

        yield start


PRODUCTION = {"ZHIWEN_MODE": "production", "ZHIWEN_OPERATOR_NAME": "示例运营单位", "ZHIWEN_OPERATOR_CONTACT": "12345"}


def test_with_a_token_only_its_bearer_reads(serve: Serve) -> None:
    ask = serve(ZHIWEN_METRICS_TOKEN=TOKEN)
    answer = ask("/metrics", peer="203.0.113.9", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert samples(answer.content)["zhiwen_database_up"] == 1
    for wrong in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}, {"authorization": f"Bearer {TOKEN}x"}):
        answer = ask("/metrics", **wrong)
        assert (answer.status_code, answer.headers["www-authenticate"], answer.content) == (401, "Bearer", b"")


def test_without_a_token_this_machine_reads_in_demo_mode(serve: Serve) -> None:
    ask = serve()
    assert [ask("/metrics", peer=peer).status_code for peer in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [200, 200, 200]
    assert [ask("/metrics", peer=peer).status_code for peer in ("203.0.113.9", "10.0.0.1", "")] == [404, 404, 404]


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip", "via", "x_forwarded_proto"])
def test_without_a_token_nothing_is_said_through_a_proxy(serve: Serve, header: str) -> None:
    assert serve()("/metrics", **{header: "127.0.0.1"}).status_code == 404


def test_without_a_token_nothing_is_said_where_a_proxy_is_set_or_in_production(serve: Serve) -> None:
    assert serve(ZHIWEN_TRUSTED_PROXIES="1")("/metrics").status_code == 404
    assert serve(**PRODUCTION)("/metrics").status_code == 404


@pytest.mark.parametrize("token", ["short", "has spaces in it, and is long", "短" * 30])
def test_a_weak_token_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(SettingError, match="ZHIWEN_METRICS_TOKEN") as caught:
        read_settings({"ZHIWEN_METRICS_TOKEN": token})
    assert token not in str(caught.value)
