"""The decision form of the case page: what it offers, what was typed, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from api.console.errors import explain
from api.console.texts import N_, translate
from api.console.visitor import text_of, texts_of
from moderation.errors import BadForm, Conflict, FieldProblem, MissingRole, ModerationError
from moderation.review.decision import (
    ALLOWED_ACTIONS,
    MAX_INTERNAL_NOTE,
    MAX_PUBLIC_NOTE,
    MAX_REASON,
    Action,
    Outcome,
)
from moderation.taxonomy import Category

_PROBLEMS: Mapping[str, str] = {
    "/outcome": N_("結論を選び直してください。"),
    "/categories": N_("違反とする場合は、カテゴリを一つ以上選んでください。"),
    "/policy_id": N_("違反とする場合は、根拠となる条項を選んでください。"),
    "/actions": N_("この結論では選べない対応か、同時に選べない組み合わせです。"),
    "/reason": N_("理由は2,000文字以内で入力してください。"),
    "/public_note": N_("本人への説明は2,000文字以内で入力してください。"),
    "/internal_note": N_("内部メモは10,000文字以内で入力してください。"),
}
"""What is wrong with a field of the long form, for whom it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What someone typed into the long form; it comes back with an error."""

    outcome: str = Outcome.VIOLATION
    categories: Sequence[str] = ()
    policy_id: str = ""
    actions: Sequence[str] = ()
    reason: str = ""
    public_note: str = ""
    internal_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the last step failed; ``problems`` by field of the long form."""

    explanation: str
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormChoices:
    """What the long form offers."""

    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    categories: tuple[Category, ...] = tuple(Category)
    actions: tuple[Action, ...] = tuple(Action)
    allowed: Mapping[Outcome, frozenset[Action]] = field(default_factory=lambda: ALLOWED_ACTIONS)
    longest_reason: int = MAX_REASON
    longest_public_note: int = MAX_PUBLIC_NOTE
    longest_internal_note: int = MAX_INTERNAL_NOTE


def status_of(error: ModerationError | None) -> int:
    """The page's HTTP status after a failed step."""
    if error is None:
        return 200
    if isinstance(error, Conflict):
        return 409
    return 403 if isinstance(error, MissingRole) else 422


def trouble_of(error: ModerationError | None, status: int, language: str) -> Trouble | None:
    """What the page says about a failed step."""
    if error is None:
        return None
    problems: Sequence[FieldProblem] = getattr(error, "problems", ())
    return Trouble(
        explanation=explain(error, status, language),
        problems={
            problem.pointer.removeprefix("/"): translate(language, _PROBLEMS[problem.pointer])
            for problem in problems
            if problem.pointer in _PROBLEMS
        },
    )


def number_of(form: FormData, name: str) -> int:
    """A field that our page filled with a number. Raises BadForm."""
    value = text_of(form, name)
    if not value.isdecimal() or len(value) > 9:  # noqa: PLR2004 - beyond any counter of ours
        raise BadForm(f"The field {name} is damaged; load the page again.")
    return int(value)


def typed_of(form: FormData) -> Typed:
    """The long form as it was sent."""
    return Typed(
        outcome=text_of(form, "outcome"),
        categories=texts_of(form, "categories"),
        policy_id=text_of(form, "policy_id"),
        actions=texts_of(form, "actions"),
        reason=text_of(form, "reason"),
        public_note=text_of(form, "public_note"),
        internal_note=text_of(form, "internal_note"),
    )
