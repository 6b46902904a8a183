"""Make an article kit from what the archive holds."""

from collections.abc import Sequence
from datetime import date

from moderation.storage.database import Connection
from moderation.storage.trends import said, sums
from moderation.taxonomy import Category
from moderation.trends.days import Period
from moderation.trends.examples import examples
from moderation.trends.helplines import Helplines
from moderation.trends.kit import kit_files
from moderation.trends.publishable import HarmSpans
from moderation.trends.report import report


def make(
    archive: Connection,
    *,
    service: str,
    period: Period,
    today: date,
    categories: Sequence[Category],
    harm: HarmSpans,
    helplines: Helplines,
) -> dict[str, bytes]:
    """Every file of the kit by its path; what the article is about is left to the report where nothing is chosen."""
    made = report(sums.read(archive, service=service, period=period, today=today))
    fit = examples(said.read(archive, service=service, period=period), harm=harm)
    return kit_files(made, fit, categories, helplines)
