import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.fold import MASK, fold
from classifiers.fold.tables import fold_char

TRICKY = st.text(
    st.sampled_from(
        "死しねぬ氏市4５56す木又工口ロえぇエーー〜 　.。、・_○〇xXｗwっッつタヒﾀﾋﾈﾊﾞﾟ゛゙か力ばバιshineomakr\u200b1ぃぅ\ufe0f\u0301💀㍍ﷺ\ud800\n"
    ),
    max_size=40,
)
TEXTS = st.one_of(st.text(st.characters(), max_size=40), TRICKY)


@given(TEXTS)
@settings(max_examples=1500)
def test_every_span_of_the_folded_text_is_a_non_empty_slice_of_the_raw_text(raw):
    folded = fold(raw)

    before = 0
    for at in range(len(folded.text)):
        start, end = folded.raw_span(at, at + 1)
        assert 0 <= start < end <= len(raw)
        assert start >= before
        before = start
    assert len(folded.wide) == len(folded.text)


@given(TEXTS)
@settings(max_examples=1500)
def test_folding_twice_changes_nothing(raw):
    once = fold(raw).text

    assert fold(once).text == once


@given(st.characters())
def test_a_folded_character_folds_to_itself(char):
    assert "".join(map(fold_char, fold_char(char))) == fold_char(char)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("ＡＢＣ", "abc"),
        ("キモイ", "きもい"),
        ("ｷﾓｲ", "きもい"),
        ("ﾊﾞｶ", "ばか"),
        ("は゛か", "ばか"),
        ("きっしょ", "きつしよ"),
        ("きっっっしょ", "きつしよ"),
        ("しねえええ", "しね"),
        ("死ねーーーー", "死ね"),
        ("ばああああか", "ばか"),
        ("かわいい", "かわいい"),
        ("ｗｗｗｗ", "w"),
        ("し.ね", "しね"),
        ("し　ね", "しね"),
        ("死_ね", "死ね"),
        ("死\u200b\ufe0fね", "死ね"),
        ("し、ね", "しね"),
        ("お前 し ね よ", "お前しねよ"),
        ("s h i n e", "しね"),
        ("お前 s.h.i.n.e", "お前しね"),
        ("ⓢⓗⓘⓝⓔ", "しね"),
        ("s h o w time", "show time"),
        ("shine", "shine"),
        ("ｓｈｉｎｅ", "shine"),
        ("s h i n e yo omae", "しねよおまえ"),
        ("sh1ne", "しね"),
        ("L 1 N E", "line"),
        ("baka ha kaere", "ばかはかえれ"),
        ("korosu zo", "ころすぞ"),
        ("bakka janeno", "ばつかじやねの"),
        ("お前kimoi", "お前きもい"),
        ("しぃねぇよぉ", "しねよ"),
        ("くぅずぅぅ", "くず"),
        ("ぶすぅ", "ぶす"),
        ("歹ヒね", "死ね"),
        ("💀ね", "死ね"),
        ("🔪しに行く", "殺しに行く"),
        ("ゴ三が", "ごみが"),
        ("ブ夕が", "ぶたが"),
        ("遊ぶ夕ご飯前", "遊ぶ夕ご飯前"),
        ("引退汁", "引退しろ"),
        ("頃すぞ", "殺すぞ"),
        ("𝓴𝓲𝓶𝓸𝓲", "きもい"),
        ("k\u0301i\u0302moi", "きもい"),
        ("氏ね", "死ね"),
        ("お前氏ね", "お前死ね"),
        ("ﾀﾋﾈ", "死ね"),
        ("タヒんで", "死んで"),
        ("4ね", "死ね"),
        ("56すぞ", "殺すぞ"),
        ("564てやる", "殺してやる"),
        ("木又すぞ", "殺すぞ"),
        ("工口い", "えろい"),
        ("ιね", "しね"),
        ("バ力", "ばか"),
        ("死〇", "死" + MASK),
        ("し＊ね", "し" + MASK + "ね"),
        ("おxい", "お" + MASK + "い"),
    ],
)
def test_spellings_that_hide_a_word_fold_to_the_word(raw, folded):
    assert fold(raw).text == folded


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("必死。ねむい", "必死。ねむい"),
        ("彼氏ね", "彼氏ね"),
        ("横浜市ね", "横浜市ね"),
        ("さいたま市ね", "さいたま市ね"),
        ("タヒチ行きたい", "たひち行きたい"),
        ("レベル56しか", "れべる56しか"),
        ("56すぎた", "56すぎた"),
        ("56さんおめ", "56さんおめ"),
        ("木又さん", "木又さん"),
        ("気にしねえよ", "気にしねえよ"),
        ("電話は0000で", "電話は0000で"),
        ("hello world", "hello world"),
        ("you shine so bright", "you shine so bright"),
        ("one more time", "one more time"),
        ("game over", "game over"),
        ("https://example.com/baka", "https://example.com/baka"),
        ("@baka さん", "@baka さん"),
        ("うるせぇ", "うるせえ"),
        ("ファン", "ふあん"),
        ("笑いすぎて💀", "笑いすぎて💀"),
        ("🔪で切る", "🔪で切る"),
        ("ご三家", "ご三家"),
        ("味噌汁", "味噌汁"),
        ("今頃すごい", "今頃すごい"),
        ("1 v 1", "1v1"),
    ],
)
def test_text_that_only_looks_like_it_keeps_its_meaning(raw, folded):
    assert fold(raw).text == folded


def test_a_span_leads_back_to_the_text_as_typed():
    raw = "もう ﾀﾋ ﾈ よ"
    folded = fold(raw)
    at = folded.text.index("死ね")
    start, end = folded.raw_span(at, at + 2)

    assert raw[start:end] == "ﾀﾋ ﾈ"


def test_the_stretch_belongs_to_the_span():
    folded = fold("しねえええよ")

    assert folded.raw_span(0, 2) == (0, 5)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-1, 1), (1, 3), (2, 1)])
def test_a_span_outside_the_folded_text_is_refused(start, end):
    with pytest.raises(ValueError, match=r"need 0 <= start < end <= 2"):
        fold("しね").raw_span(start, end)


def test_the_wide_form_keeps_katakana_for_the_tokenizer():
    assert fold("ﾊﾞｶ と ファン").wide == "バカとファン"


@pytest.mark.parametrize(
    "raw",
    ["", "\ud800", "\x00\x07", "\u200b", "あ" * 10_000, "ねえ え" * 2_500, "か゛" * 5_000, "㍍" * 5_000],
)
def test_any_text_folds(raw):
    fold(raw)
