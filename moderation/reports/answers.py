"""Answers: what reporters and authors are told of a decision, in Japanese, with the reason and the clause.

A reporter learns what was found and which clause it was checked against, never what is known of them or of
the other person. An author learns what was decided, why, and under which clause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.review.decision import Action, Decision, Outcome
from moderation.storage.policies import PolicyClause
from moderation.taxonomy import CATEGORY_JA, Category, ReportReason


class AnswerKind(StrEnum):
    """What an answer says."""

    RECEIVED = "received"
    MEASURE_TAKEN = "measure_taken"
    NO_VIOLATION = "no_violation"
    CARED_FOR = "cared_for"
    MEDIATED = "mediated"
    STILL_LOOKING = "still_looking"


ANSWER_KIND_JA: dict[AnswerKind, str] = {
    AnswerKind.RECEIVED: "受付済み",
    AnswerKind.MEASURE_TAKEN: "対応しました",
    AnswerKind.NO_VIOLATION: "違反は確認できませんでした",
    AnswerKind.CARED_FOR: "見守りの対応をしました",
    AnswerKind.MEDIATED: "双方に確認しました",
    AnswerKind.STILL_LOOKING: "確認を続けています",
}

_REPORTER_JA: dict[AnswerKind, str] = {
    AnswerKind.RECEIVED: "通報を受け付けました。担当者が前後のやり取りとあわせて確認します。結果はこのページでお知らせします。",
    AnswerKind.MEASURE_TAKEN: "ご連絡ありがとうございました。確認した結果、利用規約{clause}に反する内容があったため、必要な対応を行いました。",
    AnswerKind.NO_VIOLATION: (
        "ご連絡ありがとうございました。前後のやり取りも含めて確認しましたが、利用規約{clause}に反するとまでは"
        "判断できませんでした。不快に感じる相手は、ブロックやミュートで表示しないようにできます。"
    ),
    AnswerKind.CARED_FOR: "ご連絡ありがとうございました。ご本人の状況を考え、相談窓口の案内などの対応を行いました。",
    AnswerKind.MEDIATED: (
        "双方のやり取りを確認しました。どちらか一方だけの問題とはいえないため、お二人それぞれに"
        "お知らせしました。落ち着くまで、ブロックやミュートもご利用ください。"
    ),
    AnswerKind.STILL_LOOKING: "内容の判断に時間がかかっています。別の担当者が引き続き確認しています。",
}

_ACTION_JA: dict[Action, str] = {
    Action.WARN: "今回は警告とします。",
    Action.HIDE: "該当する発言は表示しないようにしました。",
    Action.TIMEOUT: "一定の間、書き込みができません。",
    Action.BAN: "アカウントの利用を停止しました。",
    Action.RESTORE: "該当する発言は表示に戻しました。",
    Action.CARE: "つらい気持ちのときに相談できる窓口をご案内します。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one side is told.

    Attributes:
        kind: The stable word.
        title: A few words of Japanese.
        text: The whole answer.
        reason: Why, as the decision gives it for the outside; empty where nothing is decided.
        policy_id: The clause it rests on, or was checked against.
    """

    kind: AnswerKind
    title: str
    text: str
    reason: str = ""
    policy_id: str | None = None
    policy_version: int | None = None


def kind_of(decision: Decision | None) -> AnswerKind:
    """What a decision means for a reporter; without one their report waits."""
    if decision is None:
        return AnswerKind.RECEIVED
    ruling = decision.ruling
    if Action.MEDIATE in ruling.actions:
        return AnswerKind.MEDIATED
    if ruling.outcome is Outcome.VIOLATION:
        return AnswerKind.MEASURE_TAKEN
    if ruling.outcome is Outcome.UNSURE:
        return AnswerKind.STILL_LOOKING
    return AnswerKind.CARED_FOR if Action.CARE in ruling.actions else AnswerKind.NO_VIOLATION


def for_reporter(decision: Decision | None, reason: ReportReason, clauses: Sequence[PolicyClause]) -> Answer:
    """What a reporter is told.

    Args:
        decision: The one that covers their report; None while it waits.
        reason: What they reported it for: the clause that was looked at where nothing was found.
        clauses: The clauses in force.
    """
    kind = kind_of(decision)
    clause = _clause(decision, reason, clauses)
    return Answer(
        kind=kind,
        title=ANSWER_KIND_JA[kind],
        text=_REPORTER_JA[kind].format(clause=f"の{_name(clause)}" if clause else ""),
        reason=_checked(kind, reason),
        policy_id=clause.id if clause else None,
        policy_version=clause.version if clause else None,
    )


def for_author(decision: Decision, clauses: Sequence[PolicyClause]) -> Answer:
    """What the author is told; the note a moderator wrote for them stands in the place of the reason."""
    kind = kind_of(decision)
    ruling = decision.ruling
    clause = next((one for one in clauses if one.id == ruling.policy_id), None)
    if kind is AnswerKind.MEASURE_TAKEN:
        opening = f"あなたの書き込みを確認した結果、利用規約の{_name(clause)}に反すると判断しました。"
    elif kind is AnswerKind.MEDIATED:
        opening = "あなたと相手の方のやり取りを確認しました。お互いに、これ以上のやり取りを控えてください。"
    elif kind is AnswerKind.CARED_FOR:
        opening = "あなたの書き込みを読み、心配しています。"
    elif kind is AnswerKind.STILL_LOOKING:
        opening = "あなたの書き込みについて確認を続けています。"
    else:
        opening = "あなたの書き込みを確認し、利用規約に反しないと判断しました。"
    done = "".join(_ACTION_JA.get(action, "") for action in ruling.actions)
    objection = (
        "内容に心当たりがない場合は、異議を申し立てることができます。"
        if kind is AnswerKind.MEASURE_TAKEN
        else ""
    )
    return Answer(
        kind=kind,
        title=ANSWER_KIND_JA[kind],
        text=opening + done + objection,
        reason=ruling.public_note or ruling.reason,
        policy_id=ruling.policy_id,
        policy_version=decision.policy_version,
    )


def _clause(
    decision: Decision | None, reason: ReportReason, clauses: Sequence[PolicyClause]
) -> PolicyClause | None:
    cited = decision.ruling.policy_id if decision is not None else None
    if (
        decision is not None
        and decision.ruling.outcome is not Outcome.VIOLATION
        and reason is not ReportReason.OTHER
    ):
        cited = None  # they are told of what they reported, not of what else was looked for
    if cited is not None or reason is ReportReason.OTHER:
        return next((one for one in clauses if one.id == cited), None)
    return next((one for one in clauses if Category(reason.value) in one.categories), None)


def _name(clause: PolicyClause | None) -> str:
    return f"{clause.id}「{clause.title}」" if clause else "条項"


def _checked(kind: AnswerKind, reason: ReportReason) -> str:
    about = CATEGORY_JA[Category(reason.value)] if reason is not ReportReason.OTHER else "ご指摘の内容"
    match kind:
        case AnswerKind.MEASURE_TAKEN:
            return f"「{about}」としての通報をきっかけに確認し、違反を認めたため。"
        case AnswerKind.NO_VIOLATION:
            return f"「{about}」に当たるかを、前後のやり取りとあわせて確認したため。"
        case AnswerKind.CARED_FOR:
            return "罰する必要のある書き込みではなく、支えが必要と考えたため。"
        case AnswerKind.MEDIATED:
            return "双方から通報があり、双方の発言を時間の順に確認したため。"
    return ""
