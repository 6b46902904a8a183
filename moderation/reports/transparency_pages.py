"""The transparency report as JSON, CSV, Markdown and one HTML page that needs nothing else."""

import html
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from moderation.reports.archive_file import as_csv
from moderation.reports.transparency import TransparencyReport
from moderation.reports.transparency_table import Table
from moderation.trends.days import JST


class Form(StrEnum):
    """How the report is written."""

    MARKDOWN = "md"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


_STYLE = (
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.7 sans-serif;color:#1f2426}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #c8c8c2;padding:.35rem .6rem}"
    "th{background:#f2f2ee;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "tr:last-child td{font-weight:700}.d{color:#5d6468;font-size:.9rem}"
)


def title_of(report: TransparencyReport) -> str:
    """What the report is called."""
    return f"{report.year}年度 透明性レポート（{report.service}）"


def to_document(report: TransparencyReport) -> dict[str, Any]:
    """For JSON."""
    return {
        "year": report.year,
        "service": report.service,
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "made_at": report.made_at.isoformat(),
        "complete": report.complete,
        "tables": [
            {
                "id": table.id,
                "title_ja": table.title,
                "definition_ja": table.definition,
                "header": list(table.header),
                "rows": [list(row) for row in table.rows],
                "notes": list(table.notes),
            }
            for table in report.tables
        ],
    }


def to_json(report: TransparencyReport) -> str:
    """As text."""
    return json.dumps(to_document(report), ensure_ascii=False, indent=2) + "\n"


def to_csv(report: TransparencyReport) -> bytes:
    """Every count on a line of its own: table, row, column, value."""
    rows = [
        [table.id, table.title, row[0], column, value]
        for table in report.tables
        for row in table.rows
        for column, value in zip(table.header[1:], row[1:], strict=True)
    ]
    return as_csv(["表", "題名", "行", "列", "件数"], rows)


def to_markdown(report: TransparencyReport) -> str:
    """Markdown in Japanese."""
    parts = [f"# {title_of(report)}", "", _period(report), ""]
    for table in report.tables:
        parts += [f"## {table.title}", "", table.definition, "", *_markdown_table(table), ""]
        parts += [*(f"- やむを得ない理由：{_flat(note)}" for note in table.notes), ""] if table.notes else []
    return "\n".join(parts).rstrip() + "\n"


def _markdown_table(table: Table) -> list[str]:
    head = [f"| {' | '.join(_flat(str(name)) for name in table.header)} |"]
    rule = [f"|---|{'---:|' * (len(table.header) - 1)}"]
    return head + rule + [f"| {' | '.join(_flat(_shown(cell)) for cell in row)} |" for row in table.rows]


def to_html(report: TransparencyReport) -> str:
    """One page; it loads nothing."""
    title = html.escape(title_of(report))
    body = "".join(_html_table(table) for table in report.tables)
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f'<body><h1>{title}</h1><p class="d">{html.escape(_period(report))}</p>{body}</body></html>\n'
    )


def _html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.header)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(row[0]))}</th>'
        + "".join(f'<td class="n">{html.escape(_shown(cell))}</td>' for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in table.notes)
    return (
        f'<h2>{html.escape(table.title)}</h2><p class="d">{html.escape(table.definition)}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + (f"<ul>{notes}</ul>" if notes else "")
    )


def _period(report: TransparencyReport) -> str:
    until = "" if report.complete else f"（{_day(report.made_at)}までの途中経過）"
    first, last = report.first, report.last
    return f"対象期間：{first.year}年{first.month}月{first.day}日から{last.year}年{last.month}月{last.day}日{until}"


def _day(when: datetime) -> str:
    local = when.astimezone(JST)
    return f"{local.year}年{local.month}月{local.day}日"


def _shown(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell


def _flat(text: str) -> str:
    return " ".join(text.replace("|", "｜").split())
