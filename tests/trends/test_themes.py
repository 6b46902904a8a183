"""Themes of what viewers write."""

from moderation.trends.compare import Change
from moderation.trends.letter import LetterKind
from moderation.trends.themes import find_themes
from tests.trends.letters import WEEK, letter

FRAUD = ("詐欺のリンクを貼っています", "詐欺サイトに誘導されました", "詐欺です")
RAID = ("荒らしの集団が来ました", "集団で荒らしています", "荒らし集団に困っています")


def of(texts, times=1, **given):
    return [
        letter(text, number=at * 10 + turn, **given) for turn in range(times) for at, text in enumerate(texts)
    ]


def test_letters_that_share_words_are_one_theme():
    found = find_themes([*of(FRAUD), *of(RAID), letter("字が小さくて読めません")], WEEK)

    assert [theme.letters for theme in found.themes] == [3, 3]
    assert {theme.words[0] for theme in found.themes} == {"詐欺", "荒らし"} or {"詐欺", "集団"}
    assert found.alone == 1


def test_the_order_of_letters_changes_nothing():
    letters = [*of(FRAUD), *of(RAID), *of(FRAUD, before=True)]

    assert find_themes(letters, WEEK) == find_themes(letters[::-1], WEEK)


def test_many_more_people_than_before_is_a_rise_and_a_few_are_not():
    many = find_themes([*of(FRAUD, times=8), *of(FRAUD, before=True)], WEEK).themes[0]
    few = find_themes([*of(FRAUD, times=2), *of(FRAUD, before=True)], WEEK).themes[0]

    assert (many.change, few.change) == (Change.UP, Change.UNCLEAR)


def test_one_person_writing_again_and_again_is_no_rise():
    again = [letter(text, number=turn, sender="u-1") for turn in range(10) for text in FRAUD]

    theme = find_themes([*again, *of(FRAUD, before=True)], WEEK).themes[0]

    assert (theme.letters, theme.senders, theme.change) == (30, 1, Change.UNCLEAR)


def test_quotes_are_masked_and_never_from_letters_about_minors():
    letters = [
        letter("詐欺のDMが田中さんから来ました", number=1),
        letter("詐欺の人 @bad_guy です", number=2),
        letter("小学生に詐欺をしています", number=3, minors=True),
    ]

    quotes = find_themes(letters, WEEK).themes[0].quotes

    assert set(quotes) == {"詐欺のDMが［名前］さんから来ました", "詐欺の人 ［名前］ です"}


def test_a_child_is_never_quoted_and_a_wording_only_once():
    letters = [
        letter("詐欺のリンクです。娘は12歳です", number=1),
        letter("詐欺のリンクです", number=2),
        letter("詐欺のリンクですよね", number=3),
    ]

    assert find_themes(letters, WEEK).themes[0].quotes == ("詐欺のリンクです",)


def test_a_theme_is_called_as_people_write_it_and_never_by_somebodys_name():
    texts = (
        "佐々木さんにゴースティングされた",
        "佐々木さんのゴースティング",
        "佐々木さんがゴースティングで地蔵勇者と言う",
        "佐々木さんのゴースティングと地蔵勇者",
    )

    [theme] = find_themes(of(texts), WEEK).themes

    assert theme.names[0] == "ゴースティング"
    assert "地蔵勇者" in theme.names
    assert "佐々木" not in theme.name


def test_an_inquirys_topic_counts_as_it_was_given_and_a_reports_by_its_words():
    letters = [
        letter("詐欺でした", number=1, kind=LetterKind.INQUIRY, about="payment"),
        letter("配信のコメントで詐欺", number=2),
        letter("配信でゲームのチート詐欺", number=3),
    ]

    assert find_themes(letters, WEEK).topics == {"streaming": 1, "both": 1, "payment": 1}


def test_nothing_written_is_no_theme():
    found = find_themes([letter("")], WEEK)

    assert (found.letters, found.empty, found.themes) == (0, 1, ())
