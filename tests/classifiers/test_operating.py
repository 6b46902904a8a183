import numpy as np
import pytest

from classifiers.operating import curve, suggest

TRUTH = np.array([True] * 50 + [False] * 950)
CHANCES = np.concatenate([np.linspace(0.2, 0.9, 50), np.linspace(0.0, 0.3, 950)])


def test_a_curve_rises_in_threshold_and_falls_in_recall():
    points = curve(CHANCES, TRUTH, ~TRUTH)

    thresholds, _, recalls, false_alarms = zip(*points, strict=True)
    assert list(thresholds) == sorted(thresholds)
    assert list(recalls) == sorted(recalls, reverse=True)
    assert list(false_alarms) == sorted(false_alarms, reverse=True)
    assert recalls[0] == 1.0


def test_the_suggested_threshold_is_precise_and_quiet():
    points = curve(CHANCES, TRUTH, ~TRUTH)
    flagged = suggest("threat", points) <= CHANCES

    assert TRUTH[flagged].mean() >= 0.5
    assert flagged[~TRUTH].mean() <= 0.002
    assert suggest("insult", points) <= suggest("threat", points)


def test_a_category_that_is_never_precise_is_never_flagged():
    assert suggest("threat", curve(CHANCES[::-1], TRUTH, ~TRUTH)) == 1.0


def test_no_positives_give_no_curve():
    assert curve(CHANCES, np.zeros(1000, dtype=bool), ~TRUTH) == []
    assert suggest("threat", []) == pytest.approx(1.0)
