"""What may be quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.trends.publishable import publishable


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("田中さんマジで消えろ", "［名前］さんマジで消えろ"),
        ("皆さんこんばんは", "皆さんこんばんは"),
        ("https://example.com/x?a=1 見て", "［リンク］ 見て"),
        ("連絡は foo.bar@example.co.jp まで", "連絡は ［メール］ まで"),
        ("電話は090-1234-5678", "電話は［数字］"),
        (">>123 うるさい", "［名前］ うるさい"),
        ("ID は taro_99 だよ", "ID は ［ID］ だよ"),
        ("3人でやろう", "3人でやろう"),
    ],
)
def test_what_leads_to_a_person_is_taken_out(text, masked):
    assert publishable(text) == masked


def test_known_names_go_whatever_they_look_like():
    assert publishable("きょうのねぎま来てる？", names=["ねぎま"]) == "きょうの［名前］来てる？"


def test_what_hurts_keeps_its_first_character():
    assert publishable("早く死ねよ", harm=lambda _: [(2, 5)]) == "早く死○○"


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90)), max_size=3))
def test_any_text_can_be_masked_and_keeps_no_long_number(text, spans):
    masked = publishable(text, harm=lambda _: spans)

    assert not any(
        masked[at : at + 3].isascii() and masked[at : at + 3].isdigit() for at in range(len(masked) - 2)
    )
