import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from classifiers.corpus import of_split
from classifiers.errors import EvaluationError
from classifiers.evaluate import EvalRow, evaluate, read_eval, to_text
from classifiers.measures import average_precision, calibration_error, prior_weights, roc_auc
from tests.classifiers import samples

RANKED = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(truth for truth, _ in rows) < len(rows)
)


@given(RANKED)
def test_ranking_figures_equal_those_of_scikit_learn(rows):
    truth = np.array([truth for truth, _ in rows])
    chances = np.array([chance / 6 for _, chance in rows])

    assert average_precision(truth, chances) == pytest.approx(average_precision_score(truth, chances))
    assert roc_auc(truth, chances) == pytest.approx(roc_auc_score(truth, chances))


def test_a_calibrated_ranking_has_no_calibration_error():
    chances = np.repeat([0.1, 0.6], 100)
    truth = np.concatenate([np.arange(100) < 10, np.arange(100) < 60])

    assert calibration_error(truth, np.column_stack([chances, np.ones(200)])) == pytest.approx(0.0)


def test_weights_make_harm_as_frequent_as_the_prior_says():
    harmful = np.array([True] * 50 + [False] * 50)
    weights = prior_weights(harmful, 0.05)

    assert weights[harmful].sum() / weights.sum() == pytest.approx(0.05)


def test_the_held_out_rows_are_measured_by_category_slice_and_target(classifier):
    found = evaluate(of_split(samples.rows(), "test"), classifier)

    assert found.overall.n == len(of_split(samples.rows(), "test"))
    value, low, high = found.overall.auc
    assert low <= value <= high
    assert set(found.slices) <= {
        "evasion",
        "hard",
        *(f"target:{t}" for t in ("streamer", "viewer", "third_party", "self", "none")),
    }
    assert "insult" in to_text(found)
    json.dumps(found.as_dict())


def test_thresholds_decide_what_is_flagged(classifier):
    rows = [EvalRow(text="お前は馬鹿だ", harmful=True), EvalRow(text="おつかれさまでした", harmful=False)]
    everything = evaluate(rows, classifier, thresholds=dict.fromkeys(classifier.card["thresholds"], 0.0))
    nothing = evaluate(rows, classifier, thresholds=dict.fromkeys(classifier.card["thresholds"], 1.1))

    assert (everything.overall.flagged, everything.overall.fpr[0]) == (2, 1.0)
    assert (nothing.overall.flagged, nothing.overall.recall[0], nothing.overall.precision) == (0, 0.0, None)


def test_rows_without_labels_are_counted_where_flagged(classifier):
    found = evaluate([EvalRow(text="お前は馬鹿だ")], classifier, thresholds={"insult": 0.0})

    assert (found.overall.n, found.overall.flagged, found.overall.auc) == (0, 1, None)


@pytest.mark.parametrize(
    ("given_row", "harmful"),
    [
        ({}, None),
        ({"categories": []}, False),
        ({"categories": ["insult"]}, True),
        ({"expect": "flag"}, True),
        ({"expect": "allow"}, False),
        ({"level": 0}, False),
        ({"level": 1}, None),
        ({"level": 2}, True),
        ({"toxic_share": 0.5}, True),
        ({"toxic_share": 0.4}, False),
    ],
)
def test_rows_say_in_many_ways_whether_they_are_harmful(tmp_path, given_row, harmful):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "あ", "votes": {}} | given_row) + "\n", encoding="utf-8")

    [row] = read_eval(path)
    assert row.harmful is harmful


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("{}", "needs an object with `text`"),
        ('{"text": 1}', "needs an object with `text`"),
        ('{"text": "", "expect": "hold"}', "`expect` must be one of flag, allow, got 'hold'"),
        ('{"text": "", "level": 3}', "`level` must be one of 0, 1, 2, got 3"),
        ('{"text": "", "toxic_share": "1"}', "`toxic_share` must lie in 0..1"),
        ('{"text": "", "categories": ["x"]}', "`categories` must be a list out of"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path, line, problem):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "あ"}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(EvaluationError) as caught:
        read_eval(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert problem in str(caught.value)


def test_a_file_without_rows_or_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(EvaluationError, match="no rows"):
        read_eval(tmp_path / "empty.jsonl")
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_eval(tmp_path / "none.jsonl")
