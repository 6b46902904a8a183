"""The file of one notice: everything about it in one ZIP with hashes, for counsel or an authority."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moderation.reports.archive_file import as_csv, as_json, zipped
from moderation.reports.notice_words import (
    APPLICANT_EXEMPT_JA,
    APPLICANT_JA,
    EXTENSION_JA,
    MEASURE_JA,
    POSTER_EXEMPT_JA,
    RESULT_JA,
    RIGHT_JA,
    STATE_JA,
)
from moderation.storage.reports.evidence import Pack
from moderation.storage.reports.notice_read import Notice, NoticeEvent, NoticeFile
from moderation.trends.days import JST

EVENT_JA: Mapping[str, str] = {
    "received": "受付",
    "assigned": "担当の決定",
    "extended": "期限延長の通知",
    "decided": "結果の決定",
    "applicant_notified": "申出者への通知",
    "applicant_exempt": "申出者へ通知しない",
    "poster_notified": "発信者への通知",
    "poster_exempt": "発信者へ通知しない",
    "withdrawn": "取り下げ",
    "note": "メモ",
    "due_soon": "期限が近い旨の警告",
    "overdue": "期限超過の警告",
    "exported": "書き出し",
}


def notice_zip(
    notice: Notice,
    events: Sequence[NoticeEvent],
    files: Sequence[NoticeFile],
    packs: Sequence[Pack],
    *,
    names: Mapping[str, str],
    now: datetime,
) -> bytes:
    """The ZIP.

    Args:
        notice: Which.
        events: Its history.
        files: Its attachments with their content, where it was handed in.
        packs: Evidence that was secured for it.
        names: Display names of people by their id.
        now: When it is made.
    """
    inside: dict[str, bytes] = {
        "notice.json": as_json(_document(notice)),
        "summary.txt": _summary(notice, names, now).encode(),
        "history.csv": as_csv(
            ["日時（日本時間）", "だれが", "なにを", "くわしく"],
            [
                [_stamp(one.at), _who(one.actor, names), EVENT_JA.get(one.kind, one.kind), _told(one.data)]
                for one in events
            ],
        ),
        "attachments.csv": as_csv(
            ["番号", "名前", "大きさ（バイト）", "SHA-256", "内容"],
            [[f.number, f.name, f.size, f.sha256, "あり" if f.content else "ハッシュのみ"] for f in files],
        ),
    }
    for file in files:
        if file.content is not None:
            inside[f"attachments/{file.number:02d}_{_safe(file.name)}"] = file.content
    for pack in packs:
        inside[f"evidence/{pack.id}.json"] = pack.content.encode()
    return zipped(inside, now=now)


def _document(notice: Notice) -> dict[str, Any]:
    applicant = notice.applicant
    return {
        "reference": notice.reference,
        "service": notice.service,
        "channel": notice.channel,
        "external_id": notice.external_id,
        "applicant": {
            "name": applicant.name,
            "kind": applicant.kind.value,
            "email": applicant.email,
            "phone": applicant.phone,
            "address": applicant.address,
        },
        "right": notice.right.value,
        "message_ids": list(notice.message_ids),
        "urls": list(notice.urls),
        "statement": notice.statement,
        "hide_from_poster": notice.hide_from_poster,
        "received_at": notice.received_at.isoformat(),
        "due_at": notice.due_at.isoformat(),
        "extension": None
        if notice.extension_ground is None
        else {
            "ground": notice.extension_ground.value,
            "reason": notice.extension_reason,
            "until": _iso(notice.extended_until),
        },
        "state": notice.state.value,
        "result": notice.result.value if notice.result else None,
        "measures": [measure.value for measure in notice.measures],
        "result_reason": notice.result_reason,
        "policy_id": notice.policy_id,
        "policy_version": notice.policy_version,
        "decided_at": _iso(notice.decided_at),
        "applicant_notified_at": _iso(notice.applicant_notified_at),
        "applicant_exempt_ground": notice.applicant_exempt_ground,
        "poster_notified_at": _iso(notice.poster_notified_at),
        "poster_exempt_ground": notice.poster_exempt_ground,
        "poster_exempt_reason": notice.poster_exempt_reason,
    }


def _summary(notice: Notice, names: Mapping[str, str], now: datetime) -> str:
    lines = [
        f"削除申出 {notice.reference}",
        f"作成: {_stamp(now)}",
        "",
        f"受付: {_stamp(notice.received_at)}",
        f"通知の期限: {_stamp(notice.due_at)}",
        f"申出者: {notice.applicant.name}（{APPLICANT_JA[notice.applicant.kind]}）",
        f"侵害されたとする権利: {RIGHT_JA[notice.right]}",
        f"対象の発言: {'、'.join(notice.message_ids) or 'なし'}",
        f"対象のURL: {'、'.join(notice.urls) or 'なし'}",
        f"担当: {_who(notice.specialist or '', names) or '未定'}",
        f"状態: {STATE_JA[notice.state]}",
    ]
    if notice.extension_ground and notice.extended_until:
        until = _stamp(notice.extended_until)
        lines.append(
            f"延長: {EXTENSION_JA[notice.extension_ground]}（{until}まで） {notice.extension_reason}"
        )
    if notice.result:
        done = "、".join(MEASURE_JA[measure] for measure in notice.measures)
        lines.append(f"結果: {RESULT_JA[notice.result]}{f'（{done}）' if done else ''}")
        lines.append(f"理由: {notice.result_reason}")
    if notice.applicant_notified_at:
        lines.append(f"申出者への通知: {_stamp(notice.applicant_notified_at)}")
    elif notice.applicant_exempt_ground:
        lines.append(f"申出者への通知: しない（{APPLICANT_EXEMPT_JA[notice.applicant_exempt_ground]}）")
    if notice.poster_notified_at:
        lines.append(f"発信者への通知: {_stamp(notice.poster_notified_at)}")
    elif notice.poster_exempt_ground:
        lines.append(f"発信者への通知: しない（{POSTER_EXEMPT_JA[notice.poster_exempt_ground]}）")
    lines += ["", "ファイルの照合: SHA256SUMS にある値と各ファイルの SHA-256 を比べてください。", ""]
    return "\n".join(lines)


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(JST):%Y-%m-%d %H:%M}"


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _who(actor: str, names: Mapping[str, str]) -> str:
    return {"system": "システム"}.get(actor, names.get(actor.removeprefix("user:"), actor))


def _told(data: Mapping[str, Any]) -> str:
    return "、".join(f"{key}={value}" for key, value in sorted(data.items()))


def _safe(name: str) -> str:
    """A file name that stays in its folder and that every system can write."""
    kept = "".join(char if char.isalnum() or char in "._-" else "_" for char in name)
    return kept.lstrip(".")[-80:] or "file"
