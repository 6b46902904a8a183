"""Rows from moderators' decisions, and two classifiers side by side."""

import json
from dataclasses import replace

import numpy as np
import pytest

from classifiers.compare import compare, to_text
from classifiers.corpus import Row, load_rows, split_of
from classifiers.errors import CorpusError
from classifiers.eval_rows import never_taught, read_eval
from classifiers.extra import fresh_rows
from classifiers.model import Classifier
from classifiers.train import train
from tests.classifiers import samples

DECIDED = {
    "text": "消えてくれ頼むから",
    "categories": ["insult"],
    "minors": False,
    "group": "case:1",
    "provenance": {"case": "1"},
}


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def decided(text, *categories, case="1"):
    return Row(
        text=text, categories=frozenset(categories), minors=False, target="", register="", group=f"case:{case}"
    )  # fmt: skip


def test_a_decided_row_may_leave_open_whom_it_is_about(tmp_path):
    [row] = load_rows([write(tmp_path / "a.jsonl", DECIDED)])

    assert (row.target, row.register, row.group) == ("", "", "case:1")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"provenance": "me"}, "`provenance` must be an object"),
        ({"target": "viewers"}, "did you mean 'viewer'?"),
    ],
)
def test_what_it_says_must_still_be_right(tmp_path, change, problem):
    with pytest.raises(CorpusError, match=problem):
        load_rows([write(tmp_path / "a.jsonl", DECIDED | change)])


def test_what_the_corpus_says_already_and_older_copies_are_left_out():
    corpus = samples.rows()[:1]
    spam = "登録はこちらから今すぐどうぞ"
    extra = [
        decided(spam, case="1"),
        decided(corpus[0].text + "!!", case="2"),
        decided("まったく別の話をしている", case="3"),
        decided(spam + "!", "spam_scam", case="4"),
    ]

    found = fresh_rows(extra, corpus)

    assert [row.group for row in found.rows] == ["case:3", "case:4"]
    assert (found.in_corpus, found.against, found.repeated) == (1, 1, 1)


def test_decisions_teach_their_categories_and_nothing_about_targets(lexicon, classifier):
    new = "ぽよぬけ"
    extra = [decided(f"{new}だな{number}号", "insult", case=str(number)) for number in range(40)]
    artefact = train(samples.rows(), lexicon, extra=extra)
    taught = Classifier(artefact)

    [before], [after] = classifier.score([new]), taught.score([new])
    assert after.probabilities["insult"] > 10 * before.probabilities["insult"]
    grams = set(artefact.arrays["grams"].tolist())
    number = sorted(grams).index("ぽよ")
    weights = np.abs(artefact.arrays["weights"][number])
    assert weights[-5:].max() < 0.2 * weights[:-5].max()  # only calibration mixes in a little
    assert artefact.card["decided"]["lines"] == 40
    assert artefact.card["corpus"]["lines"] == len(samples.rows())


def test_rows_with_targets_are_taught_as_ever(lexicon, artefact):
    again = train(samples.rows(), lexicon, extra=())

    assert np.array_equal(again.arrays["weights"], artefact.arrays["weights"])


def test_cases_that_training_sees_are_not_measured_on(tmp_path):
    rows = [DECIDED | {"group": f"case:{number}"} for number in range(50)] + [
        {"text": "あ", "categories": [], "group": "mine"}
    ]

    kept = never_taught(read_eval(write(tmp_path / "a.jsonl", *rows)))

    assert {split_of(row.group) for row in kept if row.group} == {"test"}
    assert [row.text for row in kept if not row.group] == ["あ"]


class TestCompare:
    def test_a_classifier_does_not_differ_from_itself(self, classifier):
        found = compare(samples.rows(), classifier, classifier)

        for row in found.figures.values():
            assert all(one is None or one.difference == (0.0, 0.0, 0.0) for one in row.values())

    def test_a_better_one_is_told_from_one_that_guesses(self, artefact, classifier):
        weights = np.zeros_like(artefact.arrays["weights"])
        blind = Classifier(replace(artefact, arrays={**artefact.arrays, "weights": weights}))

        found = compare(samples.rows(), classifier, blind)

        overall = found.figures["overall"]["ap"]
        assert overall.difference[1] > 0
        assert overall.ours - overall.theirs == pytest.approx(overall.difference[0])
        [_, _, line, *_] = to_text(found).splitlines()
        assert line.startswith("overall")
        assert " +" in line

    def test_rows_that_tell_only_harm_are_compared_as_a_whole(self, classifier, tmp_path):
        rows = read_eval(write(tmp_path / "a.jsonl", {"text": "死ね", "expect": "flag"}, {"text": "おつ"}))

        assert list(compare(rows, classifier, classifier).figures) == ["overall"]
