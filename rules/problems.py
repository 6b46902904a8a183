"""Problem: one thing wrong with a rule file, told as a compiler would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, where, and how to mend it.

    Attributes:
        path: File below the packs or lists folder, e.g. ``insult/die.yaml``.
        line: 1 is the first; None where the file as a whole is meant.
        code: Stable word for programs, e.g. ``unknown_key``.
        what: One sentence.
        hint: What to do about it, where we know.
        rule_id: The rule it is about, where it has one.
    """

    path: str
    line: int | None
    code: str
    what: str
    hint: str | None = None
    rule_id: str | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class RulesError(Exception):
    """Rules that cannot be used, with every reason."""

    code = "rules_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest known word, or None when nothing is near.

    >>> did_you_mean("titel", ["title", "tests"])
    "did you mean 'title'?"
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else None
