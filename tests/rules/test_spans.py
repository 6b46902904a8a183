"""Arithmetic of spans against counting by hand."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from rules.spans import chain, merge, quotations, tally, unexcused

spans = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 4)).map(lambda pair: (pair[0], sum(pair))), max_size=6
)


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


@given(spans, spans)
def test_a_hit_is_kept_exactly_when_no_excuse_overlaps_it(hits, excuses):
    expected = sorted(hit for hit in hits if not any(overlap(hit, excuse) for excuse in excuses))

    assert unexcused(hits, excuses) == expected


@given(spans)
def test_tally_is_the_largest_set_without_overlap(found):
    best = max(
        size
        for size in range(len(found) + 1)
        for some in combinations(found, size)
        if not any(overlap(one, other) for one, other in combinations(some, 2))
    )

    assert tally(found) == best


@given(spans, spans, spans, st.integers(0, 3))
def test_a_chain_ends_wherever_some_way_through_the_steps_ends(first, second, third, gap):
    ways = [
        (one[0], last[1])
        for one in first
        for middle in second
        for last in third
        if 0 <= middle[0] - one[1] <= gap and 0 <= last[0] - middle[1] <= gap
    ]

    found = chain([first, second, third], gap)

    assert {end for _, end in found} == {end for _, end in ways}
    assert all(start == max(begin for begin, end in ways if end == stop) for start, stop in found)


@given(spans)
def test_merged_spans_cover_the_same_ground_apart_from_one_another(found):
    merged = merge(found)

    assert {at for start, end in merged for at in range(start, end)} == {
        at for s, e in found for at in range(s, e)
    }
    assert all(before[1] < after[0] for before, after in pairwise(merged))


def test_a_quotation_needs_words_beside_it():
    assert quotations("「死ね」って") == [(0, 4)]
    assert quotations("「死ね」w") == []
    assert quotations("「死ね") == []
