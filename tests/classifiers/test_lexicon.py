from pathlib import Path

import pytest

from classifiers.errors import LexiconError
from classifiers.lexicon import Lexicon
from classifiers.lexicon_file import Entry
from classifiers.views import Views


def found(lexicon, text):
    views = Views(text)
    return [
        (hit.entry.term, text[slice(*views.folding.raw_span(hit.start, hit.end))])
        for hit in lexicon.find(views)
    ]


@pytest.mark.parametrize(
    ("text", "term", "typed"),
    [
        ("お前しねよ", "死ね", "しね"),
        ("早く シ.ネ", "死ね", "シ.ネ"),
        ("まじで氏ねええええ", "死ね", "氏ねええええ"),
        ("し〇ね", "死ね", "し〇ね"),
        ("もう死○", "死ね", "死○"),
        ("キモ過ぎ、ｷﾓい", "キモい", "ｷﾓい"),
        ("き○い", "キモい", "き○い"),
        ("おっ○いだ", "おっぱい", "おっ○い"),
        ("お前ほんとカスだな", "カス", "カス"),
        ("バ カ だ", "馬鹿", "バ カ"),
        ("お前 s h i n e", "死ね", "s h i n e"),
        ("バカジャネーノ", "馬鹿", "バカ"),
        ("お前カ○だな", "カス", "カ○"),
        ("うんこｗｗｗ", "うんこ", "うんこ"),
    ],
)
def test_an_expression_is_found_however_it_is_typed(lexicon, text, term, typed):
    assert (term, typed) in found(lexicon, text)


@pytest.mark.parametrize(
    "text",
    ["カスカベル行き", "カ○タム", "かき氷○", "眠いしね", "そうだしね", "必死だね", "必死ね", "カフェラテ", "確執がある", "シネマ見た", "カスタムした", "クズ餅", "バカンス",
     "ばかり", "馬鹿力", "気にしねえよ", "まだ死ねない", "sunshine", "うんこの話", "無能力者"],
)  # fmt: skip
def test_what_only_looks_like_an_expression_stays_silent(lexicon, text):
    assert found(lexicon, text) == []


def test_an_exception_excuses_only_where_it_stands(lexicon):
    assert found(lexicon, "馬鹿力の馬鹿") == [("馬鹿", "馬鹿")]


def test_letters_right_before_can_make_another_word_of_it():
    lexicon = Lexicon([Entry(category="identity_hate", term="女は家に", severity=3, not_after="彼")])

    assert found(lexicon, "彼女は家に、女は家に") == [("女は家に", "女は家に")]


def test_within_a_category_the_longer_expression_wins():
    lexicon = Lexicon(
        (
            Entry(category="insult", term="馬鹿", severity=1),
            Entry(category="insult", term="馬鹿野郎", severity=2),
        )
    )

    assert [hit.entry.term for hit in lexicon.find(Views("この馬鹿野郎"))] == ["馬鹿野郎"]


def test_the_version_tells_what_is_said_and_not_in_which_order(lexicon):
    turned = Lexicon(reversed(lexicon.entries))

    assert turned.version == lexicon.version
    assert Lexicon(lexicon.entries[1:]).version != lexicon.version
    assert Lexicon.from_rows(lexicon.as_rows()).version == lexicon.version


def test_an_entry_belongs_to_its_further_categories_too(lexicon):
    assert "死ね" in [entry.term for entry in lexicon.by_category("insult")]


@pytest.mark.parametrize("text", ["", "\ud800\x00", "しね" * 5_000, "馬鹿馬鹿力" * 2_000, "カス" * 5_000])
def test_any_text_is_searched(lexicon, text):
    lexicon.find(Views(text))


def write(folder: Path, text: str) -> Path:
    (folder / "insult.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_lexicon_is_read_from_yaml(tmp_path):
    lexicon = Lexicon.load(
        write(
            tmp_path,
            "category: insult\nentries:\n"
            "  - {term: 馬鹿, severity: 2, match: token, reading: バカ, except: [馬鹿力], target: true, also: [profanity]}\n",
        )
    )

    assert lexicon.entries == (
        Entry(
            category="insult", term="馬鹿", severity=2, match="token", reading="バカ", exceptions=("馬鹿力",), target=True,
            also=("profanity",),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{term: 馬鹿, severty: 2}", "unknown key 'severty'; did you mean 'severity'?"),
        ("{term: 馬鹿, severity: 5}", "`severity` of '馬鹿' must be 1, 2, 3 or 4, got 5"),
        ("{term: 馬鹿, severity: true}", "`severity` of '馬鹿' must be 1, 2, 3 or 4, got True"),
        ("{term: 馬鹿, severity: 2, match: tokens}", "`match` has 'tokens'; did you mean 'token'?"),
        ("{term: 馬鹿, severity: 2, also: [insulting]}", "`also` has 'insulting'; did you mean 'insult'?"),
        ("{term: 馬鹿, severity: 2, target: はい}", "`target` must be true or false, got 'はい'"),
        ("{term: 馬鹿, severity: 2, except: 馬鹿力}", "`except` must be a list of texts"),
        (
            "{term: 馬鹿, severity: 2, not_after: [親]}",
            "`not_after` of '馬鹿' must be letters, such as 彼少美, got ['親']",
        ),
        (
            "{term: 馬鹿, severity: 2, not_after: オ}",
            "`not_after` of '馬鹿': write 'オ' as it is when folded, 'お'",
        ),
        (
            "{term: 馬鹿, severity: 2, except: [阿呆]}",
            "exception '阿呆' of '馬鹿' does not hold the term when folded",
        ),
        ("{term: バカ, severity: 2, except: [ばか]}", "exception 'ばか' of 'バカ' folds to the term itself"),
        ("{severity: 2}", "`term` must be text that is not empty when folded"),
        (
            "{term: 12, severity: 2}",
            "`term` must be text that is not empty when folded (quote numbers), got 12",
        ),
        ("馬鹿", "an entry must be a mapping"),
    ],
)
def test_a_bad_entry_is_refused_with_file_line_and_mending(tmp_path, line, problem):
    with pytest.raises(LexiconError) as caught:
        Lexicon.load(
            write(tmp_path, f"category: insult\nentries:\n  - {{term: 阿呆, severity: 1}}\n  - {line}\n")
        )

    [said] = caught.value.problems
    assert said.startswith(f"{tmp_path / 'insult.yaml'}:4: ")
    assert problem in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("category: insults\nentries: []\n", "`category` has 'insults'; did you mean 'insult'?"),
        ("category: insult\nentry: []\n", "unknown key 'entry'; did you mean 'entries'?"),
        ("category: insult\nentries: 3\n", "`entries` must be a list"),
        ("- 1\n", "must be a mapping with `category` and `entries`"),
        ("category: [\n", "not YAML"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, problem):
    with pytest.raises(LexiconError) as caught:
        Lexicon.load(write(tmp_path, text))

    assert problem in str(caught.value)


def test_terms_that_fold_alike_are_refused(tmp_path):
    write(
        tmp_path, "category: insult\nentries:\n  - {term: バカ, severity: 2}\n  - {term: ばか, severity: 2}\n"
    )

    with pytest.raises(LexiconError, match=r"insult.yaml:4: term 'ばか' stands already at .*insult.yaml:3"):
        Lexicon.load(tmp_path)


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(LexiconError, match="no lexicon files"):
        Lexicon.load(tmp_path)
