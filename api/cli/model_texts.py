"""Texts of a file that a corpus is compared with."""

from pathlib import Path

from api.cli.score_input import Form, read_lines
from classifiers.errors import CorpusError

_LONGEST = 1_000_000


def texts_of(path: Path) -> list[str]:
    """The text of each line: plain, or of the key ``text`` in JSON Lines.

    Raises:
        CorpusError: Every line that cannot be read, as ``file: line N: what is wrong``.
    """
    with path.open("rb") as lines:
        read = list(read_lines(lines, form=Form.AUTO, most=_LONGEST))
    problems = [f"{path}: {line.error}" for line in read if line.error]
    if problems:
        raise CorpusError(problems)
    return [line.text for line in read if line.text is not None]
