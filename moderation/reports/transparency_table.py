"""A table of the transparency report, and the two shapes they come in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.reports.notice_words import RIGHT_JA, Right
from moderation.storage.reports.notice_read import Notice

Cell = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table with what its numbers mean.

    Attributes:
        id: Stable word.
        title: Japanese.
        definition: What is counted, when, and what is not.
        header: Names of the columns; the first is what the rows are.
        rows: Cells; the last row is the total where there is one.
        notes: Texts that belong to single counts.
    """

    id: str
    title: str
    definition: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def by_right(
    table_id: str,
    title: str,
    definition: str,
    notices: Iterable[Notice],
    columns: Mapping[str, Callable[[Notice], bool]],
) -> Table:
    """A table by the right claimed, a column a condition."""
    chosen = list(notices)
    rows: list[list[Cell]] = [
        [
            RIGHT_JA[right],
            *(sum(one.right is right and fits(one) for one in chosen) for fits in columns.values()),
        ]
        for right in Right
    ]
    return Table(
        id=table_id,
        title=title,
        definition=definition,
        header=["申出の理由（権利）", *columns],
        rows=with_total(rows),
    )


def with_total(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """The rows, and a last one with the sums."""
    columns = zip(*(row[1:] for row in rows), strict=True)
    total: list[Cell] = [sum(cell for cell in column if isinstance(cell, int)) for column in columns]
    return [*(list(row) for row in rows), ["合計", *total]]
