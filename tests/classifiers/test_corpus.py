import json
from dataclasses import replace

import pytest

from classifiers.corpus import corpus_hash, load_rows, of_split, split_of
from classifiers.corpus_check import check_corpus
from classifiers.errors import CorpusError
from tests.classifiers.samples import rows

GOOD = {
    "text": "おつ",
    "categories": [],
    "minors": False,
    "target": "none",
    "register": "casual",
    "group": "bye",
}


def write(path, *given):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in given), encoding="utf-8")
    return path


def test_rows_are_read_from_every_file_of_a_folder(tmp_path):
    write(tmp_path / "a.jsonl", GOOD)
    write(
        tmp_path / "b.jsonl",
        GOOD | {"text": "死ね", "categories": ["insult", "threat"], "evasion": ["kana"], "hard": False},
    )

    first, second = load_rows([tmp_path])

    assert (first.text, first.categories, first.at) == ("おつ", frozenset(), f"{tmp_path}/a.jsonl:1")
    assert (second.categories, second.evasion) == ({"insult", "threat"}, ("kana",))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"categories": ["insults"]}, "`categories` has 'insults'; did you mean 'insult'?"),
        ({"target": "viewers"}, "`target` has 'viewers'; did you mean 'viewer'?"),
        ({"register": "rude"}, "`register` has 'rude'"),
        ({"evasion": ["maks"]}, "`evasion` has 'maks'; did you mean 'mask'?"),
        ({"minors": 1}, "`minors` must be true or false, got 1"),
        ({"text": " "}, "`text` must be text that is not empty"),
        ({"categories": "insult"}, "`categories` must be a list of texts"),
        ({"catgories": []}, "unknown key 'catgories'; did you mean 'categories'?"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_mending(tmp_path, change, problem):
    path = write(tmp_path / "a.jsonl", GOOD, GOOD | change)

    with pytest.raises(CorpusError) as caught:
        load_rows([path])

    [said] = caught.value.problems
    assert said.startswith(f"{path}:2: ")
    assert problem in said


def test_rows_that_lack_something_or_are_no_json_are_named_together(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "あ"}\n{oops\n[1]\n', encoding="utf-8")

    with pytest.raises(CorpusError) as caught:
        load_rows([path])

    assert [said.split(": ", 1)[1][:12] for said in caught.value.problems] == [
        "lacks catego",
        "not JSON: Ex",
        "must be a JS",
    ]


def test_a_folder_without_rows_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="no corpus rows"):
        load_rows([tmp_path])


def test_a_group_stands_on_one_side_only():
    sides = [{row.group for row in of_split(rows(), side)} for side in ("train", "dev", "test")]

    assert all(sides)
    assert not sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2]


def test_nineteen_in_twenty_groups_are_taught():
    sides = [split_of(f"group {number}") for number in range(2000)]

    assert 0.82 < sides.count("train") / 2000 < 0.88
    assert 0.03 < sides.count("test") / 2000 < 0.07


def test_the_hash_tells_labels_and_not_order():
    given = rows()

    assert corpus_hash(given) == corpus_hash(given[::-1])
    assert corpus_hash(given) != corpus_hash([replace(given[0], minors=True), *given[1:]])


def distinct(number):
    return replace(
        rows()[0],
        text="".join(chr(0x4E00 + number * 40 + at) for at in range(12)),
        group=f"g{number}",
        at=f"f:{number}",
    )


def test_a_corpus_of_distinct_lines_passes():
    report = check_corpus([distinct(number) for number in range(100)])

    assert report.ok
    assert report.counts["lines"] == 100
    assert report.growth[0] * 10 == report.growth[-1] == 900


def test_the_same_text_twice_is_refused():
    report = check_corpus([distinct(1), replace(distinct(1), at="f:9"), *map(distinct, range(2, 200))])

    assert "f:9: the same text stands at f:1" in report.problems


def test_too_many_near_copies_are_refused():
    lines = [distinct(number) for number in range(90)]
    copies = [replace(row, text=row.text + "あ", at=row.at + "c") for row in lines[:3]]

    report = check_corpus([*lines, *copies])

    assert report.near_share == pytest.approx(6 / 93)
    assert "6.45% of lines have a near copy" in report.problems[0]


def test_lines_of_a_foreign_file_are_refused():
    report = check_corpus([distinct(number) for number in range(20)], against=[distinct(3).text + "。"])

    assert report.copied == 1
    assert report.problems == ("f:3: stands, or nearly stands, in the texts checked against",)
