"""Texts that say the same find each other, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.review.likeness import NEAR, exact_sketch, likeness, near_sketches, plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｼﾈ!!", "シネ"),
        ("しね しね", "シネｼﾈ"),
        ("おまえほんときえろwww", "おまえ、ほんと きえろｗ"),
        ("ABC連絡して", "ａｂｃ連絡して"),
    ],
)
def test_width_case_kana_symbols_and_repeats_do_not_count(one, other):
    assert exact_sketch(one) == exact_sketch(other)


def test_near_texts_share_a_hash_and_most_of_their_letters():
    one = "フォロワー買いませんか 今だけ半額 プロフのリンクから"
    other = "フォロワー買いませんか 今だけ三割引 プロフのリンクから"

    assert exact_sketch(one) != exact_sketch(other)
    assert likeness(one, other) >= NEAR
    assert set(near_sketches(one)) & set(near_sketches(other))


def test_different_texts_are_not_alike():
    assert likeness("今日の配信たのしかった", "お前の家に行くからな") < NEAR


@given(st.text(max_size=60))
def test_any_text_has_hashes_that_a_database_can_keep(text):
    sketches = [exact_sketch(text), *near_sketches(text)]

    assert all(-(2**63) <= sketch < 2**63 for sketch in sketches)
    assert likeness(text, text) == float(bool(plain(text)))
