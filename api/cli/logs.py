"""Where log lines of a command go: standard error, so that standard output holds results only.

A person at a terminal gets lines to read, everybody else one JSON object a line.
"""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Log from a level on: debug, info, warning or error."""
    terminal = sys.stderr.isatty()
    written: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *written,
        ],
    )
