"""Words of the vocabulary as people read them."""

from collections.abc import Mapping
from enum import StrEnum

from api.console.texts import N_
from moderation.review.appeal import APPEAL_STATE_JA
from moderation.review.case import CASE_KIND_JA, CaseKind
from moderation.review.decision import ACTION_JA, OUTCOME_JA, Action, Outcome
from moderation.taxonomy import (
    CATEGORY_JA,
    REASON_JA,
    SEVERITY_JA,
    TARGET_JA,
    Category,
    ReportReason,
    Role,
    Severity,
    Target,
)

STATE: Mapping[str, str] = {
    "queued": N_("審査待ち"),
    "escalated": N_("上位者確認"),
    "closed": N_("完了"),
}
QUEUE: Mapping[str, str] = {"general": N_("一般"), "child_safety": N_("児童保護")}
VERDICT: Mapping[str, str] = {"allow": N_("表示"), "hold": N_("保留"), "block": N_("遮断")}
HELD: Mapping[str, str] = {
    "held": N_("保留中"),
    "approved": N_("公開済み"),
    "denied": N_("非公開"),
    "expired": N_("期限切れ（非公開）"),
}
SUBJECT: Mapping[str, str] = {
    "message": N_("発言"),
    "author": N_("発言者"),
    "room": N_("配信枠"),
    "profile": N_("プロフィール"),
}
REPORT_OUTCOME: Mapping[str, str] = {
    "agreed": N_("認められた"),
    "disagreed": N_("認められない"),
    "ignored": N_("どちらともいえない"),
}
CUSTODY_ACT: Mapping[str, str] = {
    "made": N_("作成"),
    "viewed": N_("閲覧"),
    "exported": N_("書き出し"),
    "verified": N_("照合"),
    "released": N_("保全の解除"),
}
EVENT: Mapping[str, str] = {
    "brigade": N_("組織的な通報とみられる"),
    "gathered": N_("口論のケースへまとめられた"),
    "opened": N_("ケースが開かれました"),
    "claimed": N_("担当開始"),
    "released": N_("担当解除"),
    "skipped": N_("スキップ"),
    "decided": N_("決定"),
    "escalated": N_("上位者へ"),
    "undone": N_("決定の取り消し"),
    "moved": N_("キューを移動"),
    "assigned": N_("担当者の指名"),
    "commented": N_("コメント"),
    "second_opinion": N_("第二意見の依頼"),
    "appealed": N_("異議申立て"),
    "appeal_upheld": N_("異議申立て：決定を維持"),
    "appeal_overturned": N_("異議申立て：決定を取り消し"),
    "approved": N_("保留を公開"),
    "denied": N_("保留を非公開に"),
}
ACT: Mapping[str, str] = {
    **{f"case.{kind}": name for kind, name in EVENT.items()},
    "protected.looked": N_("保護された内容の閲覧"),
    "message.approved": N_("保留を公開"),
    "message.denied": N_("保留を非公開に"),
    "label.put": N_("ラベルを付けた"),
    "label.removed": N_("ラベルを外した"),
    "quality.answered": N_("再判定"),
    "quality.golden": N_("正解例にした"),
    "quality.golden_retired": N_("正解例から外した"),
    "user.added": N_("利用者を追加"),
    "user.changed": N_("利用者を変更"),
    "user.locked": N_("利用者を停止"),
    "user.unlocked": N_("利用者の停止を解除"),
    "queue.put": N_("キューを保存"),
    "queue.removed": N_("キューを削除"),
    "route.added": N_("振り分けを追加"),
    "route.removed": N_("振り分けを削除"),
    "policy.put": N_("条項の新しい版"),
    "ruleset.activate": N_("ルールの版を有効化"),
    "ruleset.rollback": N_("ルールを前の版に戻す"),
    "shield.raise": N_("シールドを上げた"),
    "shield.lower": N_("シールドを下ろした"),
    "rule.auto_disabled": N_("ルールの自動停止"),
    "rule.undo": N_("ルールがしたことの取り消し"),
    "author.erased": N_("個人情報の消去"),
    "reporter.set": N_("通報者の扱いを変更"),
    "evidence.made": N_("証拠を保全"),
    "evidence.released": N_("証拠の保全を解除"),
    "webhook.put": N_("Webhookを保存"),
    "webhook.rotated": N_("Webhookの署名鍵を更新"),
    "webhook.tested": N_("Webhookを試送"),
    "webhook.redelivered": N_("Webhookを再送"),
    "model.live": N_("モデルの切り替え"),
    "model.shadow": N_("モデルの試験運用"),
    "measurement.pin": N_("計測モデルの固定"),
    "campaign.add": N_("啓蒙記事を登録"),
    "campaign.revision": N_("啓蒙記事の改訂を記録"),
    "campaign.follow_up": N_("啓蒙記事の続報を記録"),
    "campaign.close": N_("啓蒙記事の測定を終了"),
    "kit.make": N_("記事キットを作成"),
    "kit.approved": N_("記事キットを承認"),
    "kit.withdrawn": N_("記事キットを取り下げ"),
    "proposal.make": N_("改善提案を作成"),
    "proposal.change": N_("改善提案を変更"),
}
"""Acts of the audit trail; one that is not here is shown as it is stored."""
SYSTEM: Mapping[str, str] = {"system": N_("システム"), "system:guard": N_("自動停止")}
"""Who acts where nobody does."""
LOOK: Mapping[str, str] = {"review": N_("審査"), "appeal": N_("異議申立て"), "second look": N_("再判定")}
"""Why somebody looked at what is protected, where their work was the reason."""
AUDIT_KEY: Mapping[str, str] = {
    "decision_id": N_("決定"),
    "appeal_id": N_("異議申立て"),
    "message_id": N_("発言"),
    "batch_id": N_("まとめ"),
    "state": N_("状態"),
    "version": N_("版"),
    "why": N_("理由"),
    "reason": N_("理由"),
    "label": N_("ラベル"),
    "to": N_("移動先"),
    "queue": N_("キュー"),
    "roles": N_("権限"),
    "hits": N_("検知"),
    "from": N_("前の版"),
    "processes": N_("サーバーの数"),
    "act": N_("操作"),
    "seconds": N_("秒"),
    "title": N_("題"),
    "service": N_("サービス"),
    "team": N_("担当"),
    "note": N_("メモ"),
    "at": N_("日時"),
    "first_day": N_("最初の日"),
    "last_day": N_("最後の日"),
}
"""What an entry of the audit trail says; a name that is not here is shown as it is stored."""
ROLE: Mapping[str, str] = {
    Role.ADMIN: N_("管理者"),
    Role.RULES_MANAGER: N_("ルール管理"),
    Role.LEAD: N_("リーダー"),
    Role.MODERATOR: N_("モデレーター"),
    Role.CHILD_SAFETY: N_("児童保護担当"),
    Role.SPECIALIST: N_("削除申出担当"),
    Role.ANALYST: N_("CS・分析"),
    Role.SERVICE: N_("サービス"),
}

_ENUMS: dict[type[StrEnum], Mapping[str, str]] = {
    Category: {item.value: name for item, name in CATEGORY_JA.items()},
    Severity: {item.value: name for item, name in SEVERITY_JA.items()},
    Target: {item.value: name for item, name in TARGET_JA.items()},
    ReportReason: {item.value: name for item, name in REASON_JA.items()},
    CaseKind: {item.value: name for item, name in CASE_KIND_JA.items()},
    Outcome: {item.value: name for item, name in OUTCOME_JA.items()},
    Action: {item.value: name for item, name in ACTION_JA.items()},
}

WORDS: dict[str, Mapping[str, str]] = {
    "state": STATE,
    "queue_name": QUEUE,
    "subject_kind": SUBJECT,
    "verdict": VERDICT,
    "held": HELD,
    "event": EVENT,
    "act": ACT,
    "audit_key": AUDIT_KEY,
    "look": LOOK,
    "system": SYSTEM,
    "appeal_state": {item.value: name for item, name in APPEAL_STATE_JA.items()},
    "report_outcome": REPORT_OUTCOME,
    "custody_act": CUSTODY_ACT,
    "role": ROLE,
    "category": _ENUMS[Category],
    "severity": _ENUMS[Severity],
    "target": _ENUMS[Target],
    "report_reason": _ENUMS[ReportReason],
    "kind": _ENUMS[CaseKind],
    "outcome": _ENUMS[Outcome],
    "action": _ENUMS[Action],
}
"""Filter name to Japanese name by stored value; what is not listed is shown as it is stored."""
