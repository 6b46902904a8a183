"""The lexicon: expressions that say harm, found in folded text in one pass, judged only where they occur."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from daachorse import CharwiseDoubleArrayAhoCorasick

from classifiers.errors import LexiconError
from classifiers.lexicon_file import Entry, read_entries
from classifiers.lexicon_needles import EXCUSE, EXACT, WORD, Needle, needles_of
from classifiers.tokens import Token
from classifiers.views import Views

__all__ = ["LEXICON_FOLDER", "Entry", "Hit", "Lexicon"]

LEXICON_FOLDER: Final = Path(__file__).parent / "lexicon"


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found. Offsets into the folded text; ``masked`` where a mask hid a letter of it."""

    entry: Entry
    start: int
    end: int
    masked: bool


class Lexicon:
    """Entries compiled into one automaton. Immutable; safe to share between threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Final = tuple(entries)
        self.version: Final = _version(self.entries)
        self._needles: list[list[tuple[int, Needle]]] = []
        patterns: dict[str, int] = {}
        for index, entry in enumerate(self.entries):
            for needle in needles_of(entry):
                at = patterns.setdefault(needle.text, len(patterns))
                if at == len(self._needles):
                    self._needles.append([])
                self._needles[at].append((index, needle))
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(patterns)) if patterns else None

    @classmethod
    def load(cls, folder: Path = LEXICON_FOLDER) -> "Lexicon":
        """Read every ``*.yaml`` of a folder. Raises LexiconError naming every problem."""
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            raise LexiconError([f"{folder}: no lexicon files (*.yaml) here"])
        return cls(read_entries(paths))

    def by_category(self, category: str) -> tuple[Entry, ...]:
        """The entries that belong to a category, also as a further one."""
        return tuple(entry for entry in self.entries if category in entry.categories)

    def find(self, views: Views) -> list[Hit]:
        """Entries in a text, longest first. One that lies within a longer one of its category is left out."""
        if self._automaton is None:
            return []
        found = self._automaton.find_overlapping(views.folded)
        return self._judge(views, found) if found else []

    def _judge(self, views: Views, found: Sequence[tuple[int, int, int]]) -> list[Hit]:
        excused: dict[int, list[tuple[int, int]]] = {}
        wanted: list[tuple[int, int, int, Needle]] = []
        for start, end, pattern in found:
            for index, needle in self._needles[pattern]:
                if needle.kind == EXCUSE:
                    excused.setdefault(index, []).append((start, end))
                else:
                    wanted.append((start, end, index, needle))
        wanted.sort(key=lambda hit: (hit[0] - hit[1], hit[0], hit[2]))  # longest first
        hits: list[Hit] = []
        taken: dict[str, list[tuple[int, int]]] = {}
        for start, end, index, needle in wanted:
            entry = self.entries[index]
            if any(low <= start and end <= high for low, high in taken.get(entry.category, ())):
                continue
            if any(low < end and start < high for low, high in excused.get(index, ())):
                continue
            if not _stands(views, start, end, needle):
                continue
            hits.append(Hit(entry, start, end, needle.masked))
            taken.setdefault(entry.category, []).append((start, end))
        return hits

    def as_rows(self) -> list[dict[str, Any]]:
        """For JSON; ``from_rows`` is the way back."""
        return [asdict(entry) for entry in self.entries]

    @classmethod
    def from_rows(cls, rows: Iterable[dict[str, Any]]) -> "Lexicon":
        """Build from ``as_rows``. Raises TypeError for rows of another shape."""
        return cls(
            Entry(**{**row, "exceptions": tuple(row["exceptions"]), "also": tuple(row["also"])}) for row in rows
        )


def _version(entries: Sequence[Entry]) -> str:
    """Short hash of what the entries say, whatever file and order they stand in."""
    rows = sorted(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in entries)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def _stands(views: Views, start: int, end: int, needle: Needle) -> bool:
    """Whether what was found is the expression, and not a piece of something else."""
    text = views.folded
    if needle.latin and (_is_alphanumeric(text, start - 1) or _is_alphanumeric(text, end)):
        return False
    if needle.kind == EXACT:
        return not text[:start].strip(_AROUND) and not text[end:].strip(_AROUND)
    if needle.kind != WORD:
        return True
    if _is_own_katakana_run(views.text("tokens"), start, end):
        return True
    tokens = [token for token in views.tokens if start <= token.start and token.end <= end]
    if not tokens or tokens[0].start != start or tokens[-1].end != end:
        return False
    if not all(token.is_function_word for token in tokens):
        return True
    return not _follows_predicate(views.tokens, start)


_AROUND: Final = " w草笑。、!?ー…・~"


def _is_alphanumeric(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def _is_own_katakana_run(wide: str, start: int, end: int) -> bool:
    """A katakana word between other letters needs no dictionary: the script changes at its ends."""
    return (
        all("ァ" <= char <= "ー" for char in wide[start:end])
        and not (start and "ァ" <= wide[start - 1] <= "ー")
        and not (end < len(wide) and "ァ" <= wide[end] <= "ー")
    )


def _follows_predicate(tokens: Sequence[Token], start: int) -> bool:
    """し and ね after a word that can end a sentence are particles: 眠いしね; after others, a command."""
    return any(token.end == start and token.finite for token in tokens)
