"""A trained classifier on disk: arrays and JSON in one folder, never pickle."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.card import card_markdown
from classifiers.compiled import HEADS, MODEL_ARRAYS
from classifiers.errors import ArtefactCorrupt, ArtefactMissing
from classifiers.fold import FOLD_VERSION
from classifiers.lexicon import Lexicon
from classifiers.lexicon_index import INDEX_ARRAYS, MADE_BY, LexiconIndex

DEFAULT_FOLDER: Final = Path("var/models/ja")
FORM: Final = 5
"""Version of the folder's form. Another one is refused, not guessed at."""

_ARRAYS: Final = (*MODEL_ARRAYS, "grams", "marks")
_SCORING: Final = ("model.npz", "lexicon.npz", "lexicon.json")
_MENDING: Final = "train it again with `ibasho model train`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """Everything that scoring needs, and the card that says where it comes from.

    Attributes:
        arrays: ``compiled.MODEL_ARRAYS``, and the features' names ``grams``, ``marks``.
        lexicon: The entries the marks speak of.
        card: Versions, counts, figures, limits; see ``classifiers.card``.
    """

    arrays: Mapping[str, NDArray[Any]]
    lexicon: Lexicon
    card: dict[str, Any]


def content_version(arrays: Mapping[str, NDArray[Any]], lexicon: Lexicon) -> str:
    """Short hash of what scores: two artefacts with one version score every text alike."""
    digest = hashlib.sha256(f"{FORM} {FOLD_VERSION} {lexicon.version}".encode())
    for name in _ARRAYS:
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:12]


def save(artefact: Artefact, folder: Path = DEFAULT_FOLDER) -> None:
    """Write a new folder and point the name ``folder`` (a symbolic link) at it in one step.

    A reader, or whoever comes after a crash, finds the old one or the new one, whole. The one before stays
    beside it; older ones are removed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    version = content_version(artefact.arrays, artefact.lexicon)
    made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-{version}-", dir=folder.parent))
    # Not compressed: weights hardly shrink, and a serving process starts a quarter of a second sooner.
    np.savez(made / "model.npz", allow_pickle=False, **{name: artefact.arrays[name] for name in _ARRAYS})
    np.savez(made / "lexicon.npz", allow_pickle=False, **artefact.lexicon.index.as_arrays())
    _write_json(made / "lexicon.json", artefact.lexicon.as_rows())
    _write_json(made / "card.json", artefact.card)
    (made / "card.md").write_text(card_markdown(artefact.card), encoding="utf-8")
    meta = {
        "form": FORM,
        "heads": HEADS,
        "model_version": version,
        "lexicon_version": artefact.lexicon.version,
        "automaton": MADE_BY,
        "sha256": {name: _sha256(made / name) for name in _SCORING},
    }
    _write_json(made / "meta.json", meta)
    made.chmod(0o755)
    before = folder.resolve() if folder.is_symlink() else None
    if folder.exists() and not folder.is_symlink():
        folder.rename(folder.with_name(f"{folder.name}-copied-{os.getpid()}"))
    link = made.with_name(f".{made.name}")
    link.symlink_to(made.name)
    link.replace(folder)
    for other in folder.parent.glob(f"{folder.name}-*"):
        if other.resolve() not in (made.resolve(), before):
            shutil.rmtree(other)


def load(folder: Path = DEFAULT_FOLDER) -> Artefact:
    """Read a folder that ``save`` wrote.

    Raises:
        ArtefactMissing: There is no such folder, or a file of it is not there.
        ArtefactCorrupt: A file cannot be read, or says it belongs to other code or another file.
    """
    for name in ("meta.json", *_SCORING, "card.json"):
        if not (folder / name).is_file():
            raise ArtefactMissing(
                f"No trained classifier in {folder} ({name} is not there): train one with `ibasho model train`, or "
                "name the folder of another (IBASHO_MODEL_DIR, --model)."
            )
    meta = _read_json(folder / "meta.json")
    if not isinstance(meta, dict) or meta.get("form") != FORM or meta.get("heads") != list(HEADS):
        raise ArtefactCorrupt(f"{folder / 'meta.json'} is of another form than this code reads: {_MENDING}.")
    arrays = _read_arrays(folder / "model.npz", _ARRAYS)
    index = _read_arrays(folder / "lexicon.npz", INDEX_ARRAYS)
    rows = _read_json(folder / "lexicon.json")
    card = _read_json(folder / "card.json")
    if not isinstance(card, dict):
        raise ArtefactCorrupt(f"{folder / 'card.json'} is no card: {_MENDING}.")
    if meta.get("sha256") != {name: _sha256(folder / name) for name in _SCORING}:
        raise ArtefactCorrupt(f"{folder} holds files of different trainings: {_MENDING}.")
    try:
        lexicon = Lexicon.from_rows(
            rows,
            index=LexiconIndex.from_arrays(index) if meta["automaton"] == MADE_BY else None,
            version=meta["lexicon_version"],
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ArtefactCorrupt(
            f"{folder / 'lexicon.json'} has another shape ({error}): {_MENDING}."
        ) from error
    if content_version(arrays, lexicon) != meta.get("model_version"):
        raise ArtefactCorrupt(f"{folder} was made with another fold: {_MENDING}.")
    return Artefact(arrays=arrays, lexicon=lexicon, card=card)


def _read_arrays(path: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    try:
        # NumPy leaves a file of its own open when it turns out to be no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ArtefactCorrupt(f"{path} cannot be read ({error}): {_MENDING}.") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactCorrupt(f"{path} cannot be read ({error}): {_MENDING}.") from error
