"""The file of one evidence pack: the copy, its chain of custody, and how to check both."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moderation.reports.archive_file import as_csv, as_json, zipped
from moderation.storage.reports.evidence import CustodyLine, Pack
from moderation.trends.days import JST

ACT_JA: Mapping[str, str] = {
    "made": "作成",
    "viewed": "閲覧",
    "exported": "書き出し",
    "verified": "照合",
    "released": "保全の解除",
}
_README = """証拠の写し {id}

目的: {purpose}
作成: {made_at}（日本時間） {made_by}
書き出し: {now}（日本時間）

入っているもの
  evidence.json   作成した時点の写し。このファイルの SHA-256 は {sha256} です。
  messages.csv    写しのうち発言だけを時間の順に並べた一覧。表計算ソフトで開けます。
  custody.json    だれがいつ作成・閲覧・書き出しをしたかの記録（保管の連鎖）。
  SHA256SUMS      すべてのファイルの SHA-256。

照合のしかた
  1. sha256sum -c SHA256SUMS
  2. custody.json の先頭の行にある sha256 が、evidence.json の SHA-256 と同じことを確かめます。
  3. custody.json の各行の previous_hash が、一つ前の行の hash と同じことを確かめます。

写しは作成後に変更されていません。データベースが変更を拒みます。
"""


def evidence_zip(
    pack: Pack, lines: Sequence[CustodyLine], *, names: Mapping[str, str], now: datetime
) -> bytes:
    """The ZIP.

    Args:
        pack: Which.
        lines: Its chain of custody.
        names: Display names of people by their id.
        now: When it is made.
    """
    said = _said(json.loads(pack.content))
    files = {
        "README.txt": _README.format(
            id=pack.id,
            purpose=pack.purpose,
            made_at=_stamp(pack.made_at),
            made_by=_who(pack.made_by, names),
            now=_stamp(now),
            sha256=pack.sha256,
        ).encode(),
        "evidence.json": pack.content.encode(),
        "messages.csv": as_csv(
            ["送信（UTC）", "発言のID", "発言者のID", "名前", "配信枠のID", "本文", "種類"], said
        ),
        "custody.json": as_json([_line(line, names) for line in lines]),
    }
    return zipped(files, now=now)


def _said(copy: Mapping[str, Any]) -> list[list[Any]]:
    """Every message once: a hit before the archive's row, that before the talk around it."""
    rows: dict[str, list[Any]] = {}
    for kind, part, key in (
        ("検知・通報", "hits", "message_id"),
        ("記録", "messages", "id"),
        ("前後", "talk", "message_id"),
    ):
        for row in copy.get(part, ()):
            rows.setdefault(
                row[key],
                [
                    row["sent_at"],
                    row[key],
                    row["author_id"],
                    row.get("author_name"),
                    row.get("room_id"),
                    row["text"],
                    kind,
                ],
            )
    return sorted(rows.values(), key=lambda row: (row[0], row[1]))


def _line(line: CustodyLine, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": line.at.isoformat(),
        "actor": line.actor,
        "actor_name": _who(line.actor, names),
        "act": line.act,
        "data": dict(line.data),
        "previous_hash": line.previous_hash,
        "hash": line.hash,
    }


def _who(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor.removeprefix("user:"), actor)


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(JST):%Y-%m-%d %H:%M:%S}"
