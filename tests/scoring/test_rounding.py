"""Scores are rounded where they come in, one message alone as in a batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from moderation.scoring.decide import rounded, rounded_many
from moderation.scoring.policy import read_policy
from moderation.taxonomy import Category, Strictness


@given(some.lists(some.lists(some.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_a_batch_is_rounded_as_single_messages_are(rows):
    assert rounded_many(np.array(rows)).tolist() == [[rounded(score) for score in row] for row in rows]


def test_only_categories_at_their_point_are_reached():
    points = read_policy().points[Strictness.NORMAL]
    below = {category: point.review - 1e-4 for category, point in points.items()}
    threat = points[Category.THREAT]

    assert list(points.reached(below)) == []
    assert list(points.reached(below | {Category.THREAT: threat.review})) == [
        (Category.THREAT, threat.review, threat)
    ]
