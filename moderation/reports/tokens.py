"""Status tokens: whoever holds one may see how one report or notice stands, and nothing else.

A token is made from the row's id with a key, so nothing has to be kept, and a request that is sent again gets
the same one.
"""

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(r"([0-9A-HJKMNP-TV-Z]{26})-([0-9a-f]{32})")


class TokenKind(StrEnum):
    """What a token shows."""

    REPORT = "report"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class StatusTokens:
    """Makes and reads tokens.

    Attributes:
        key: The deployment's secret; whoever has it could make tokens.
    """

    key: bytes

    def make(self, kind: TokenKind, row_id: str) -> str:
        """The token of one row: its id, and 128 bits that only the key gives."""
        return f"{row_id}-{self._seal(kind, row_id)}"

    def read(self, kind: TokenKind, token: str) -> str | None:
        """The row that a token is for; None for one that is not ours."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(found[2], self._seal(kind, found[1])):
            return None
        return found[1]

    def _seal(self, kind: TokenKind, row_id: str) -> str:
        name = f"status\0{kind}\0{row_id}".encode()
        return hmac.digest(self.key, name, "sha256").hex()[:32]
