import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.views import VIEW_NAMES, Views

TEXTS = st.one_of(
    st.text(max_size=30), st.text(st.sampled_from("死しねぇバカ眠い。 ﾊﾞｶか゛💀xＡ\ud800\t,"), max_size=30)
)


@given(TEXTS, st.sampled_from(VIEW_NAMES))
@settings(max_examples=400)
def test_every_slice_of_every_view_leads_to_a_non_empty_raw_slice(raw, view):
    views = Views(raw)

    for at in range(len(views.text(view))):
        start, end = views.raw_span(view, at, at + 1)
        assert 0 <= start < end <= len(raw)


@given(TEXTS)
@settings(max_examples=400)
def test_tokens_stand_in_order_where_they_say(raw):
    views = Views(raw)

    end = 0
    for token in views.tokens:
        assert end <= token.start < token.end
        end = token.end
        assert "\ud800" in raw or views.text("tokens")[token.start : token.end] == token.surface


def test_the_reading_leads_back_to_whole_words():
    views = Views("頭が おかしい")

    assert views.reading == "あたまがおかしい"
    assert views.raw_span("reading", 1, 2) == (0, 1)
    assert views.raw_span("reading", 2, 5) == (0, 7)


def test_half_width_kana_is_read_as_words():
    assert [token.lemma for token in Views("ﾊﾞｶ と 言う").tokens] == ["馬鹿", "と", "言う"]


def test_token_bounds_are_given_for_each_view():
    views = Views("バ.カ だ")

    assert views.token_bounds("folded") == {0, 2, 3}
    assert views.token_bounds("raw") == {0, 3, 4, 5}
    assert views.token_bounds("reading") == {0, 2, 3}


def test_an_unknown_view_is_refused():
    with pytest.raises(ValueError, match="no view 'row'; there are raw, folded, reading, tokens"):
        Views("あ").text("row")


def test_a_span_outside_a_view_is_refused():
    with pytest.raises(ValueError, match="need 0 <= start < end <= 1 in view 'raw'"):
        Views("あ").raw_span("raw", 0, 2)
