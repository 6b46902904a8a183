"""The compiled engine and the plain one agree on every rule and every message."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.compile import compile_rules
from rules.interpret import Interpreter
from rules.naive import NaiveLooker
from rules.spans import merge
from rules.subject import AuthorFacts, Recent, RoomFacts, TargetFacts
from tests.rules.support import NOON, fold, load, rule_data, subject

LETTERS = "あい死ねaB 「」"
words = st.text(LETTERS, min_size=1, max_size=3).filter(fold)
texts = st.text(LETTERS + "\ud800👍", max_size=12)
some = st.lists(words, min_size=1, max_size=3)
maybe_some = st.lists(words, max_size=2)
excuses = st.fixed_dictionaries({"except": maybe_some, "unless": maybe_some, "quoted": st.booleans()})
shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def with_excuses(condition):
    return st.tuples(condition, excuses).map(lambda both: {**both[0], **both[1]})


terms = with_excuses(
    st.fixed_dictionaries(
        {
            "terms": some,
            "mode": st.sampled_from(["substring", "token", "exact", "reading"]),
            "at_least": st.integers(1, 2),
        }
    )
)
raw_terms = with_excuses(st.fixed_dictionaries({"terms": some, "view": st.just("raw")}))
sequences = with_excuses(
    st.fixed_dictionaries({"sequence": st.lists(some, min_size=2, max_size=3), "gap": st.integers(0, 3)})
)
patterns = with_excuses(
    st.fixed_dictionaries(
        {
            "patterns": st.lists(
                st.sampled_from(["死.", "あ+い", "[aB]", "ね$", "^い"]), min_size=1, max_size=2
            ),
            "view": st.sampled_from(["folded", "raw", "reading"]),
        }
    )
)
joined = with_excuses(st.fixed_dictionaries({"terms": some, "piece": st.integers(1, 4)})).map(
    lambda inner: {"joined": inner}
)
similar = st.fixed_dictionaries(
    {
        "to": st.sampled_from(["author", "room"]),
        "at_least": st.sampled_from([0.3, 0.8]),
        "times": st.integers(1, 2),
        "min_length": st.integers(2, 4),
    }
).map(lambda inner: {"similar": inner})
window = st.tuples(
    st.sampled_from(["author", "room", "target", "text", "pair"]), st.integers(1, 3), st.none() | terms
).map(
    lambda given: {
        "window": {
            "name": f"w_{given[0]}",
            "count": "messages",
            "by": [given[0]],
            "within": "10s",
            "at_least": given[1],
            **({} if given[2] is None else {"where": given[2]}),
        }
    }
)
facts = st.one_of(
    shares.map(lambda low: {"score": "insult", "at_least": low}),
    shares.map(lambda high: {"score": "insult", "below": high}),
    st.sampled_from(
        [
            {"author": {"strikes_at_least": 2, "age_band": ["minor"]}},
            {"author": {"has_label": ["l"]}},
            {"author": {"lacks_label": ["l"]}},
            {"author": {"account_age_below": "1m"}},
            {"room": {"live": True}},
            {"length": {"at_least": 4, "below": 9}},
            {"room": {"shield": False, "games": ["g"]}},
            {"target": {"kind": ["viewer"]}},
            {"time": {"from": "12:00", "to": "12:01"}},
            {"time": {"from": "13:00", "to": "12:00"}},
            {"reports": {"of": "author", "within": "1h", "at_least": 2}},
        ]
    ),
)
conditions = st.recursive(
    st.one_of(terms, raw_terms, sequences, patterns, joined, similar, facts, st.just({"rule": "insult.r0"})),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=6,
)
asked = st.tuples(conditions, st.none() | window).map(
    lambda both: both[0] if both[1] is None else {"any": [{"all": [both[0], both[1]]}, {"not": both[1]}]}
)
recents = st.none() | st.lists(st.text(LETTERS, max_size=6).map(fold), max_size=4).map(
    lambda found: tuple(Recent(folded=text, sent_at=NOON - timedelta(seconds=4)) for text in found)
)
subjects = st.builds(
    lambda text, bounds, author, room, target, known: subject(
        text, words=tuple(bounds), author=author, room=room, target=target, **known
    ),
    texts,
    st.sets(st.integers(0, 12)),
    st.builds(
        AuthorFacts,
        id=st.none() | st.just("a"),
        strikes=st.none() | st.integers(0, 3),
        age_band=st.sampled_from([None, "unknown", "minor", "adult"]),
        labels=st.none() | st.just(frozenset()) | st.just(frozenset({"l"})),
        account_age_seconds=st.none() | st.sampled_from([1.0, 1e6]),
        role=st.sampled_from([None, "viewer", "streamer"]),
    ),
    st.builds(
        RoomFacts,
        id=st.none() | st.just("r"),
        game=st.sampled_from([None, "g", "h"]),
        live=st.none() | st.booleans(),
        shield=st.none() | st.booleans(),
    ),
    st.builds(TargetFacts, kind=st.sampled_from([None, "viewer", "none"]), id=st.none() | st.just("t")),
    st.fixed_dictionaries(
        {
            "scores": st.none() | st.just({}) | shares.map(lambda share: {"insult": share}),
            "recent_author": recents,
            "recent_room": recents,
        }
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    base=st.one_of(terms, sequences, facts),
    whens=st.lists(asked, min_size=1, max_size=4),
    scope=st.sampled_from([{}, {"games": ["g"]}]),
    exempt=st.sampled_from([{}, {"roles": ["streamer"]}]),
    messages=st.lists(subjects, min_size=1, max_size=4),
    values=st.none() | st.integers(0, 3),
)
def test_compiled_and_interpreted_agree(base, whens, scope, exempt, messages, values):
    rules = [rule_data(base, "insult.r0", scope=scope, exempt=exempt)]
    rules += [rule_data(when, f"insult.r{number}") for number, when in enumerate(whens, 1)]
    made = compile_rules(load(*rules), fold=fold)
    assert [problem for problem in made.broken if problem.code != "vanishes"] == []
    windows = None if values is None else {spec.id: values for spec in made.windows}
    prepared = made.prepare(messages)
    for message in prepared:
        message.window_requests()

    compiled = made.match(prepared, [windows] * len(messages))

    for message, hits in zip(messages, compiled, strict=True):
        known = type(message)(
            **{name: getattr(message, name) for name in type(message).__slots__} | {"windows": windows}
        )
        plain = Interpreter(known, NaiveLooker(known), made.engine.by_id.get)
        expected = {
            plan.rule.id: tuple(merge(plain.spans(plan.when)))
            for plan in made.engine.plans
            if plain.fires(plan)
        }
        assert {hit.rule_id: hit.spans for hit in hits} == expected
