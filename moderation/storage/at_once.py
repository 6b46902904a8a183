"""Several writes on one way to the database."""

from sqlalchemy import Connection
from sqlalchemy.sql.dml import UpdateBase


def execute_at_once(connection: Connection, *changes: UpdateBase) -> None:
    """Run writes that do not depend on each other; on PostgreSQL they are one statement.

    What is short and often done, as a claim, spends more time on its ways than on its work.

    Args:
        connection: A unit of work.
        changes: None of them may touch a row that another one touches, or read what it writes.
    """
    if connection.dialect.name != "postgresql":
        for change in changes:
            connection.execute(change)
        return
    *others, last = changes
    connection.execute(last.add_cte(*(change.cte(f"step_{at}") for at, change in enumerate(others))))
