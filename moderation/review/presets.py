"""Presets: the common decisions, one key each, with their reasons filled in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.errors import Invalid
from moderation.review.decision import Action, Outcome, Ruling
from moderation.storage.policies import PolicyClause
from moderation.taxonomy import Category, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A decision that one key makes."""

    key: str
    name: str
    label: str
    outcome: Outcome
    actions: tuple[Action, ...]


PRESETS: tuple[Preset, ...] = (
    Preset(key="1", name="clear", label="違反なし", outcome=Outcome.NO_VIOLATION, actions=(Action.NONE,)),
    Preset(key="2", name="warn", label="警告", outcome=Outcome.VIOLATION, actions=(Action.WARN,)),
    Preset(
        key="3",
        name="hide",
        label="非表示＋警告",
        outcome=Outcome.VIOLATION,
        actions=(Action.HIDE, Action.WARN),
    ),
    Preset(
        key="4",
        name="timeout",
        label="タイムアウト",
        outcome=Outcome.VIOLATION,
        actions=(Action.HIDE, Action.TIMEOUT),
    ),
    Preset(key="5", name="ban", label="BAN", outcome=Outcome.VIOLATION, actions=(Action.HIDE, Action.BAN)),
    Preset(
        key="6",
        name="escalate",
        label="保留・上位者へ",
        outcome=Outcome.UNSURE,
        actions=(Action.NONE,),
    ),
    Preset(key="7", name="care", label="ケア案内", outcome=Outcome.NO_VIOLATION, actions=(Action.CARE,)),
)
"""In the order of their keys."""

BY_NAME: Mapping[str, Preset] = {preset.name: preset for preset in PRESETS}

VIOLATION_REASON_JA: dict[Category, str] = {
    Category.INSULT: "特定の人を侮辱し、または誹謗中傷する発言があったため。",
    Category.THREAT: "人に危害を加えると告げる発言があったため。",
    Category.IDENTITY_HATE: "属性を理由に人をおとしめ、または排除しようとする発言があったため。",
    Category.SEXUAL_HARASSMENT: "相手の望まない性的な発言があったため。",
    Category.SELF_HARM: "自傷や自殺をあおる、または勧める発言があったため。",
    Category.PRIVACY: "本人の同意なく個人を特定できる情報を書き込んだため。",
    Category.SOLICITATION: "連絡先の交換や配信外での接触へ誘う発言があったため。",
    Category.SPAM_SCAM: "宣伝、詐欺、または取引へ誘導する書き込みがあったため。",
    Category.ILLEGAL: "違法な行為を勧め、または取引を持ちかける発言があったため。",
    Category.DISRUPTION: "連投やあおりなどで配信の進行を妨げたため。",
    Category.PROFANITY: "配信の場にふさわしくない下品な言葉を繰り返したため。",
}
"""Why, where a moderator gives no reason of their own."""

CLEAR_REASON_JA = "前後のやり取りを確認し、規約に反する発言ではないと判断したため。"
CARE_REASON_JA = "本人のつらさがうかがえる発言のため、相談先を案内する。"
UNSURE_REASON_JA = "この場では判断できないため、上位者に確認を求める。"


def leading_categories(
    scores: Mapping[Category, float], worst: Mapping[Category, Severity] | None = None
) -> tuple[Category, ...]:
    """The case's categories, gravest first, then strongest.

    Args:
        scores: Highest score by category.
        worst: How grave each is, where detectors said so; a threat outranks a surer insult.
    """
    grave = worst or {}

    def place(category: Category) -> tuple[int, float, str]:
        return -grave.get(category, Severity.NONE).rank, -scores[category], category.value

    return tuple(sorted(scores, key=place))


def clause_for(
    category: Category, cited: Iterable[str], clauses: Sequence[PolicyClause]
) -> PolicyClause | None:
    """The clause a decision about a category cites.

    Args:
        category: What the decision is mainly about.
        cited: Clauses the case's rules cite, strongest first.
        clauses: The clauses in force.
    """
    known = {clause.id: clause for clause in clauses}
    candidates = [known[policy_id] for policy_id in cited if policy_id in known]
    fitting = [clause for clause in candidates if category in clause.categories]
    return next(iter((*fitting, *(clause for clause in clauses if category in clause.categories))), None)


def reason_for(outcome: Outcome, actions: Sequence[Action], category: Category | None) -> str:
    """The reason that is given where nobody wrote another."""
    if outcome is Outcome.UNSURE:
        return UNSURE_REASON_JA
    if Action.CARE in actions and outcome is Outcome.NO_VIOLATION:
        return CARE_REASON_JA
    if outcome is Outcome.VIOLATION and category is not None:
        return VIOLATION_REASON_JA[category]
    return CLEAR_REASON_JA


def ruling_of(
    preset: Preset, *, leading: Sequence[Category], cited: Iterable[str], clauses: Sequence[PolicyClause]
) -> Ruling:
    """The whole decision that one key stands for.

    A violation is about the first of the leading categories, cites the clause that the rules cited (else the
    first one of that category), and tells the author which.

    Raises:
        Invalid: A violation, and nothing says of what; the long form asks for it.
    """
    if preset.outcome is not Outcome.VIOLATION:
        reason = reason_for(preset.outcome, preset.actions, None)
        return Ruling(outcome=preset.outcome, actions=preset.actions, reason=reason)
    if not leading:
        raise Invalid("This case has no category yet; choose one in the long form.")
    category = leading[0]
    clause = clause_for(category, cited, clauses)
    if clause is None:
        raise Invalid(f"No policy clause covers {category}; choose one in the long form.")
    reason = reason_for(preset.outcome, preset.actions, category)
    return Ruling(
        outcome=preset.outcome,
        categories=(category,),
        policy_id=clause.id,
        actions=preset.actions,
        reason=reason,
        public_note=f"利用規約 {clause.id}「{clause.title}」に基づく対応です。{reason}",
    )
