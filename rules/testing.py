"""Run the tests that stand inside the rule files."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from rules.compile import compile_rules
from rules.durations import minute_of_day, seconds
from rules.example import Example
from rules.load import Loaded, LoadedRule
from rules.lower import Fold
from rules.match import RuleSet
from rules.problems import Problem
from rules.rule import Rule
from rules.subject import AuthorFacts, Recent, RoomFacts, Subject, TargetFacts, ViewsLike

ViewsOf = Callable[[str], ViewsLike]

DAY = datetime(2026, 1, 14, 15, tzinfo=UTC)
"""Midnight in Japan of the day that examples are sent on: a Thursday."""
APART = timedelta(seconds=2)
"""Between recent messages of an example."""


def run_tests(
    loaded: Loaded, *, fold: Fold, views_of: ViewsOf, rule_ids: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Try every example of every rule, drafts too; retired rules are left alone.

    Args:
        loaded: From ``rules.load``.
        fold: Text to one spelling.
        views_of: The spellings of a text.
        rule_ids: Only these rules; None is all.
    """
    awake = runnable(loaded)
    ruleset = compile_rules(awake, fold=fold)
    compiled = {rule.id for rule in ruleset.rules}
    chosen = [
        item
        for item in awake.rules
        if item.rule.id in compiled and (rule_ids is None or item.rule.id in rule_ids)
    ]
    return tuple(problem for item in chosen for problem in _tried(item, ruleset, views_of, fold))


def example_count(loaded: Loaded) -> int:
    """How many examples the rules have."""
    return sum(len(item.rule.tests.fires) + len(item.rule.tests.silent) for item in loaded.rules)


def subject_of(example: Example, window_ids: dict[str, str], *, fold: Fold, views_of: ViewsOf) -> Subject:
    """The subject that an example describes; what it leaves out is not known.

    Args:
        example: From a rule file.
        window_ids: Ids of the rule's windows by the names they have in it.
        fold: Text to one spelling, for recent messages.
        views_of: The spellings of a text.
    """
    sent_at = DAY + timedelta(minutes=minute_of_day(example.at))
    author, room, target = example.author, example.room, example.target

    def recent(texts: tuple[str, ...] | None) -> tuple[Recent, ...] | None:
        if texts is None:
            return None
        count = len(texts)
        return tuple(
            Recent(folded=fold(text), sent_at=sent_at - APART * (count - at)) for at, text in enumerate(texts)
        )

    return Subject(
        views=views_of(example.text),
        sent_at=sent_at,
        author=AuthorFacts(
            id=author.id,
            account_age_seconds=None if author.account_age is None else seconds(author.account_age),
            age_band=author.age_band,
            role=author.role,
            strikes=author.strikes,
            labels=None if author.labels is None else frozenset(author.labels),
        ),
        room=RoomFacts(
            id=room.id,
            game=room.game,
            category=room.category,
            strictness=room.strictness,
            live_viewers=room.live_viewers,
            live=room.live,
            live_seconds=None if room.live_for is None else seconds(room.live_for),
            labels=None if room.labels is None else frozenset(room.labels),
            shield=room.shield,
        ),
        target=TargetFacts(kind=target.kind, id=target.id, age_band=target.age_band),
        scores=None
        if example.scores is None
        else {str(name): score for name, score in example.scores.items()},
        windows={window_ids[name]: value for name, value in example.windows.items() if name in window_ids},
        recent_author=recent(example.recent_author),
        recent_room=recent(example.recent_room),
    )


def runnable(loaded: Loaded) -> Loaded:
    """The same with drafts as shadow rules, without retired ones and without ends, so that all can be tried."""
    rules = tuple(_awake(item) for item in loaded.rules if item.rule.status != "retired")
    return Loaded(rules=rules, lists=loaded.lists, problems=loaded.problems)


def _awake(item: LoadedRule) -> LoadedRule:
    if item.rule.status != "draft" and item.rule.expires_at is None:
        return item
    changed = {"expires_at": None, "status": "live" if item.rule.status == "live" else "shadow"}
    rule = Rule.model_validate({**item.document.data, **changed})
    return LoadedRule(rule=rule, path=item.path, source=item.source, document=item.document)


def _tried(item: LoadedRule, ruleset: RuleSet, views_of: ViewsOf, fold: Fold) -> list[Problem]:
    window_ids = dict(ruleset.engine.by_id[item.rule.id].windows)
    problems = []
    for kind, examples in (("fires", item.rule.tests.fires), ("silent", item.rule.tests.silent)):
        for index, example in enumerate(examples):
            at = ("tests", kind, index)
            for name in example.windows:
                if name not in window_ids:
                    what = f"the rule has no window {name!r}"
                    problems.append(
                        item.problem("no_window", what, at=at, hint=", ".join(window_ids) or None)
                    )
            subject = subject_of(example, window_ids, fold=fold, views_of=views_of)
            [hits] = ruleset.match_subjects([subject])
            hit = next((hit for hit in hits if hit.rule_id == item.rule.id), None)
            if (hit is not None) != (kind == "fires"):
                what = (
                    f"{example.text!r} {'does not fire' if kind == 'fires' else 'fires and should be silent'}"
                )
                problems.append(item.problem("test_fails", what, at=at))
            elif hit is not None:
                shown = [example.text[start:end] for start, end in hit.spans]
                missing = [mark for mark in example.marks if not any(mark in piece for piece in shown)]
                if missing:
                    what = f"the spans show {shown}, not {missing}"
                    problems.append(item.problem("marks_fail", what, at=at))
    return problems
