"""Half-open intervals [start, end): union, subtraction, overlap. Touching intervals do not overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[start, end) of aware instants; an interval that does not end after its start is empty."""

    start: datetime
    end: datetime

    @property
    def empty(self) -> bool:
        return self.end <= self.start

    def overlaps(self, other: Interval) -> bool:
        """Whether both share an instant."""
        return self.start < other.end and other.start < self.end and not (self.empty or other.empty)

    def contains(self, other: Interval) -> bool:
        """Whether all of `other` lies inside."""
        return other.empty or (self.start <= other.start and other.end <= self.end)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as sorted, disjoint, non-touching intervals."""
    merged: list[Interval] = []
    for item in sorted(i for i in intervals if not i.empty):
        if merged and item.start <= merged[-1].end:
            last = merged.pop()
            item = Interval(last.start, max(last.end, item.end))
        merged.append(item)
    return merged


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The instants of `intervals` that are in none of `holes`."""
    left = union(intervals)
    for hole in union(holes):
        left = [part for item in left for part in _without(item, hole)]
    return left


def _without(item: Interval, hole: Interval) -> list[Interval]:
    if not item.overlaps(hole):
        return [item]
    parts = (Interval(item.start, hole.start), Interval(hole.end, item.end))
    return [part for part in parts if not part.empty]
