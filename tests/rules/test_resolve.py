"""From hits to what happens: block before hold before review, and what allow may lift."""

import pytest

from rules.resolve import resolve
from tests.rules.support import rule_data, ruleset, subject

REVIEW = {"queue": "general", "priority": 50}


def outcome(*rules):
    """What follows when all of the rules fire."""
    made = ruleset(*[rule_data({"terms": ["x"]}, **rule) for rule in rules])
    [hits] = made.match_subjects([subject("x")])
    assert len(hits) == len(rules)
    return resolve(hits)


def rule(rule_id, verdict="none", *, review=REVIEW, then=None, **changed):
    asked = {} if review is None or verdict == "allow" else {"review": review}
    return {"rule_id": rule_id, "then": {"verdict": verdict, **asked, **(then or {})}, **changed}


def test_nothing_fired_is_allow_without_review():
    result = resolve(())

    assert (result.verdict, result.review, result.severity, result.decisive) == ("allow", False, "none", None)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [(("none", "hold", "block"), "block"), (("none", "hold"), "hold"), (("none",), "allow")],
)
def test_the_strictest_verdict_wins(verdicts, expected):
    result = outcome(*[rule(f"insult.r{n}", verdict) for n, verdict in enumerate(verdicts)])

    assert result.verdict == expected
    assert result.review
    assert result.decisive is not None
    assert result.decisive.verdict == verdicts[-1]


def test_allow_lifts_the_others():
    result = outcome(rule("insult.bad", "hold"), rule("profanity.fine", "allow"))

    assert (result.verdict, result.review, result.hits) == ("allow", False, ())
    assert [hit.rule_id for hit in result.lifted] == ["insult.bad"]
    assert result.category_scores == {}


def test_allow_lifts_only_the_categories_it_names():
    result = outcome(
        rule("insult.bad", "hold"),
        rule("spam_scam.bad"),
        rule("profanity.fine", "allow", then={"lifts": ["insult"]}),
    )

    assert [hit.rule_id for hit in result.hits] == ["spam_scam.bad"]


@pytest.mark.parametrize(
    "protected",
    [
        rule("threat.bad", "hold"),
        rule("self_harm.bad", "hold"),
        rule("solicitation.bad", "hold", minors=True),
    ],
)
def test_allow_never_lifts_threats_self_harm_and_minors_rules(protected):
    result = outcome(protected, rule("profanity.fine", "allow"))

    assert (result.verdict, result.lifted) == ("hold", ())
    assert result.minors is bool(protected.get("minors", False))


def test_shadow_rules_count_for_nothing():
    result = outcome(rule("insult.bad", "block", status="shadow"))

    assert (result.verdict, result.review, result.category_scores) == ("allow", False, {})
    assert outcome(rule("insult.bad"), rule("insult.fine", "allow", status="shadow")).review


def test_the_most_urgent_queue_and_the_worst_severity_are_taken():
    result = outcome(
        rule("insult.a", review={"queue": "live", "priority": 20}, severity="critical", score=0.2),
        rule("insult.b", review={"queue": "urgent", "priority": 90}, severity="low", score=0.7),
        rule(
            "threat.c",
            review=None,
            then={"labels": [{"to": "author", "label": "seen", "lasts": "1h"}]},
            score=0.4,
        ),
    )

    assert (result.queue, result.priority, result.severity) == ("urgent", 90, "critical")
    assert result.category_scores == {"insult": 0.7, "threat": 0.4}


def test_severity_of_then_stands_before_the_rules():
    assert outcome(rule("insult.a", severity="low", then={"severity": "high"})).severity == "high"


def test_equal_labels_are_given_once_with_the_longer_life():
    def giving(rule_id, lasts):
        return rule(
            rule_id, then={"labels": [{"to": "author", "label": "seen", "lasts": lasts}], "strikes": 1}
        )

    result = outcome(giving("insult.a", "1h"), giving("insult.b", "2d"))

    assert [(label.on, label.name, label.seconds) for label in result.labels] == [("author", "seen", 172_800)]
    assert result.strikes == 1


def test_the_message_to_the_author_and_the_case_come_from_the_weightiest_hit():
    result = outcome(
        rule("insult.a", "hold", then={"case": "quarrel"}),
        rule("insult.b", then={"message_ja": "落ち着いて書いてみましょう。", "case": "raid"}),
    )

    assert (result.case, result.message_ja) == ("quarrel", "落ち着いて書いてみましょう。")
