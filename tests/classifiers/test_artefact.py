import json

import pytest

from classifiers.artefact import load, save
from classifiers.errors import ArtefactCorrupt, ArtefactMissing
from classifiers.model import Classifier


@pytest.fixture
def folder(artefact, tmp_path):
    save(artefact, tmp_path / "models" / "ja")
    return tmp_path / "models" / "ja"


def test_what_is_saved_scores_alike_when_loaded(classifier, folder):
    loaded = Classifier.load(folder)

    assert loaded.model_version == classifier.model_version
    assert loaded.lexicon_version == classifier.lexicon_version
    assert (
        loaded.score(["お前は馬鹿だ"])[0].probabilities == classifier.score(["お前は馬鹿だ"])[0].probabilities
    )


def test_saving_again_swaps_the_folder_and_keeps_the_one_before(artefact, folder):
    before = folder.resolve()
    save(artefact, folder)
    save(artefact, folder)

    assert folder.resolve() != before
    assert not before.exists()
    assert len([path for path in folder.parent.iterdir() if not path.is_symlink()]) == 2
    load(folder)


def test_nothing_is_pickled(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "card.json",
        "card.md",
        "lexicon.json",
        "lexicon.npz",
        "meta.json",
        "model.npz",
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ArtefactMissing, match=r"No trained classifier in .*ja .*ibasho model train"):
        load(tmp_path / "ja")


@pytest.mark.parametrize("name", ["meta.json", "model.npz", "lexicon.npz", "lexicon.json", "card.json"])
def test_a_file_that_is_not_there_is_named(folder, name):
    (folder / name).unlink()

    with pytest.raises(ArtefactMissing, match=name):
        load(folder)


@pytest.mark.parametrize("name", ["meta.json", "model.npz", "lexicon.npz", "lexicon.json", "card.json"])
@pytest.mark.parametrize("damage", [b"", b"\x00\xff oops", b"[]"])
def test_a_damaged_file_is_named(folder, name, damage):
    (folder / name).write_bytes(damage)

    with pytest.raises(ArtefactCorrupt, match="train it again"):
        load(folder)


def test_an_array_cut_short_is_named(folder):
    whole = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ArtefactCorrupt, match=r"model\.npz cannot be read"):
        load(folder)


def test_files_of_different_trainings_do_not_pass_for_one(folder):
    entries = json.loads((folder / "lexicon.json").read_text(encoding="utf-8"))
    (folder / "lexicon.json").write_text(json.dumps(entries[1:]), encoding="utf-8")

    with pytest.raises(ArtefactCorrupt, match="different trainings"):
        load(folder)


def test_an_automaton_of_another_library_version_is_built_anew(classifier, folder):
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    (folder / "meta.json").write_text(json.dumps(meta | {"automaton": "daachorse-0.0.0"}), encoding="utf-8")
    text = "お前は馬鹿だ、し○ね"

    assert Classifier.load(folder).hits(text) == classifier.hits(text) != []


def test_the_card_says_what_it_was_taught_with(folder):
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    page = (folder / "card.md").read_text(encoding="utf-8")

    assert card["corpus"]["lines"] == card["corpus"]["taught"] + card["corpus"]["held_out"]
    assert card["corpus"]["hash"] in page
    assert card["versions"]["model"] in page
    assert "侮辱・誹謗中傷" in page
    assert "## Limits" in page
