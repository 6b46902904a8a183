"""From registered to live, over processes: what scores, what looks on, and what happens when files are gone."""

import shutil
import threading

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from classifiers.artefact import load
from classifiers.model import Classifier
from moderation.bootstrap import EngineRoom, load_registered
from moderation.errors import ModelConflict, ModelUnavailable, StoreUnavailable
from moderation.scoring.shadow import ANY, ShadowedText
from moderation.storage.models import files as model_files
from moderation.storage.models import models
from moderation.storage.models.models import RegisteredModel
from moderation.storage.tables.models import model_agreement
from moderation.taxonomy import Category
from tests.support.factories import NOON, message


@pytest.fixture
def settings(settings, small_model):
    return settings.model_copy(update={"model_dir": small_model})


@pytest.fixture
def eager(settings, database, eager_model):
    """Version of the eager model, registered."""
    version = Classifier.load(eager_model).model_version
    files = model_files.keep(eager_model, settings.data_dir, version)
    known = RegisteredModel(
        version=version, card=load(eager_model).card, files=files, created_at=NOON, created_by="cli:sato"
    )
    with database.write() as unit:
        models.register(unit.connection, known)
    return version


@pytest.fixture
def change(database):
    """``change("start_shadow", version)``: one change of models."""

    def change(name, *arguments):
        with database.write() as unit:
            return getattr(models, name)(unit.connection, *arguments, by="cli:sato", now=NOON)

    return change


@pytest.fixture
def rooms(settings, database, small_model):
    """Two processes."""
    found = [EngineRoom(settings, database) for _ in range(2)]
    for room in found:
        room.refresh()
    return found


def live(room):
    return room.current.versions.model


def small(rooms):
    return live(rooms[0])


def refresh(rooms):
    for room in rooms:
        room.refresh()


def test_without_a_row_the_model_of_the_settings_scores(rooms, small_model):
    assert {live(room) for room in rooms} == {Classifier.load(small_model).model_version}
    assert {room.model_problem for room in rooms} == {None}


def test_every_process_follows_to_live_and_back(rooms, eager, change):
    first = small(rooms)
    change("start_shadow", eager)
    refresh(rooms)
    assert {live(room) for room in rooms} == {first}

    assert change("go_live") == eager
    refresh(rooms)
    assert {live(room) for room in rooms} == {eager}

    assert change("rollback") is None
    refresh(rooms)
    assert {live(room) for room in rooms} == {first}


def test_a_process_that_starts_later_scores_with_the_live_model(settings, database, eager, change):
    change("start_shadow", eager)
    change("go_live")

    room = EngineRoom(settings, database)
    room.refresh()

    assert live(room) == eager


def test_going_back_twice_leads_to_the_one_before_the_one_before(database, eager, change):
    with database.write() as unit:
        models.register(
            unit.connection,
            RegisteredModel(version="second", card={}, files={}, created_at=NOON, created_by="x"),
        )
    for version in (eager, "second"):
        change("start_shadow", version)
        change("go_live")

    assert [change("rollback"), change("rollback")] == [eager, None]
    with pytest.raises(ModelConflict, match="none to go back to"):
        change("rollback")


def test_only_a_shadow_can_go_live_and_the_live_one_is_no_shadow(eager, change):
    for name in ("go_live", "stop_shadow", "rollback"):
        with pytest.raises(ModelConflict):
            change(name)
    change("start_shadow", eager)
    change("go_live")
    with pytest.raises(ModelConflict, match="live already"):
        change("start_shadow", eager)


def test_of_two_changes_at_once_the_second_is_refused_or_comes_after_the_first(database, eager, change):
    change("start_shadow", eager)
    both_began = threading.Barrier(2)
    refused = []

    def go_live():
        try:
            with database.write() as unit:
                if unit.connection.dialect.name == "postgresql":  # SQLite lets one writer in at a time
                    both_began.wait()
                models.go_live(unit.connection, by="cli:sato", now=NOON)
        except ModelConflict as error:
            refused.append(str(error))

    threads = [threading.Thread(target=go_live) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with database.read() as connection:
        assert [one.act for one in models.history(connection)] == ["shadow", "live"]


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_model_whose_files_are_not_there_never_replaces_one_that_works(
    settings, rooms, eager, change, damage
):
    folder = model_files.folder_of(settings.data_dir, eager)
    aside = folder.with_name("aside")
    folder.rename(aside)
    if damage == "changed":
        shutil.copytree(aside, folder)
        (folder / "model.npz").write_bytes(b"oops")
    first = small(rooms)
    change("start_shadow", eager)
    change("go_live")

    with capture_logs() as logs:
        refresh(rooms)
        refresh(rooms)

    assert {live(room) for room in rooms} == {first}
    assert all(str(folder) in room.model_problem for room in rooms)
    told = [entry for entry in logs if entry["event"] == "model.unavailable"]
    assert [entry["scoring_with"] for entry in told] == [first, first]  # once a process, not once a round

    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    refresh(rooms)
    assert {live(room) for room in rooms} == {eager}
    assert {room.model_problem for room in rooms} == {None}


def test_a_version_nobody_registered_is_named(settings, database):
    with pytest.raises(ModelUnavailable, match="not registered"):
        load_registered(settings, database, "nothing")


class TestShadow:
    @pytest.fixture
    def pair(self, rooms, eager, change):
        change("start_shadow", eager)
        refresh(rooms)
        pair = rooms[0].current.text
        assert isinstance(pair, ShadowedText)
        return pair

    def score(self, room, *texts):
        engine = room.current
        half = engine.begin([message(text) for text in texts])
        return engine.finish(half, [{}] * len(texts))

    def counts(self, database):
        with database.read() as connection:
            rows = connection.execute(select(model_agreement)).all()
        return {row.category: tuple(row[4:]) for row in rows}

    def test_answers_are_those_of_the_live_model_alone(self, rooms, pair):
        texts = ["お前の腕は下手くそすぎて恥ずかしい", "こんにちは"] * 10

        beside = self.score(rooms[0], *texts)

        alone = pair.live.classify(pair.live.read(texts))
        assert [verdict.target for verdict in beside] == [found.target for found in alone]
        assert {verdict.versions.model for verdict in beside} == {small(rooms)}

    def test_a_sample_is_counted_once_over_processes_and_rounds(self, rooms, pair, database, eager):
        for room in rooms:
            for _ in range(15):
                self.score(room, "お前の腕は下手くそすぎて恥ずかしい")
        refresh(rooms)
        self.score(rooms[0], *["お前の腕は下手くそすぎて恥ずかしい"] * 25)
        refresh(rooms)

        counted = self.counts(database)
        assert set(counted) == {ANY, *Category}
        messages, both, only_live, only_shadow = counted[ANY]
        assert messages == 2 + 2 + 2  # of 15, 15 and the 25 that follow the first 15, one in ten
        assert 0 < both + only_live + only_shadow <= messages
        with database.read() as connection:
            [found] = [one for one in models.agreement(connection, shadow=eager) if one.category == ANY]
        assert (found.messages, found.live) == (messages, small(rooms))

    def test_what_could_not_be_stored_is_stored_later(self, rooms, pair, database, monkeypatch):
        self.score(rooms[0], *["お前の腕は下手くそすぎて恥ずかしい"] * 20)

        def away(*_):
            raise StoreUnavailable("away")

        with monkeypatch.context() as patch:
            patch.setattr(type(database), "write", away)
            rooms[0].refresh()
        assert self.counts(database) == {}

        rooms[0].refresh()
        assert self.counts(database)[ANY][0] == 2

    def test_a_shadow_that_was_stopped_is_asked_no_more(self, rooms, pair, change):
        change("stop_shadow")
        refresh(rooms)

        assert rooms[0].current.text is pair.live
