"""Moderators read what is wrong with a rule in Japanese, with the key, the value and the nearest word."""

import pytest

from api.console.rules_problems import japanese
from rules.problems import Problem
from tests.rules.support import SOUND
from tests.rules.test_bad_input import CASES, problems_of


def replaced(change):
    return SOUND.replace(*change)


@pytest.mark.parametrize("change", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_every_problem_has_japanese_words(change):
    for problem in problems_of(replaced(change)):
        told = japanese(problem)

        assert told, problem
        assert not {"did you", "should", "write "} & {told}, told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("medium", "meduim"), "「severity」に 'meduim' は使えません。「medium」ではありませんか。"),
        (("titel:", "titel:"), None),
        (("score: 0.5", "score: 2"), "「score」: 1 以下にしてください（今は 2）。"),
        (("[だめなことば]", "[だめなことば, no]"), 'YAMLの版によっては、「no」が「はい・いいえ」の値になります。"no" と引用符で囲んでください。'),
        (("[よいことばだ]", "[だめなことば]"), "例文 'だめなことば' に当たってしまいます。"),
    ],
)  # fmt: skip
def test_it_names_what_is_meant(change, told):
    assert [japanese(one) for one in problems_of(replaced(change))] == ([told] if told else [])


def test_what_has_no_words_is_left_to_its_code():
    assert japanese(Problem(path="a", line=1, code="new", what="something nobody wrote down")) is None
