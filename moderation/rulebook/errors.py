"""Errors about rules, beside those of moderation/errors.

NotFound    RuleSetNotFound, RuleNotFound, ListNotFound, BacktestNotFound
Conflict    RuleSetConflict
Invalid     RulesRefused
"""

from collections.abc import Sequence

from moderation.errors import Conflict, FieldProblem, Invalid, NotFound
from rules.problems import Problem


class RuleSetNotFound(NotFound):
    """No rule set has this version."""

    code = "rule_set_not_found"

    def __init__(self, version: str) -> None:
        super().__init__(f"No rule set {version[:80]!r}; `GET /v1/rulesets` lists those that are kept.")


class RuleNotFound(NotFound):
    """The rule set in force has no such rule."""

    code = "rule_not_found"

    def __init__(self, rule_id: str, hint: str | None = None) -> None:
        super().__init__(f"No rule {rule_id[:120]!r}" + (f"; {hint}" if hint else "."))


class ListNotFound(NotFound):
    """The rule set in force has no such list."""

    code = "list_not_found"

    def __init__(self, name: str, hint: str | None = None) -> None:
        super().__init__(f"No list {name[:120]!r}" + (f"; {hint}" if hint else "."))


class BacktestNotFound(NotFound):
    """No backtest has this id."""

    code = "backtest_not_found"

    def __init__(self, backtest_id: str) -> None:
        super().__init__(f"No backtest {backtest_id[:80]!r}.")


class RuleSetConflict(Conflict):
    """The rule sets in force do not allow this change now."""

    code = "rule_set_conflict"


class RulesRefused(Invalid):
    """Rules or lists that cannot be used, with every reason; the running set stays."""

    code = "rules_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        found = [
            FieldProblem(
                pointer=one.path if one.line is None else f"{one.path}:{one.line}",
                detail=one.what + (f" ({one.hint})" if one.hint else ""),
            )
            for one in problems
        ]
        super().__init__(
            f"{len(problems)} problem{'' if len(problems) == 1 else 's'} in the rules; `errors` names each.",
            found,
        )
        self.found = tuple(problems)
