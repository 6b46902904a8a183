"""Half characters (lone surrogates) cannot be encoded; automata get a stand-in of the same length."""

import re

_HALVES = re.compile("[\ud800-\udfff]")


def sane(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, so that offsets stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _HALVES.sub("\ufffd", text)
    return text
