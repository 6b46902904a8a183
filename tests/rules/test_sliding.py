"""Counters in memory for a backtest count exactly as counting by hand does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import sliding
from rules.windows import ExactWindows, WindowRequest, WindowSpec

_LONG = 1_000
"""Longer than any series here: who is new is judged when they write, and stays so while they are remembered."""

specs = st.builds(
    lambda measure, within, name: WindowSpec(
        id=f"{measure}-{name}", measure=measure, member=None if measure == "count" else "author", by=("room",),
        within=within, memory=_LONG if measure == "newcomers" else within,
    ),
    st.sampled_from(["count", "distinct", "newcomers"]),
    st.integers(1, 6),
    st.integers(0, 2),
)  # fmt: skip
steps = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=40
)


@settings(deadline=None)
@given(specs, steps)
def test_in_order_of_time_both_ways_count_the_same(spec, given):
    slow, now = ExactWindows(), 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliding, "_FEW", 1)  # drop what has run out all the time
        patch.setattr(sliding, "_WORTH_CUTTING", 2)
        quick = sliding.sliding_counter(spec)
        for wait, name, key, add in given:
            now += wait
            member = None if spec.member is None else name
            asked = WindowRequest(spec=spec, key=key, member=member, at=now, add=add)

            assert quick(key, member, now, add) == slow.run([[asked]])[0][spec.id]
