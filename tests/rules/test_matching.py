"""What conditions on the text hit, and where."""

from datetime import timedelta

from rules.subject import Recent
from tests.rules.support import NOON, fires, marks, rule_data, ruleset, subject


def test_a_phrase_is_found_in_the_folded_text_and_shown_as_typed():
    assert marks({"terms": ["死ね"]}, "もう 死 ね よ") == ["死 ね"]


def test_offsets_count_code_points():
    assert marks({"terms": ["死ね"]}, "👍🏽𠮷死ね") == ["死ね"]


def test_a_phrase_in_view_raw_is_taken_as_it_is():
    assert fires({"terms": ["LINE"], "view": "raw"}, "LINE教えて")
    assert not fires({"terms": ["LINE"], "view": "raw"}, "line教えて")


def test_an_exception_excuses_only_the_hit_it_overlaps():
    when = {"terms": ["死ね"], "except": ["必死"]}

    assert not fires(when, "必死ねえ")
    assert marks(when, "必死ねえ、死ね") == ["死ね"]


def test_unless_excuses_every_hit_of_the_condition():
    when = {"terms": ["死ね"], "unless": ["って言われた"]}

    assert not fires(when, "死ね死ねって言われた")
    assert fires(when, "死ね")


def test_a_quotation_is_excused_where_the_rule_says_so_and_a_quoted_whole_message_is_not():
    when = {"terms": ["死ね"], "quoted": False}

    assert not fires(when, "「死ね」と書いた人がいる")
    assert not fires(when, "『死ね』はだめ")
    assert fires(when, "「死ね」")
    assert fires({"terms": ["死ね"]}, "「死ね」と書いた人がいる")


def test_token_mode_asks_for_word_boundaries():
    when = {"terms": ["かす"], "mode": "token"}

    assert fires(when, "このかす", words=(2,))
    assert not fires(when, "かすてら", words=())


def test_exact_mode_asks_for_the_whole_text():
    when = {"terms": ["きえろ"], "mode": "exact"}

    assert fires(when, "き え ろ")
    assert not fires(when, "きえろよ")


def test_reading_mode_looks_at_the_reading():
    when = {"all": [{"terms": ["死"]}, {"terms": ["しね"], "mode": "reading"}]}

    assert marks(when, "死ね") == ["死ね"]


def test_at_least_counts_hits_that_do_not_overlap():
    when = {"terms": ["ああ"], "at_least": 2}

    assert not fires(when, "あああ")
    assert fires(when, "ああああ")


def test_a_sequence_keeps_order_and_gap():
    when = {"sequence": [["住所"], ["教え", "どこ"]], "gap": 3}

    assert marks(when, "ねえ住所 を教えて") == ["住所 を教え"]
    assert not fires(when, "教えて住所")
    assert not fires(when, "住所なんてどうでも教え")


def test_a_sequence_of_three_steps_finds_the_shortest_way():
    when = {"sequence": [["a"], ["b"], ["c"]], "gap": 2}

    assert marks(when, "aabxc") == ["abxc"]
    assert not fires(when, "acb")


def test_a_pattern_is_found_and_shown():
    assert marks({"patterns": ["[0-9]{3}-[0-9]{4}"]}, "番号は 123-4567 だよ") == ["123-4567"]


def test_a_pattern_can_be_excused_by_a_phrase():
    when = {"patterns": ["[0-9]{3}"], "except": ["型番123"]}

    assert not fires(when, "型番123です")
    assert marks(when, "型番123と456") == ["456"]


def test_lists_bring_their_own_exceptions():
    words = {
        "id": "words",
        "title": "語のリスト",
        "why": "Words for a test.",
        "terms": ["死ね"],
        "except": ["必死"],
    }
    rules = ruleset(rule_data({"lists": ["words"]}), lists={"words": words})

    assert [len(hits) for hits in rules.match_subjects([subject("死ね"), subject("必死ね")])] == [1, 0]


def test_a_list_in_a_sequence_brings_its_exceptions_too():
    words = {
        "id": "words",
        "title": "語のリスト",
        "why": "Words for a test.",
        "terms": ["らいん"],
        "except": ["おんらいん"],
    }
    rules = ruleset(rule_data({"sequence": [{"lists": ["words"]}, ["交換"]]}), lists={"words": words})

    assert [
        len(hits) for hits in rules.match_subjects([subject("らいん交換"), subject("おんらいん交換")])
    ] == [1, 0]


JOINED = {"joined": {"terms": ["死ね"], "within": "30s", "piece": 3}}
SIMILAR = {"similar": {"to": "author", "at_least": 0.6, "times": 2, "min_length": 5}}


class TestJoined:
    def said(self, *texts: str, seconds_ago: int = 5):
        return tuple(Recent(folded=text, sent_at=NOON - timedelta(seconds=seconds_ago)) for text in texts)

    def test_a_word_split_over_messages_is_found_and_the_last_piece_shown(self):
        assert marks(JOINED, "ねよ", recent_author=self.said("お前", "死")) == ["ね"]

    def test_long_messages_between_break_the_word(self):
        assert not fires(JOINED, "ね", recent_author=self.said("死", "これは長い"))

    def test_old_messages_are_not_joined(self):
        assert not fires(JOINED, "ね", recent_author=self.said("死", seconds_ago=31))

    def test_a_word_that_was_complete_before_is_not_found_again(self):
        assert not fires(JOINED, "草", recent_author=self.said("死ね"))

    def test_a_word_that_is_whole_in_this_message_is_no_split_word(self):
        assert not fires(JOINED, "死ね", recent_author=self.said("お前"))

    def test_unknown_recent_messages_are_no_hit(self):
        assert not fires(JOINED, "ね")


class TestSimilar:
    def said(self, *texts: str):
        return tuple(Recent(folded=text, sent_at=NOON - timedelta(seconds=9)) for text in texts)

    def test_near_copies_are_counted(self):
        assert fires(
            SIMILAR, "今日も見に来てね", recent_author=self.said("今日も見に来てよ", "今日は見に来てね")
        )
        assert not fires(SIMILAR, "今日も見に来てね", recent_author=self.said("今日も見に来てよ", "おはよう"))

    def test_short_messages_are_never_alike(self):
        assert not fires(SIMILAR, "草", recent_author=self.said("草", "草"))


def test_lone_surrogates_are_searched_without_harm():
    assert marks({"terms": ["死ね"]}, "\ud800死ね") == ["死ね"]
    assert marks({"patterns": ["死."]}, "\udfff死ね") == ["死ね"]


def test_a_text_of_ten_thousand_hits_is_answered():
    assert fires({"terms": ["あ"], "except": ["いあ"]}, "あ" * 10_000)
    assert fires({"sequence": [["あ"], ["あ"], ["い"]], "gap": 60}, "あ" * 9_999 + "い")
