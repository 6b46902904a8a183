"""The article kit: everything customer support needs for an awareness article (啓蒙記事), as one zip.

The same report and examples give the same bytes. ``manifest.json`` names every file with its SHA-256, the
period, and the versions behind the figures.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from hashlib import sha256

from moderation.taxonomy import Category
from moderation.trends import render
from moderation.trends.card import card_png, card_svg
from moderation.trends.examples import Example
from moderation.trends.helplines import Helplines
from moderation.trends.kit_charts import charts
from moderation.trends.kit_text import article, checklist, definitions, easy_article, headline, subjects
from moderation.trends.shapes import Report

_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip knows: a kit does not depend on the clock."""
_BOM = "\ufeff"
"""Excel in Japan takes a CSV without it for Shift_JIS."""


def kit_files(
    report: Report, shown: Sequence[Example], chosen: Sequence[Category], helplines: Helplines
) -> dict[str, bytes]:
    """Every file of a kit by its path.

    Args:
        report: The figures.
        shown: Examples that may be published.
        chosen: What the article is about; none leaves it to the report.
        helplines: Places that help.
    """
    about = subjects(report, chosen)
    drawn = charts(report)
    fit = [one for one in shown if one.category in about]
    texts = {
        "article.md": article(report, about, drawn, fit, helplines),
        "article-easy.md": easy_article(report, about, helplines),
        "definitions.md": definitions(report),
        "checklist.md": checklist(about, fit),
        "report.json": render.to_json(report),
        "card.svg": card_svg(report, about),
        "examples.json": _examples(fit),
    }
    files = {path: text.encode() for path, text in texts.items()}
    files["card.png"] = card_png(report, about)
    for one in drawn:
        files[f"charts/{one.name}.png"] = one.png
        files[f"charts/{one.name}.svg"] = one.svg.encode()
        files[f"charts/{one.name}.csv"] = (_BOM + one.csv()).encode()
        files[f"charts/{one.name}.json"] = one.json().encode()
        files[f"charts/{one.name}.txt"] = (one.alternative + "\n").encode()
    files["manifest.json"] = _manifest(report, about, files)
    return files


def kit_zip(files: dict[str, bytes]) -> bytes:
    """The files as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _BEGINNING), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _examples(shown: Sequence[Example]) -> str:
    rows = [
        {"category": one.category.value, "text": one.text, "authors": one.authors, "rooms": one.rooms}
        for one in shown
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _manifest(report: Report, about: Sequence[Category], files: dict[str, bytes]) -> bytes:
    manifest = {
        "service": report.service,
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "tz": "Asia/Tokyo",
        "title": headline(report, about),
        "categories": [category.value for category in about],
        "versions": [
            {"model": one.model, "lexicon": one.lexicon, "fold": one.fold, "ruleset": one.ruleset}
            for one in report.versions
        ],
        "files": {path: sha256(data).hexdigest() for path, data in sorted(files.items())},
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
