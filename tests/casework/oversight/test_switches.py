"""Off switches and the live release, as other processes see them."""

from __future__ import annotations

import pytest

from casework.errors import ConflictError, ReasonRequiredError
from casework.oversight import LiveControl, LiveView
from storage import SqlStore
from tests.casework.factories import TestClock


class Ticks:
    """A monotonic clock under control."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def control(store: SqlStore) -> LiveControl:
    return LiveControl(store, TestClock())


def test_a_switch_is_followed_within_two_seconds(store: SqlStore, control: LiveControl) -> None:
    ticks = Ticks()
    view = LiveView(store, monotonic=ticks)
    assert view.off_reason() is None
    control.turn_off("wang", "答错了费用")
    ticks.now = 1.9
    assert view.off_reason() is None
    ticks.now = 2.0
    assert view.off_reason() == "答错了费用"
    control.turn_on("wang", "已改正")
    ticks.now = 4.0
    assert view.off_reason() is None


def test_a_topic_is_off_alone_and_with_the_whole_bot(store: SqlStore, control: LiveControl) -> None:
    control.turn_off("wang", "新法核对中", topic="trademarks")
    view = LiveView(store, seconds=0)
    assert (view.off_reason("trademarks"), view.off_reason("patents"), view.off_reason()) == (
        "新法核对中",
        None,
        None,
    )
    control.turn_off("wang", "维护")
    assert view.off_reason("patents") == view.off_reason() == "维护"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_switch_needs_a_written_reason(control: LiveControl, reason: str) -> None:
    with pytest.raises(ReasonRequiredError):
        control.turn_off("wang", reason)
    with pytest.raises(ReasonRequiredError):
        control.turn_on("wang", reason)


def test_who_and_why_is_in_the_trail(store: SqlStore, control: LiveControl) -> None:
    control.turn_off("wang", "核对", topic="patents")
    with store(read_only=True) as unit:
        entries = unit.trail.of_subject("off:topic:patents")
    assert [(e.actor, e.action, e.note) for e in entries] == [("wang", "off", "核对")]


def test_a_release_is_swapped_with_its_predecessor_kept(store: SqlStore, control: LiveControl) -> None:
    view = LiveView(store, seconds=0)
    assert view.release() is None
    control.set_release("r1", "wang")
    control.set_release("r2", "wang")
    assert view.release() == "r2"
    assert view.snapshot().values["live_release"].value == {"release": "r2", "previous": "r1"}


def test_two_who_swap_at_once_do_not_overwrite_each_other(control: LiveControl) -> None:
    first = control.set_release("r1", "wang")
    control.set_release("r2", "li", expected_version=first.version)
    with pytest.raises(ConflictError, match="version 2"):
        control.set_release("r3", "wang", expected_version=first.version)


def test_the_stamp_changes_with_every_change(store: SqlStore, control: LiveControl) -> None:
    view, stamps = LiveView(store, seconds=0), []
    for reason in ("a", "b", "c"):
        control.turn_off("wang", reason)
        stamps.append(view.snapshot().stamp)
    assert stamps == sorted(set(stamps))


def test_a_database_that_does_not_answer_changes_nothing(store: SqlStore, control: LiveControl) -> None:
    control.turn_off("wang", "核对")
    broken = False

    def sometimes(*, read_only: bool = False):  # type: ignore[no-untyped-def]
        if broken:
            raise RuntimeError("no database")
        return store(read_only=read_only)

    view = LiveView(sometimes, seconds=0)
    assert view.off_reason() == "核对"
    broken = True
    assert view.off_reason() == "核对"
    with pytest.raises(RuntimeError):
        LiveView(sometimes, seconds=0).snapshot()
