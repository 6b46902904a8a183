"""Altair, read when the first chart is drawn: a third of a second that a process which draws none does not pay."""

from typing import Any


def __getattr__(name: str) -> Any:
    """What altair calls ``name``."""
    import altair as alt  # noqa: PLC0415 -- see above

    return getattr(alt, name)
