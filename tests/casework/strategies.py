"""Hypothesis strategies for casework."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import strategies as st

from casework.consultations.intervals import Interval
from casework.consultations.model import Occupied
from casework.consultations.places import Leave, PlanException, Service, Shift, WorkingPlan
from casework.timing import SHANGHAI
from tests.casework.factories import a_service

_ORIGIN = datetime(2026, 11, 23, tzinfo=SHANGHAI)


def quarters(low: int, high: int) -> st.SearchStrategy[timedelta]:
    """Multiples of 15 minutes."""
    return st.integers(low, high).map(lambda n: timedelta(minutes=15 * n))


@st.composite
def intervals(draw: st.DrawFn, longest: int = 40) -> Interval:
    """Half-open intervals on quarters within some days, now and then empty."""
    start = _ORIGIN + draw(quarters(0, 400))
    return Interval(start, start + draw(quarters(0, longest)))


interval_lists = st.lists(intervals(), max_size=8)


@st.composite
def shifts(draw: st.DrawFn, most: int = 3) -> tuple[Shift, ...]:
    """Ordered, disjoint hours of one day."""
    marks = sorted(draw(st.lists(st.integers(0, 95), unique=True, max_size=most * 2)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Shift(_at(a), _at(b)) for a, b in pairs)


def _at(quarter: int) -> time:
    return time(quarter // 4, quarter % 4 * 15)


plans = st.builds(WorkingPlan, st.dictionaries(st.integers(0, 6), shifts(), max_size=7), shifts(2), st.integers(0, 6))


@st.composite
def services(draw: st.DrawFn) -> Service:
    return a_service(
        duration=draw(quarters(1, 8)),
        buffer_before=draw(quarters(0, 2)),
        buffer_after=draw(quarters(0, 2)),
        slot_step=draw(quarters(1, 6)),
        lead_time=draw(quarters(0, 200)),
        capacity=draw(st.integers(1, 4)),
        horizon=timedelta(days=draw(st.integers(1, 12))),
    )


@st.composite
def occupations(draw: st.DrawFn, expert: str = "expert-1") -> Occupied:
    """A sitting of some other service."""
    span = draw(intervals(12))
    return Occupied(expert, span.start, span.end, "another", "hohhot", None, span.start, 0)


@st.composite
def exceptions(draw: st.DrawFn) -> PlanException:
    return PlanException((_ORIGIN + timedelta(days=draw(st.integers(0, 9)))).date(), draw(shifts()))


@st.composite
def leaves(draw: st.DrawFn) -> Leave:
    first = (_ORIGIN + timedelta(days=draw(st.integers(0, 9)))).date()
    return Leave(first, first + timedelta(days=draw(st.integers(1, 4))))


moments = quarters(0, 900).map(lambda offset: _ORIGIN + offset + timedelta(minutes=7))
mobile_numbers = st.builds(
    lambda head, tail: f"{head}{tail:08d}",
    st.sampled_from(["138", "139", "150", "158", "177", "186", "199"]),
    st.integers(0, 99_999_999),
)
