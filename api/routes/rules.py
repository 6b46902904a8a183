"""Rules over HTTP: look at them, check an edit, run tests, trace a message, try a set over the archive."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.deps import Now, ProcessParts, Read, ReadArchive, Write
from api.openapi import KEYED, POSTED, problems
from api.routes.rules_shapes import (
    EXAMPLE_EDIT,
    Caller,
    DraftOut,
    EditsIn,
    ProblemOut,
    RuleId,
    RuleInPath,
    SetVersion,
    actor_of,
    draft_out,
    problems_out,
)
from api.routes.shapes import Body, with_example
from moderation.errors import FieldProblem, Invalid
from moderation.rulebook import edits as rulebook
from moderation.rulebook.edits import active_sources, rule_of
from moderation.rulebook.errors import BacktestNotFound
from moderation.rulebook.figures import Figures, figures
from moderation.rulebook.trial import near, ordered, trace_message, try_tests
from moderation.storage.rules import backtests, rulesets
from moderation.storage.rules.backtests import AskedBacktest
from rules.example import Example
from rules.load import LoadedRule

router = APIRouter(prefix="/v1/rules", tags=["rules"])

LONGEST_BACKTEST = timedelta(days=400)
_DAYS = Annotated[int, Query(ge=1, le=90, description="Figures are over so many days.")]


class RuleOut(BaseModel):
    """A rule with its figures."""

    id: str
    version: int
    status: str
    title: str
    category: str
    severity: str
    policy: str
    minors: bool
    expires_at: datetime | None
    figures: dict[str, Any] = Field(description="Hits, precision with its interval, cost, last hit.")


class RulesOut(BaseModel):
    """Every rule of the set in force."""

    ruleset: str
    days: int
    messages: int = Field(description="Messages scored in that time.")
    rules: list[RuleOut]


class OneRuleOut(RuleOut):
    """One rule with its text."""

    ruleset: str
    text: str = Field(description="Its YAML.")


class TestIn(EditsIn):
    """Which tests."""

    model_config = with_example(edits=[EXAMPLE_EDIT], rule_ids=["insult.example"])

    rule_ids: tuple[RuleId, ...] | None = Field(None, max_length=500, description="Null is all.")


class TestOut(BaseModel):
    """What the tests inside the rules say."""

    ok: bool
    examples: int
    problems: list[ProblemOut]


class TraceIn(TestIn):
    """A message to trace."""

    model_config = with_example(message={"text": "早く死ねよ", "author": {"role": "viewer"}})

    message: Example
    everything: bool = Field(
        False, description="Also rules that see nothing in the text; those in `rule_ids` are always told."
    )


class TraceOut(BaseModel):
    """Every condition with its answer."""

    ruleset: str
    text: str
    rules: list[dict[str, Any]] = Field(
        description="Rules that fire first; conditions with true, false or unknown, and spans."
    )


class BacktestIn(Body):
    """What to try, over which time."""

    model_config = with_example(ruleset="rs-0123456789ab", since="2026-08-13T00:00:00+09:00")

    ruleset: SetVersion
    since: AwareDatetime | None = Field(None, description="Null is seven days before `until`.")
    until: AwareDatetime | None = Field(None, description="Null is now.")


class BacktestOut(BaseModel):
    """A backtest, how far it is, and what it found."""

    id: str
    ruleset: str
    against: str
    since: datetime
    until: datetime
    state: str = Field(description="waiting, running, done or failed")
    done: int
    total: int
    why: str
    report: dict[str, Any] | None


@router.get("", operation_id="listRules", summary="Rules with their figures", responses=problems(*KEYED, 422))
def list_rules(key: Caller, connection: Read, archive: ReadArchive, now: Now, days: _DAYS = 28) -> RulesOut:
    """The rules of the set in force: hits, precision from decisions with interval, cost, last hit."""
    del key
    sources = active_sources(connection)
    found = figures(connection, archive, sources, days=days, now=now)
    return RulesOut(
        ruleset=sources.version,
        days=days,
        messages=found.messages,
        rules=[RuleOut(**_rule(item, found)) for item in sources.loaded.rules],
    )


@router.post(
    "/validate", operation_id="validateRules", summary="Check an edit", responses=problems(*POSTED, 404, 409)
)
def validate(body: EditsIn, key: Caller, connection: Read) -> DraftOut:
    """Everything that is wrong with it, with file and line; nothing is kept."""
    del key
    return draft_out(rulebook.draft(connection, [one.edit() for one in body.edits], base=body.base))


@router.post(
    "/test",
    operation_id="testRules",
    summary="Run the tests inside rules",
    responses=problems(*POSTED, 404, 409),
)
def test(body: TestIn, key: Caller, connection: Read) -> TestOut:
    """With the edits applied; drafts too."""
    del key
    made = rulebook.draft(connection, [one.edit() for one in body.edits], base=body.base)
    tried, failed = try_tests(made.sources, body.rule_ids)
    return TestOut(ok=not failed, examples=tried, problems=problems_out(failed))


@router.post(
    "/trace", operation_id="traceMessage", summary="Trace a message", responses=problems(*POSTED, 404, 409)
)
def trace(body: TraceIn, key: Caller, connection: Read, parts: ProcessParts) -> TraceOut:
    """What is not given is not known: a condition on it is unknown. Nothing is counted or stored."""
    del key
    made = rulebook.draft(connection, [one.edit() for one in body.edits], base=body.base)
    found = trace_message(made.sources, body.message, text=parts.engines.current.text, rule_ids=body.rule_ids)
    shown = found if body.everything or body.rule_ids else near(found)
    return TraceOut(
        ruleset=made.sources.version, text=found.text, rules=[asdict(one) for one in ordered(shown)]
    )


@router.post(
    "/backtest",
    operation_id="startBacktest",
    summary="Try a rule set over the archive",
    status_code=202,
    responses=problems(*POSTED, 404, 409),
)
def backtest(body: BacktestIn, key: Caller, unit: Write, parts: ProcessParts, now: Now) -> BacktestOut:
    """A worker does it; ask for it by its id. Texts of messages about minors are left out."""
    until = body.until or now
    since = body.since or until - timedelta(days=7)
    if not timedelta(0) < until - since <= LONGEST_BACKTEST:
        detail = f"Has to lie before `until`, at most {LONGEST_BACKTEST.days} days."
        raise Invalid("This period cannot be tried.", [FieldProblem(pointer="/since", detail=detail)])
    rulesets.get(unit.connection, body.ruleset)
    asked = backtests.ask(
        unit.connection,
        version=body.ruleset,
        against=active_sources(unit.connection).version,
        service=key.service,
        since=since,
        until=until,
        by=actor_of(key),
        now=now,
    )
    unit.after_commit.append(lambda: _start(parts, asked.id))
    return _backtest(asked)


def _start(parts: ProcessParts, backtest_id: str) -> None:
    parts.jobs.run_backtest(backtest_id)


@router.get(
    "/backtest/{backtest_id}",
    operation_id="getBacktest",
    summary="How far a backtest is, and what it found",
    responses=problems(*KEYED, 404),
)
def get_backtest(backtest_id: str, key: Caller, connection: Read) -> BacktestOut:
    """The report is there once ``state`` is ``done``."""
    found = backtests.get(connection, backtest_id)
    if found.service_id != key.service:
        raise BacktestNotFound(backtest_id)
    return _backtest(found)


@router.get("/{rule_id}", operation_id="getRule", summary="One rule", responses=problems(*KEYED, 404, 422))
def get_rule(
    rule_id: RuleInPath, key: Caller, connection: Read, archive: ReadArchive, now: Now, days: _DAYS = 28
) -> OneRuleOut:
    """Its YAML and its figures."""
    del key
    sources = active_sources(connection)
    item = rule_of(sources, rule_id)
    found = figures(connection, archive, sources, days=days, now=now)
    return OneRuleOut(**_rule(item, found), ruleset=sources.version, text=item.source)


def _rule(item: LoadedRule, found: Figures) -> dict[str, Any]:
    rule = item.rule
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "title": rule.title,
        "category": rule.category,
        "severity": rule.severity,
        "policy": rule.policy,
        "minors": rule.minors,
        "expires_at": rule.expires_at,
        "figures": found.of(rule.id, rule.version).as_dict(),
    }


def _backtest(found: AskedBacktest) -> BacktestOut:
    return BacktestOut(
        id=found.id,
        ruleset=found.version,
        against=found.against,
        since=found.since,
        until=found.until,
        state=found.state,
        done=found.done,
        total=found.total,
        why=found.why,
        report=None if found.report is None else dict(found.report),
    )
