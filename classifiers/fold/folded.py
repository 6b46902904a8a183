"""The folded text, and the way back from it to the text as typed."""

import unicodedata

from classifiers.fold.tables import TO_HIRAGANA, WIDE_TABLE


class Folded:
    """One text folded to one spelling: ``raw`` as typed, ``text`` folded. Never changed once made."""

    __slots__ = ("_ends", "_starts", "_wide", "raw", "text")

    def __init__(
        self,
        raw: str,
        text: str,
        starts: list[int] | None = None,
        ends: list[int] | None = None,
    ) -> None:
        self.raw = raw
        self.text = text
        self._starts = starts  # None: every character came from the one at its own offset
        self._ends = ends
        self._wide: str | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the raw text of the non-empty slice ``text[start:end]``; itself non-empty.

        Raises:
            ValueError: The slice is empty or lies outside the folded text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"need 0 <= start < end <= {len(self.text)}, got {start}..{end}")
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]

    @property
    def wide(self) -> str:
        """``text``, character for character, with katakana and small kana as typed: what a tokenizer reads."""
        if self._wide is None:
            self._wide = self._widened()
        return self._wide

    def _widened(self) -> str:
        near = self.raw.translate(WIDE_TABLE)
        if self._starts is None or self._ends is None:
            return near
        out: list[str] = []
        for char, start, end in zip(self.text, self._starts, self._ends, strict=True):
            wide = near[start]
            if end - start == 2:  # noqa: PLR2004 -- a letter with its voicing mark: ﾊﾞ is バ
                wide = unicodedata.normalize("NFKC", self.raw[start:end])[:1] or wide
            out.append(wide if wide.translate(TO_HIRAGANA) == char else char)
        return "".join(out)
