"""Pseudonyms: an HMAC stands for an author or a room in the day rows."""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from moderation.errors import Misconfigured
from moderation.settings import Settings

_KEY_FILE = "pseudonym.key"
_HEX = 32
"""128 bits: two of a billion people share a pseudonym with a chance below 1e-20."""


class Pseudonyms:
    """Gives the pseudonym of an id. Whoever lacks the key cannot go back, nor guess forward."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._keyed = hmac.new(key, digestmod="sha256")

    def of(self, service: str, kind: str, external_id: str) -> str:
        """The pseudonym of one author or room of one service, 32 hex digits.

        Args:
            service: Whose id it is; two services' ids never meet.
            kind: ``author`` or ``room``.
            external_id: The service's id.
        """
        name = f"{service}\0{kind}\0{external_id}".encode("utf-8", "surrogatepass")
        one = self._keyed.copy()  # half the time of reading the key again
        one.update(name)
        return one.hexdigest()[:_HEX]


def read_pseudonyms(settings: Settings) -> Pseudonyms:
    """The pseudonyms of this deployment: the key of the settings, or one made once in the data folder.

    Raises:
        Misconfigured: The key file cannot be made or read.
    """
    if settings.pseudonym_key is not None:
        return Pseudonyms(settings.pseudonym_key.get_secret_value().encode())
    path = settings.data_dir / _KEY_FILE
    try:
        if not path.exists():
            _make(path)
        return Pseudonyms(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"{path}: the key of the pseudonyms cannot be used ({error}); set IBASHO_PSEUDONYM_KEY instead."
        ) from error


def _make(path: Path) -> None:
    """Write a key whole or not at all; where two processes race, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
