"""What the slow waves of a series see, and what they do not."""

import numpy as np
import pytest

from moderation.campaigns.regression import fit
from moderation.campaigns.variance import slow_waves


def made(dice, days=84, *, likeness=0.0, spread=0.0):
    """Counts of days with a level shift in the design, and a common noise whose days are alike."""
    noise = np.zeros(days)
    for day in range(1, days):
        noise[day] = likeness * noise[day - 1] + spread * np.sqrt(1 - likeness**2) * dice.normal()
    day = np.arange(days)
    weekdays = [(day % 7 == one).astype(float) for one in range(1, 7)]
    design = np.column_stack([(day >= 56).astype(float), np.ones(days), *weekdays])
    return design, dice.poisson(400 * np.exp(noise)).astype(float)


def test_nothing_that_was_fitted_is_seen_in_them():
    design, counts = made(np.random.default_rng(1))
    fitted = fit(design, np.zeros(len(counts)), counts)

    slow = slow_waves(design, fitted)

    assert len(slow) == 8
    np.testing.assert_allclose(slow @ (design * fitted.weight[:, None]), 0, atol=1e-8)
    np.testing.assert_allclose((slow * fitted.weight) @ slow.T, fitted.bread[0, 0] * np.eye(8), atol=1e-12)


@pytest.mark.parametrize(("likeness", "spread"), [(0.0, 0.0), (0.4, 0.1)])
def test_they_show_how_much_the_coefficient_varies(likeness, spread):
    dice = np.random.default_rng(2)
    shifts, seen = [], []
    for _ in range(400):
        design, counts = made(dice, likeness=likeness, spread=spread)
        fitted = fit(design, np.zeros(len(counts)), counts)
        shifts.append(fitted.beta[0])
        left = counts - fitted.mean
        seen.append(np.mean((slow_waves(design, fitted) @ left) ** 2))

    assert np.mean(seen) == pytest.approx(np.var(shifts), rel=0.2)
