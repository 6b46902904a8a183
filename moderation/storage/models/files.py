"""The files of registered classifiers: one folder a version in the data folder, never changed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from moderation.errors import ModelUnavailable

FILES = ("meta.json", "model.npz", "lexicon.npz", "lexicon.json", "card.json", "card.md")


def folder_of(data_dir: Path, version: str) -> Path:
    """Where a version's files are kept."""
    return data_dir / "models" / version


def keep(source: Path, data_dir: Path, version: str) -> dict[str, str]:
    """Copy a trained classifier to its place, whole or not at all; what stands there already stays.

    Returns:
        SHA-256 of each file as it is kept, by name.

    Raises:
        OSError: A file cannot be read or written.
    """
    target = folder_of(data_dir, version)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=target.parent))
        try:
            for name in FILES:
                shutil.copyfile(source / name, draft / name)
                _sync(draft / name)
            draft.chmod(0o755)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return {name: _sum(target / name) for name in FILES}


def check(data_dir: Path, version: str, files: Mapping[str, str]) -> Path:
    """The folder of a registered version, if its files are what was registered.

    Raises:
        ModelUnavailable: A file is missing or another one; the message names it and how to mend it.
    """
    folder = folder_of(data_dir, version)
    for name, expected in sorted(files.items()):
        try:
            found = _sum(folder / name)
        except OSError as error:
            raise ModelUnavailable(
                f"Model {version}: {folder / name} cannot be read ({error.strerror}); copy the folder from "
                f"where it was promoted, or `ibasho model rollback`."
            ) from error
        if found != expected:
            raise ModelUnavailable(
                f"Model {version}: {folder / name} is not the file that was registered; copy the folder from "
                f"where it was promoted, or `ibasho model rollback`."
            )
    return folder


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
