"""Operating points come from a file that is checked."""

import pytest

from moderation.errors import Misconfigured
from moderation.scoring.policy import POLICY_FILE, read_policy
from moderation.taxonomy import Category, Strictness


def test_every_category_has_a_point_in_every_strictness():
    policy = read_policy()

    assert {frozenset(points) for points in policy.points.values()} == {frozenset(Category)}


def test_a_strict_room_has_lower_points_than_a_relaxed_one():
    points = read_policy().points

    for category in Category:
        strict, normal, relaxed = (
            points[level][category].review
            for level in (Strictness.STRICT, Strictness.NORMAL, Strictness.RELAXED)
        )
        assert strict < normal < relaxed


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda text: text.replace("insult:", "insults:"), "insults"),
        (lambda text: text.replace("  privacy:", "  #privacy:"), "privacy"),
        (lambda text: text.replace("severity: medium", "severity: awful", 1), "awful"),
        (lambda text: "{", "expected"),
    ],
)
def test_a_spoilt_file_is_refused_with_its_name_and_what_is_wrong(tmp_path, spoil, word):
    path = tmp_path / "policy.yaml"
    path.write_text(spoil(POLICY_FILE.read_text(encoding="utf-8")), encoding="utf-8")

    with pytest.raises(Misconfigured, match=word) as caught:
        read_policy(path)

    assert str(path) in str(caught.value)
