"""The article kit: what is in it, what never is, and who lets it out."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from moderation.errors import Conflict, Misconfigured
from moderation.storage.accounts import audit
from moderation.storage.trends import kits
from moderation.storage.trends.kits import KitState
from moderation.taxonomy import Category
from moderation.trends.card import lines_of
from moderation.trends.examples import Said, examples
from moderation.trends.helplines import SHIPPED, TO_CONFIRM, read_helplines
from moderation.trends.kit import kit_zip
from moderation.trends.kit_charts import hours_alternative
from moderation.trends.kit_maker import make
from moderation.trends.ruby import with_ruby
from moderation.trends.shapes import FEWEST_AN_HOUR
from tests.trends.world import BEFORE, TODAY, WEEK, chatter, keep, report_of

NOW = datetime(2026, 8, 30, tzinfo=UTC)


def said(text, *, people=5, rooms=3, category="insult"):
    return [
        Said(text=text, author=f"u-{number}", room=f"r-{number % rooms}", categories=(category,))
        for number in range(people)
    ]


def bad_start(text):
    del text
    return [(0, 4)]


@pytest.mark.parametrize(
    "wording",
    [
        said("へたくそ", people=4),
        said("へたくそ", rooms=2),
        said("連絡してね", category="solicitation"),
        said("ここに住んでる", category="privacy"),
        [
            Said(text=f"へたくそ{number}号", author=f"u-{number}", room=f"r-{number}", categories=("insult",))
            for number in range(9)
        ],
    ],
    ids=["four authors", "two rooms", "barred", "barred too", "all different"],
)
def test_what_could_point_to_somebody_is_no_example(wording):
    assert examples(wording, harm=bad_start) == ()


def test_a_wording_of_many_is_an_example_with_names_masked():
    def bad(text):
        return [(text.index("へ"), len(text))]

    [found] = examples(said("山田さんへたくそ"), harm=bad)
    assert (found.text, found.authors, found.rooms) == ("［名前］さんへ○○○", 5, 3)
    [found] = examples(said("＠taro へたくそ"), harm=bad)
    assert found.text == "［名前］ へ○○○"


@pytest.mark.parametrize("wording", ["ｗｗｗｗｗ", "88888", "ナイス"])
def test_what_is_disruption_only_by_how_often_it_comes_is_no_example(wording):
    assert examples(said(wording, category="disruption"), harm=lambda text: []) == ()
    assert examples(said("右の部屋に隠れてるよ", category="disruption"), harm=lambda text: [])


def test_what_speaks_of_a_child_is_no_example():
    assert examples(said("中1の女子、格安です", category="spam_scam"), harm=lambda text: []) == ()


def test_an_hour_of_a_few_messages_is_not_called_the_worst(sqlite_database):
    keep(sqlite_database, chatter(WEEK.first, FEWEST_AN_HOUR - 1, 2))
    assert hours_alternative(report_of(sqlite_database)) == ""

    keep(sqlite_database, chatter(WEEK.last, FEWEST_AN_HOUR, 2))
    assert "200件" in hours_alternative(report_of(sqlite_database))


def test_of_what_hurts_something_has_to_be_hidden():
    """A rule may have found what the classifier sees nothing in: then an editor's own words stand there."""
    assert examples(said("へたくそ"), harm=lambda text: []) == ()
    [found] = examples(said("格安です", category="spam_scam"), harm=lambda text: [])
    assert found.text == "格安です"


def kit_of(database):
    with database.read_archive() as archive:
        return make(
            archive,
            service="stream",
            period=WEEK,
            today=TODAY,
            categories=(),
            harm=bad_start,
            helplines=read_helplines(SHIPPED),
        )


@pytest.fixture
def files(sqlite_database):
    for day in BEFORE.days():
        keep(sqlite_database, chatter(day, 400, 4, authors=80))
    for day in WEEK.days():
        keep(sqlite_database, chatter(day, 400, 40, authors=80, text="へたくそ"))
    return kit_of(sqlite_database)


def test_a_kit_holds_all_that_an_article_needs(files):
    article = files["article.md"].decode()

    assert article.startswith("# 人をけなす書き込みが増えています。3つのことに気をつけてください")
    assert "増えています（10倍）" in article.replace("10.0", "10")
    for path in ("article-easy.md", "definitions.md", "checklist.md", "card.png", "card.svg", "report.json"):
        assert files[path]
    for chart in ("daily", "change"):
        assert {f"charts/{chart}.{end}" for end in ("png", "svg", "csv", "json", "txt")} <= set(files)
        assert f"(charts/{chart}.png)" in article


def test_no_id_of_anybody_is_in_any_file(files):
    for path, content in files.items():
        if not path.endswith(".png"):
            assert not any(f'"a{number}"' in content.decode() for number in range(80)), path


def test_the_same_figures_give_the_same_bytes(files, sqlite_database):
    again = kit_of(sqlite_database)

    assert kit_zip(again) == kit_zip(files)
    with zipfile.ZipFile(io.BytesIO(kit_zip(files))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == set(manifest["files"]) | {"manifest.json"}


def test_a_contact_that_nobody_looked_up_is_marked(files, tmp_path):
    own = tmp_path / "helplines.yaml"
    own.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("confirmed_on: null", "confirmed_on: 2026-12-01"),
        encoding="utf-8",
    )

    assert TO_CONFIRM in files["article.md"].decode()
    assert all(TO_CONFIRM in one.line for one in read_helplines(SHIPPED).values())
    assert not any(TO_CONFIRM in one.line for one in read_helplines(own).values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("police: [", "Cannot read"),
        ("police: {name: x}", "police.contact"),
        ("[]", "the file"),
        ("{}", "anyone is missing"),
    ],
)
def test_helplines_of_another_shape_are_refused(tmp_path, text, said):
    own = tmp_path / "helplines.yaml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(Misconfigured, match=said):
        read_helplines(own)


@pytest.fixture
def kit_id(database):
    with database.write() as unit:
        return kits.add(
            unit.connection,
            service="stream",
            period=WEEK,
            categories=(Category.INSULT,),
            content=b"zip",
            by="cs",
            now=NOW,
        )


def test_somebody_else_approves_a_kit_and_the_audit_trail_says_who(database, kit_id):
    with database.write() as unit:
        with pytest.raises(Conflict, match="Somebody else"):
            kits.approve(unit.connection, kit_id, by="cs", note="", now=NOW)
        kits.approve(unit.connection, kit_id, by="lead", note="見た", now=NOW)
        kit, content = kits.get(unit.connection, kit_id)
        assert audit.verify(unit.connection) is None

    assert (kit.state, kit.settled_by, content) == (KitState.APPROVED, "lead", b"zip")


def test_a_withdrawn_kit_stays_withdrawn(database, kit_id):
    with database.write() as unit:
        kits.withdraw(unit.connection, kit_id, by="cs", note="古い", now=NOW + timedelta(hours=1))
        for step in (kits.approve, kits.withdraw):
            with pytest.raises(Conflict):
                step(unit.connection, kit_id, by="lead", note="", now=NOW)


def test_readings_stand_above_kanji_only():
    assert with_ruby("お問い合わせ、<1,000件>") == (
        "お<ruby>問い合<rt>といあ</rt></ruby>わせ、&lt;1,000<ruby>件<rt>けん</rt></ruby>&gt;"
    )


def test_a_line_of_japanese_never_begins_with_punctuation():
    assert lines_of("あいうえお。かき", 5) == ["あいうえお。", "かき"]
    assert lines_of("あいう、えおかき", 6) == ["あいう、", "えおかき"]


def test_a_line_of_japanese_ends_at_a_pause_rather_than_within_a_word():
    assert lines_of("連投やあおりなど、配信の邪魔が増えています。気をつけてください", 20) == [
        "連投やあおりなど、",
        "配信の邪魔が増えています。",
        "気をつけてください",
    ]


def test_what_nobody_wrote_before_is_not_called_undecided(sqlite_database):
    for day in BEFORE.days():
        keep(sqlite_database, chatter(day, 400))
    for day in WEEK.days():
        keep(sqlite_database, chatter(day, 400, 12, category="disruption"))

    article = kit_of(sqlite_database)["article.md"].decode()

    assert "前の期間には0件でしたが、84件に増えました" in article
    assert "前の期間には1件もありませんでした" in article
    assert "判断できません" not in article
