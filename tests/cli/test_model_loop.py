"""From decisions to a classifier in force, by command."""

import json

import pytest
from sqlalchemy import select

from moderation.storage.accounts import audit
from moderation.storage.tables.delivery import audit as trail
from moderation.taxonomy import Role
from tests.review.desk import Desk


@pytest.fixture
def settings(sqlite_settings, model_dir):
    return sqlite_settings


@pytest.fixture
def decided(sqlite_database):
    """Two decided cases, one of them a minor's."""
    desk = Desk(sqlite_database)
    aoki = desk.sight("aoki", Role.LEAD, Role.CHILD_SAFETY)
    for author, minors in (("u-1", False), ("u-2", True)):
        case = desk.claim(desk.case(f"お前ほんと消えろ {author}", author=author, minors=minors), aoki)
        desk.decide(case, aoki)


def entries(database):
    with database.read() as connection:
        assert audit.verify(connection) is None
        return [(row.act, row.object, row.data) for row in connection.execute(select(trail))]


def test_decisions_come_out_as_rows_that_training_takes(settings, decided, ibasho, tmp_path):
    out = tmp_path / "decided.jsonl"

    done = ibasho("model", "export", "--out", out, settings=settings)

    assert (done.returncode, done.stdout) == (0, "")
    assert "1 rows" in done.stderr
    assert out.stat().st_mode & 0o077 == 0
    [line] = out.read_text(encoding="utf-8").splitlines()
    assert line + "\n" == ibasho("model", "export", settings=settings).stdout
    trained = ibasho("model", "train", "--corpus", _small_corpus(tmp_path), "--extra", out, settings=settings)
    assert trained.returncode == 0, trained.stderr
    card = json.loads((settings.data_dir / "models" / "candidate" / "card.json").read_text(encoding="utf-8"))
    assert card["decided"]["lines"] == 1


def _small_corpus(folder):
    from tests.classifiers import samples

    path = folder / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in samples.rows():
            given = {name: getattr(row, name) for name in ("text", "minors", "target", "register", "group")}
            file.write(json.dumps(given | {"categories": sorted(row.categories)}, ensure_ascii=False) + "\n")
    return path


def test_minors_cases_come_out_with_a_reason_that_stays_on_record(settings, sqlite_database, decided, ibasho):
    for refused in (["--include-protected"], ["--include-protected", "--reason", "x"], ["--reason", "なぜならば必要"]):  # fmt: skip
        assert ibasho("model", "export", *refused, settings=settings).returncode == 2
    assert entries(sqlite_database) == []

    done = ibasho(
        "model", "export", "--include-protected", "--reason", "年少者保護の再学習のため", settings=settings
    )

    assert len(done.stdout.splitlines()) == 2
    [(act, _, data)] = entries(sqlite_database)
    assert (act, data["reason"]) == ("model.export_protected", "年少者保護の再学習のため")


def test_a_classifier_goes_by_shadow_to_live_and_back(settings, sqlite_database, model_dir, ibasho):
    steps = [["promote", model_dir], ["promote", "--live"], ["rollback"]]
    for step in steps:
        done = ibasho("model", *step, settings=settings)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr

    found = json.loads(ibasho("model", "status", "--json", settings=settings).stdout)
    assert (found["from_settings"], found["shadow"], found["problem"]) == (True, None, None)
    assert [change["act"] for change in found["history"]] == ["shadow", "live", "rollback"]
    assert [act for act, _, _ in entries(sqlite_database)] == ["model.shadow", "model.live", "model.rollback"]
    assert "settings" in ibasho("model", "status", settings=settings).stdout


def test_a_shadow_can_be_stopped(settings, model_dir, ibasho):
    ibasho("model", "promote", model_dir, settings=settings)

    assert ibasho("model", "rollback", "--shadow", settings=settings).returncode == 0
    assert json.loads(ibasho("model", "status", "--json", settings=settings).stdout)["shadow"] is None


def test_two_classifiers_are_set_side_by_side(settings, model_dir, ibasho, tmp_path):
    file = tmp_path / "rows.jsonl"
    rows = [{"text": "お前ほんと消えろ", "categories": ["insult"]}, {"text": "おつかれ", "categories": []}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asked = ("model", "evaluate", file, "--model", model_dir, "--against")

    text = ibasho(*asked, "live", settings=settings).stdout
    found = json.loads(ibasho(*asked, model_dir, "--json", settings=settings).stdout)

    assert "theirs" in text
    assert found["figures"]["overall"]["ap"]["difference"] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["promote"], 2, "give a FOLDER"),
        (["promote", "somewhere", "--live"], 2, "give a FOLDER"),
        (["promote", "somewhere"], 2, "No trained classifier in somewhere"),
        (["promote", "--live"], 1, "There is no shadow model"),
        (["rollback"], 1, "none to go back to"),
        (["rollback", "--shadow"], 1, "no shadow model to stop"),
        (["export", "--since", "yesterday"], 2, "is not a day"),
        (["export", "--out", "no/such/folder/rows.jsonl"], 2, "No such file"),
        (["evaluate", "--against", "somewhere"], 2, "No trained classifier in somewhere"),
        (["card", "--model", "somewhere"], 2, "No trained classifier in somewhere"),
        (["train", "--extra", "nothing.jsonl"], 1, "nothing.jsonl:1: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_named(settings, ibasho, arguments, code, says):
    done = ibasho("model", *arguments, settings=settings)

    assert (done.returncode, done.stdout) == (code, "")
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_the_card_can_be_read(model_dir, settings, ibasho):
    assert ibasho("model", "card", settings=settings).stdout.startswith("# Ibasho")
    assert "thresholds" in json.loads(ibasho("model", "card", "--json", settings=settings).stdout)


def test_a_database_that_is_not_there_is_named_with_its_mending(fresh, ibasho):
    for command in (["export"], ["status"], ["rollback"], ["promote", "--live"], ["evaluate", "--against", "live"]):  # fmt: skip
        done = ibasho("model", *command, settings=fresh)
        assert (done.returncode, done.stdout) == (2, "")
        assert "ibasho db upgrade" in done.stderr
