import re
import struct
from datetime import timedelta

import pytest

from moderation.storage.trends import gaps
from moderation.trends import chart
from tests.trends.world import WEEK, chatter, keep, noon, report_of


@pytest.fixture
def made(sqlite_database):
    for offset, day in enumerate(WEEK.days()):
        keep(sqlite_database, chatter(day, 100, 5 + offset))
    with sqlite_database.write_archive() as unit:
        at = noon(WEEK.first + timedelta(days=2))
        gaps.note(unit.connection, service="stream", why="redis_away", messages=500, at=at)
    return report_of(sqlite_database)


def test_the_png_is_a_picture_of_a_size_to_print(made):
    data = chart.png(made)

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width > 1_000
    assert height > 400


def test_the_svg_names_its_categories_in_japanese(made):
    svg = chart.svg(made)

    assert "侮辱・誹謗中傷" in svg
    assert "いずれかのカテゴリ" in svg


def test_the_line_breaks_at_a_gap_and_is_never_drawn_down_to_zero(made):
    lines = [
        path
        for path in re.findall(r'<path[^>]*d="([^"]+)"[^>]*stroke-width="2"', chart.svg(made))
        if "L" in path
    ]

    assert len(lines) == 2  # all, insult
    assert {line.count("M") for line in lines} == {2}


def test_japanese_is_drawn_with_a_font_that_has_it(made, monkeypatch):
    # A character that is missing is drawn as the same empty box whatever it is.
    first = chart.png(made)
    monkeypatch.setattr(
        chart, "category_ja", lambda name: "威圧・虚偽情報等" if name == "insult" else "いずれかのカテゴリ"
    )

    assert chart.png(made) != first


def test_a_reader_who_does_not_see_the_picture_is_told_what_it_shows(made):
    text = chart.alternative_text(made)

    assert "侮辱・誹謗中傷" in text
    assert "欠測の1日は線が切れています。" in text


def test_a_period_without_messages_still_gives_a_picture(sqlite_database):
    assert chart.png(report_of(sqlite_database)).startswith(b"\x89PNG")
