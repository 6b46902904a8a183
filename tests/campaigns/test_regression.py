"""The regressions are those of statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm

from moderation.campaigns.regression import fit


def made(dice, days=57, *, level=60.0):
    """A level shift, weekdays, and an offset."""
    day = np.arange(days)
    weekdays = [(day % 7 == one).astype(float) for one in range(1, 7)]
    design = np.column_stack([(day > days // 2).astype(float), np.ones(days), *weekdays])
    offset = np.log(dice.uniform(0.5, 2, days))
    counts = dice.poisson(level * np.exp(offset + 0.2 * dice.normal(size=days))).astype(float)
    return design, offset, counts


@pytest.mark.parametrize("level", [0.7, 60.0, 1e5])
def test_of_counts(level):
    design, offset, counts = made(np.random.default_rng(3), level=level)

    found = fit(design, offset, counts)

    theirs = sm.GLM(counts, design, family=sm.families.Poisson(), offset=offset).fit()
    np.testing.assert_allclose(found.beta, theirs.params, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.mean, theirs.fittedvalues, rtol=1e-6)
    np.testing.assert_allclose(found.bread, theirs.cov_params(), rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("level", [3.0, 60.0, 1e5])
def test_of_a_count_among_two(level):
    dice = np.random.default_rng(4)
    design, offset, counts = made(dice, level=level)
    others = dice.poisson(4 * level, len(counts)).astype(float)

    found = fit(design, offset, counts, counts + others)

    theirs = sm.GLM(
        np.column_stack([counts, others]), design, family=sm.families.Binomial(), offset=offset
    ).fit()
    np.testing.assert_allclose(found.beta, theirs.params, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.mean, theirs.fittedvalues, rtol=1e-6)
    np.testing.assert_allclose(found.bread, theirs.cov_params(), rtol=1e-5, atol=1e-12)


def test_a_weekday_without_any_hit_leaves_the_others_as_they_are():
    design, offset, counts = made(np.random.default_rng(5))
    counts[design[:, 3] > 0] = 0

    found = fit(design, offset, counts)

    rest = design[:, 3] == 0
    without = fit(np.delete(design[rest], 3, axis=1), offset[rest], counts[rest])
    assert found.beta[0] == pytest.approx(without.beta[0], abs=1e-6)
    assert found.bread[0, 0] == pytest.approx(without.bread[0, 0], rel=1e-4)
