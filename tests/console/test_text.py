"""Chat text and names on a page: marked, veiled, and never more than text."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from api.console.chat import Mark, as_html, as_text, hides, pieces, quotes_of, veiled, visible

SCRIPT = "<script>alert(1)</script>\"'&"


@st.composite
def marked(draw):
    text = draw(st.text(max_size=40))
    spans = draw(st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)), max_size=5))
    return text, [Mark(start=start, end=end, veil=draw(st.booleans())) for start, end in spans]


@settings(deadline=None)  # a busy machine is no failure
@given(marked())
def test_pieces_put_together_are_the_text(given):
    text, marks = given

    assert "".join(piece.text for piece in pieces(text, marks)) == text


@settings(deadline=None)  # a busy machine is no failure
@given(marked())
def test_nothing_that_hides_or_turns_reaches_the_page(given):
    text, marks = given
    shown = Markup(as_html(text, marks)).striptags()

    assert not [char for char in shown if hides(char) and char != "\u200d"]


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=40))
def test_text_stays_text(text):
    html = str(as_html(f"{text}{SCRIPT}", [Mark(start=0, end=len(text) + 9, reason=SCRIPT, veil=True)]))

    assert "<script" not in html
    assert 'data-why="&lt;script' in html


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("ラ\u200bイン", "ZWSP"),
        ("evil\u202egnp.exe", "RLO"),
        ("a\u2066b", "LRI"),
        ("\x07", "U+0007"),
        ("\ufeff", "BOM"),
    ],
)
def test_hidden_characters_are_named(text, label):
    assert f">{label}</span>" in visible(text)


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "❤️‍🔥", "🏳️‍🌈"])
def test_joined_emoji_stay_one_picture(emoji):
    assert visible(emoji) == emoji


def test_a_tower_of_marks_is_cut():
    tower = "あ" + "\u0335" * 30

    assert sum(1 for char in visible(tower) if unicodedata.combining(char)) == 3


def test_a_veil_shows_the_first_letter_only():
    assert veiled("死ね") == "死〇"
    assert veiled("\u200bﾊﾞｶ") == "ﾊ〇〇"
    assert veiled("\u200b") == "〇"
    assert len(veiled("あ" * 500)) == 13


def test_marks_without_a_veil_are_readable():
    assert str(as_html("今から行く", [Mark(start=0, end=2)], focusable=False)) == (
        '<bdi class="chat"><mark>今か</mark>ら行く</bdi>'
    )


def test_names_and_messages_cannot_carry_script_into_a_page(visit, desk):
    case_id = desk.case(SCRIPT, name=SCRIPT, at=datetime.now(UTC), spans=[(0, 4)])
    desk.room("r-1", category="fps", title=SCRIPT)
    desk.report(case_id, text=SCRIPT)
    aoki = visit("aoki")

    for path in ("/console/queue", f"/console/cases/{case_id}", "/console/reports"):
        page = aoki.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_name_that_turns_the_line_round_is_kept_to_itself(visit, desk):
    desk.case(name="evil\u202egnp.exe", at=datetime.now(UTC))
    page = visit("aoki").get("/console/queue").text

    assert "\u202e" not in page
    assert '<bdi class="name">evil<span class="hidden-char"' in page


def test_a_word_that_two_marks_share_shows_one_letter():
    html = as_html("黙れ", [Mark(start=0, end=1, veil=True), Mark(start=0, end=2, veil=True)])

    assert re.findall(r'class="veil">(.+?)<', html) == ["黙〇", "〇"]


def test_a_reason_does_not_say_aloud_what_its_message_veils():
    reason = "「しね」「バカ」「しね」が「侮辱・誹謗中傷」の表現として辞書に載っています。"

    assert as_text(reason, tuple(quotes_of(reason, {"しね", "バカ", "いない"}))) == (
        "「し〇」「バ〇」「し〇」が「侮辱・誹謗中傷」の表現として辞書に載っています。"
    )
