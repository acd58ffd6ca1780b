"""Half-open intervals obey the laws of sets."""

from __future__ import annotations

import itertools

from hypothesis import given

from casework.consultations.intervals import Interval, subtract, union
from tests.casework.strategies import interval_lists, intervals


def _instants(items: list[Interval]) -> set[object]:
    quarter = 900
    return {second for item in items for second in range(int(item.start.timestamp()), int(item.end.timestamp()), quarter)}


@given(interval_lists)
def test_union_keeps_every_instant_and_is_sorted_and_disjoint(items: list[Interval]) -> None:
    merged = union(items)
    assert _instants(merged) == _instants(items)
    assert all(a.end < b.start for a, b in itertools.pairwise(merged))
    assert not any(item.empty for item in merged)


@given(interval_lists)
def test_union_twice_is_union_once(items: list[Interval]) -> None:
    assert union(union(items)) == union(items)


@given(interval_lists, interval_lists)
def test_union_does_not_depend_on_order(left: list[Interval], right: list[Interval]) -> None:
    assert union([*left, *right]) == union([*right, *left])


@given(interval_lists, interval_lists)
def test_subtraction_leaves_exactly_what_is_in_no_hole(items: list[Interval], holes: list[Interval]) -> None:
    assert _instants(subtract(items, holes)) == _instants(items) - _instants(holes)


@given(interval_lists, interval_lists)
def test_what_is_left_overlaps_no_hole(items: list[Interval], holes: list[Interval]) -> None:
    assert not any(left.overlaps(hole) for left in subtract(items, holes) for hole in holes)


@given(interval_lists, interval_lists, interval_lists)
def test_subtracting_twice_is_subtracting_the_union(items: list[Interval], first: list[Interval], second: list[Interval]) -> None:
    assert subtract(subtract(items, first), second) == subtract(items, union([*first, *second]))


@given(intervals(), intervals())
def test_touching_intervals_do_not_overlap(a: Interval, b: Interval) -> None:
    follower = Interval(a.end, a.end + (b.end - b.start))
    assert not a.overlaps(follower)
