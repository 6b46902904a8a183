"""The rule book: edit rules and lists, check the edit, keep it as a version, and bring a version into force.

What the console, the API and the command line do with rules goes through here, so that each of them
refuses and allows the same.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from moderation.rulebook.errors import ListNotFound, RuleNotFound, RuleSetConflict, RulesRefused
from moderation.scoring.detectors import fold_text, views_of
from moderation.scoring.ruleset import FileChange, Kind, RuleSources, bumped, changes, rebased, rule_hashes
from moderation.storage import policies
from moderation.storage.database import Connection, Database, Unit
from moderation.storage.rules import activation, rulesets
from moderation.storage.rules.activation import WAITING, Proposal
from rules.checks import check
from rules.compile import compile_rules
from rules.load import LoadedRule
from rules.lock import lists_of
from rules.match import RuleSet
from rules.problems import Problem, did_you_mean
from rules.testing import runnable

_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A file written anew; a text of None takes it out."""

    kind: Kind
    path: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edited rule set that is not kept yet.

    Attributes:
        base: The version it was made from.
        sources: All its files, with new version numbers where content changed.
        raised: Ids of the rules that got a new version number.
        problems: What is wrong with it and was not wrong before; with any it cannot be kept.
        changed: The files that differ from ``base``.
    """

    base: str
    sources: RuleSources
    raised: tuple[str, ...]
    problems: tuple[Problem, ...]
    changed: tuple[FileChange, ...]


def draft(connection: Connection, edits: Iterable[Edit], *, base: str | None = None) -> Draft:
    """What the rule set becomes by some edits, with everything that is wrong with it.

    All tests are run, which takes seconds: so this goes before the unit of work that keeps it, not into it.

    Args:
        connection: A snapshot of the case store.
        edits: Files.
        base: The version that is edited; None is the one in force.

    Raises:
        RuleSetNotFound: There is no such version.
        RuleSetConflict: No rule set is in force.
    """
    before = active_sources(connection) if base is None else rulesets.sources_of(connection, base)
    edited = before
    for edit in edits:
        edited = edited.with_file(edit.kind, edit.path, edit.text)
    ids = [item.rule.id for item in edited.loaded.rules]
    edited, raised = bumped(edited, rulesets.meanings(connection, ids))
    clauses = frozenset(clause.id for clause in policies.current(connection))
    known = frozenset(problems_of(before, clauses))
    touched = {change.path for change in changes(before, edited)}
    found = tuple(
        one for one in problems_of(edited, clauses) if one.path in touched or one not in known
    ) + _missing(before, edited)
    return Draft(
        base=before.version, sources=edited, raised=raised, problems=found, changed=changes(before, edited)
    )


def keep(unit: Unit, made: Draft, *, by: str, now: datetime, note: str = "") -> str:
    """Keep a draft as a version; it is not in force yet.

    Raises:
        RulesRefused: There are problems; each is named.
        RuleSetConflict: Nothing was changed, or somebody kept another content under the same number since the draft.
    """
    if made.problems:
        raise RulesRefused(made.problems)
    if not made.changed:
        raise RuleSetConflict("Nothing was changed.")
    ids = [item.rule.id for item in made.sources.loaded.rules]
    _, taken = bumped(made.sources, rulesets.meanings(unit.connection, ids))
    if taken:
        raise RuleSetConflict(
            f"Somebody else kept another {', '.join(taken)} at the same moment; send yours again."
        )
    return rulesets.store(
        unit.connection, sources=made.sources, by=by, now=now, parent=made.base, note=note[:500]
    )


def rebase(connection: Connection, version: str) -> tuple[Draft, tuple[str, ...]]:
    """The changes of a version on top of the one in force, and the files that both changed.

    Raises:
        RuleSetNotFound: There is no such version.
    """
    made, parent = rulesets.sources_of(connection, version), rulesets.get(connection, version).parent
    onto = active_sources(connection)
    before = onto if parent is None else rulesets.sources_of(connection, parent)
    moved, torn = rebased(made, before, onto)
    edits = [Edit(kind=one.kind, path=one.path, text=one.after) for one in changes(onto, moved)]
    return draft(connection, edits), torn


def ask(
    connection: Connection, version: str, *, by: str, now: datetime, act: str = rulesets.ACTIVATE
) -> Proposal:
    """Ask every process to take up a version.

    Raises:
        RuleSetNotFound: There is no such version.
        RuleSetConflict: It is in force, another one is on its way, or it was made from a version that is
            not in force any more: activating it would take back what somebody else changed.
    """
    known = rulesets.get(connection, version)
    active = rulesets.activations(connection, most=1)
    if act == rulesets.ACTIVATE and active and known.parent not in {None, active[0].version}:
        before = [one.version for one in rulesets.activations(connection)]
        if version != active[0].version and version not in before:
            raise RuleSetConflict(
                f"{version} was made from {known.parent}, and {active[0].version} came into force meanwhile; "
                "put the change on top of it first (rebase)."
            )
    return activation.propose(connection, version, by=by, now=now, act=act)


def ask_back(connection: Connection, *, by: str, now: datetime) -> Proposal:
    """Ask every process to go back to the version that was in force before. Raises RuleSetConflict."""
    before = rulesets.before_active(connection)
    if before is None:
        raise RuleSetConflict("No other rule set was in force, so there is none to go back to.")
    return activation.propose(connection, before, by=by, now=now, act=rulesets.ROLLBACK)


def wait_for(
    database: Database,
    asked: Proposal,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Proposal:
    """Wait until a proposal is in force, at most its ten seconds.

    Raises:
        RuleSetConflict: A process cannot run it, or did not answer; the set in force stays.
        StoreUnavailable: The database does not answer; the proposal goes on by itself.
    """
    while asked.state == WAITING:
        with database.write() as unit:
            activation.settle(unit.connection, now=clock())
            asked = activation.proposal(unit.connection, asked.seq)
        if asked.state == WAITING:
            sleep(_LOOK_SECONDS)
    if asked.state == activation.REFUSED:
        raise RuleSetConflict(f"{asked.version} did not come into force: {asked.why}")
    return asked


def active_sources(connection: Connection) -> RuleSources:
    """The files in force. Raises RuleSetConflict before the first was seeded."""
    active = rulesets.active(connection)
    if active is None:
        raise RuleSetConflict("No rule set is active; run `ibasho db upgrade`.")
    return active.sources


def rule_of(sources: RuleSources, rule_id: str) -> LoadedRule:
    """One sound rule. Raises RuleNotFound."""
    found = {item.rule.id: item for item in sources.loaded.rules}
    if rule_id not in found:
        raise RuleNotFound(rule_id, did_you_mean(rule_id, found))
    return found[rule_id]


def list_text(sources: RuleSources, name: str) -> str:
    """The YAML of one list. Raises ListNotFound."""
    if f"{name}.yaml" not in sources.lists:
        known = [path.removesuffix(".yaml") for path in sources.lists]
        raise ListNotFound(name, did_you_mean(name, known))
    return sources.lists[f"{name}.yaml"]


def users_of(sources: RuleSources, name: str) -> list[str]:
    """Ids of the rules that use a list."""
    return [item.rule.id for item in sources.loaded.rules if name in lists_of(item.rule)]


@lru_cache(maxsize=8)
def problems_of(sources: RuleSources, clauses: frozenset[str]) -> tuple[Problem, ...]:
    """Everything that is wrong with a rule set; its in-file tests are run."""
    return check(sources.loaded, fold=fold_text, views_of=views_of, policies=clauses)


@lru_cache(maxsize=4)
def runnable_set(sources: RuleSources) -> RuleSet:
    """All rules that can be tried, drafts too, compiled."""
    return compile_rules(runnable(sources.loaded), fold=fold_text)


def _missing(before: RuleSources, after: RuleSources) -> tuple[Problem, ...]:
    """Rules that were there and are not: a rule is retired, so that decisions can still name it."""
    gone: Sequence[str] = sorted(set(rule_hashes(before.loaded)) - set(rule_hashes(after.loaded)))
    broken = {one.rule_id for one in after.loaded.problems} | {one.path for one in after.loaded.problems}
    return tuple(
        Problem(
            path=f"{rule_id.replace('.', '/', 1)}.yaml",
            line=None,
            code="vanished",
            what=f"the rule {rule_id} is gone",
            hint="keep the file and set status: retired",
            rule_id=rule_id,
        )
        for rule_id in gone
        if rule_id not in broken and f"{rule_id.replace('.', '/', 1)}.yaml" not in broken
    )
