"""Talk of rooms in a backtest: the last messages of each, as rules look back on them."""

from collections import deque
from collections.abc import Sequence

from rules.subject import Recent

REMEMBERED = 20
"""Messages of a room that rules may look back on, as in scoring."""


class Talk:
    """The last messages of a room, newest last."""

    __slots__ = ("_authors", "_by_author", "lines")

    def __init__(self) -> None:
        self._authors: deque[str] = deque()
        self._by_author: dict[str, list[Recent]] = {}
        self.lines: list[Recent] = []

    def of(self, author_id: str) -> Sequence[Recent]:
        """Those of one author."""
        return self._by_author.get(author_id, ())

    def add(self, author_id: str, line: Recent) -> None:
        """What is said next; the oldest goes."""
        self._authors.append(author_id)
        self._by_author.setdefault(author_id, []).append(line)
        self.lines.append(line)
        if len(self.lines) > REMEMBERED:
            gone = self._authors.popleft()
            del self.lines[0], self._by_author[gone][0]
            if not self._by_author[gone]:
                del self._by_author[gone]
