"""Several writes on one way to the database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.dml import UpdateBase


class AtOnce:
    """Writes that do not depend on each other; on PostgreSQL they are one statement.

    What is short and often done, as a claim, spends more time on its ways than on its work, and on making
    its statement more than on sending it: made once, with bound parameters, it is sent as it stands.
    """

    def __init__(self, *changes: UpdateBase) -> None:
        """``changes``: none may touch a row that another one touches, or read what it writes."""
        self._changes = changes
        *others, last = changes
        self._joined = last.add_cte(*(change.cte(f"step_{at}") for at, change in enumerate(others)))

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Write in this unit of work; ``values`` are those of the bound parameters."""
        changes = (self._joined,) if connection.dialect.name == "postgresql" else self._changes
        for change in changes:
            connection.execute(change, values)
