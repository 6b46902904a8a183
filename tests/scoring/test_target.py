"""Whom a message is about: the words, and who speaks to whom in which room."""

import pytest

from classifiers.corpus import load_rows, of_split
from classifiers.model import Classifier
from moderation.scoring import target
from moderation.scoring.detectors import ClassifierBridge
from moderation.scoring.message import Author, Room
from moderation.scoring.talk import RoomLine
from moderation.taxonomy import AuthorRole, Target
from tests.support.factories import NOON, message

STREAMER, VIEWER, THIRD, SELF, NONE = (
    Target.STREAMER, Target.VIEWER, Target.THIRD_PARTY, Target.SELF, Target.NONE,
)  # fmt: skip
EVEN = dict.fromkeys(Target, 0.2)
UNSURE = {STREAMER: 0.35, VIEWER: 0.25, THIRD: 0.15, SELF: 0.1, NONE: 0.15}
"""What the words often come to: somebody, and hardly more."""


def target_of(likelihoods, one, talk=None):
    return target.target_of(likelihoods, target.facts_of(one, talk))


def line(author, text, *, name=None):
    return RoomLine(
        message_id=f"m-{text}", author_id=author, author_name=name or author, text=text, sent_at=NOON
    )


def said(text, *, author="u-1", role=AuthorRole.VIEWER, to=None, name="みかん箱"):
    return message(
        text, author=Author(id=author, role=role, name=name), room=Room(id="r-1", streamer_id="s-1"), target_id=to
    )  # fmt: skip


class TestFacts:
    def test_without_facts_the_words_decide(self):
        assert target_of(UNSURE, said("下手だなあ")) is STREAMER
        assert target_of(UNSURE | {NONE: 0.5}, said("下手だなあ")) is NONE

    @pytest.mark.parametrize(("to", "expected"), [("s-1", STREAMER), ("u-2", VIEWER), ("u-1", SELF)])
    def test_whom_the_service_knows_it_answers(self, to, expected):
        assert target_of(EVEN, said("下手だなあ", to=to)) is expected

    def test_plain_words_win_over_a_reply(self):
        assert target_of({STREAMER: 0.01, VIEWER: 0.01, THIRD: 0.01, SELF: 0.96, NONE: 0.01}, said("俺が悪い", to="u-2")) is SELF  # fmt: skip

    @pytest.mark.parametrize("text", ["@たろう 黙れ", "＠たろう 黙れ", ">>12 黙れ", "＞＞１２ それはない"])
    def test_a_name_or_a_comments_number_is_a_viewer(self, text):
        assert target_of(UNSURE, said(text)) is VIEWER

    def test_a_name_that_the_room_knows_is_that_person(self):
        talk = [line("s-1", "はいこんばんは", name="ゆず"), line("u-2", "こん", name="たろう")]

        assert target_of(EVEN, said("@ゆず 黙れ"), talk) is STREAMER
        assert target_of(UNSURE, said("@たろう黙れ"), talk) is VIEWER
        assert target_of(EVEN, said("@みかん箱 黙れ"), [line("u-1", "あ", name="みかん箱")]) is SELF

    def test_you_means_somebody_in_the_room(self):
        likely_none = {STREAMER: 0.3, VIEWER: 0.1, THIRD: 0.2, SELF: 0.0, NONE: 0.4}

        assert target_of(likely_none, said("お前それはない")) is STREAMER
        assert target_of(likely_none, said("それはない")) is NONE

    @pytest.mark.parametrize("text", ["お前らうるさい", "コメ欄うるさい", "みんな落ち着け"])
    def test_you_of_many_is_the_viewers(self, text):
        assert target_of(UNSURE, said(text)) is VIEWER

    def test_a_streamer_speaks_of_others_or_of_oneself(self):
        assert target_of(UNSURE, said("お前それはない", author="s-1", role=AuthorRole.STREAMER)) is VIEWER
        assert target_of(UNSURE, said("お前それはない", author="s-1")) is VIEWER  # known by id alone

    def test_you_is_whom_one_spoke_with_by_name_a_moment_ago(self):
        mine = [line("u-2", "は?", name="たろう"), line("u-1", "@たろう 黙れ", name="みかん箱")]
        theirs = [line("u-2", "@みかん箱 下手くそ", name="たろう")]

        for talk in (mine, theirs):
            assert target_of(UNSURE, said("お前がな"), talk) is VIEWER
        assert (
            target_of(UNSURE, said("お前がな"), [*theirs, *[line("u-9", str(n)) for n in range(5)]])
            is STREAMER
        )

    @pytest.mark.parametrize("text", ["暴君すぎる", "君臨してる", "諸君らしい名前の武器"])
    def test_a_letter_inside_a_word_is_no_you(self, text):
        likely_none = {STREAMER: 0.3, VIEWER: 0.1, THIRD: 0.2, SELF: 0.0, NONE: 0.4}

        assert target_of(likely_none, said(text)) is NONE

    @pytest.mark.parametrize("text", ["", "@", "@@@", ">>", "\ud800@\0", "@" * 10_000, ">" * 10_000])
    def test_any_text_gets_an_answer(self, text):
        assert target_of(EVEN, said(text), [line("u-2", text)]) in Target


TALK = (line("s-1", "いくよー", name="ゆず"), line("u-2", "そこ右だろ", name="たろう"))
HEATED = (*TALK, line("u-2", "@みかん箱 黙ってろよ", name="たろう"))
CASES = [
    (said("下手くそだから配信やめろ"), TALK, STREAMER),
    (said("その声ほんと無理"), TALK, STREAMER),
    (said("顔出ししてみろよブス", to="s-1"), TALK, STREAMER),
    (said("消えろ", to="s-1"), TALK, STREAMER),
    (said("消えろ", to="u-2"), TALK, VIEWER),
    (said("きっしょ", to="u-2"), TALK, VIEWER),
    (said("頭悪そう", to="u-2"), TALK, VIEWER),
    (said("頭悪そう", to="s-1"), TALK, STREAMER),
    (said("死ね", to="u-2"), TALK, VIEWER),
    (said("うざい", to="s-1"), TALK, STREAMER),
    (said("@たろう 黙ってろ雑魚"), TALK, VIEWER),
    (said("@ゆず 黙ってろ雑魚"), TALK, STREAMER),
    (said("＠たろう いちいちうるさいんだよ"), TALK, VIEWER),
    (said("@ゆず 引退しろ"), TALK, STREAMER),
    (said(">>34 頭おかしいのか"), TALK, VIEWER),
    (said(">>8 嘘つくな"), TALK, VIEWER),
    (said("お前が黙れよ"), HEATED, VIEWER),
    (said("おまえに言われたくない"), HEATED, VIEWER),
    (said("あんた誰だよ"), HEATED, VIEWER),
    (said("お前らまとめて消えろ"), TALK, VIEWER),
    (said("コメ欄が地獄すぎる"), TALK, VIEWER),
    (said("リスナーのレベル低すぎ"), TALK, VIEWER),
    (said("指示厨うるさい"), TALK, VIEWER),
    (said("お前らうるさい", author="s-1", role=AuthorRole.STREAMER), TALK, VIEWER),
    (said("指示すんな黙って見てろ", author="s-1", role=AuthorRole.STREAMER), TALK, VIEWER),
    (said("お前BANな", author="s-1", role=AuthorRole.STREAMER), TALK, VIEWER),
    (said("俺下手すぎて泣ける", author="s-1", role=AuthorRole.STREAMER), TALK, SELF),
    (said("もう消えたい", author="s-1", role=AuthorRole.STREAMER), TALK, SELF),
    (said("俺なんか生きてる価値ない"), TALK, SELF),
    (said("私ほんとバカだから"), TALK, SELF),
    (said("自分が嫌いすぎてつらい", to="s-1"), TALK, SELF),
    (said("俺には無理だ死にたい", to="u-2"), TALK, SELF),
    (said("あの選手ほんと無能"), TALK, THIRD),
    (said("運営が無能すぎる"), TALK, THIRD),
    (said("あの政治家は嘘つき"), TALK, THIRD),
    (said("この敵うざすぎる殺せ"), TALK, NONE),
    (said("ボス硬すぎて草"), TALK, NONE),
    (said("おつかれさまでした"), TALK, NONE),
    (said("この武器ゴミすぎる"), TALK, NONE),
    (said("ラグひどいな"), TALK, NONE),
]


@pytest.fixture(scope="module")
def classified(model_dir):
    bridge = ClassifierBridge(Classifier.load(model_dir))
    return bridge.classify(bridge.read([one.text for one, _, _ in CASES]))


def test_the_room_tells_more_than_the_words(classified):
    words = sum(found.target is expected for found, (_, _, expected) in zip(classified, CASES, strict=True))
    wrong = [
        (one.text, found, expected)
        for (one, talk, expected), likely in zip(CASES, classified, strict=True)
        if (found := target_of(likely.targets(), one, talk)) is not expected
    ]

    assert len(CASES) - len(wrong) >= 34, wrong
    assert len(CASES) - len(wrong) >= words + 4


def test_words_alone_are_no_worse_for_it(model_dir):
    rows = of_split(load_rows(), "test")
    bridge = ClassifierBridge(Classifier.load(model_dir))
    found = bridge.classify(bridge.read([row.text for row in rows]))

    words = sum(one.target.value == row.target for one, row in zip(found, rows, strict=True))
    told = sum(
        target_of(one.targets(), message(row.text)).value == row.target
        for one, row in zip(found, rows, strict=True)
    )

    assert told >= words - len(rows) // 200
