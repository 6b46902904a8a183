"""Bad lists and references: what they break is named, and the rest runs."""

import json

import pytest

from rules.checks import check
from rules.compile import compile_rules
from rules.load import load_sources
from tests.rules.support import SOUND, PlainViews, fold, load, path_of, rule_data, subject


class TestLists:
    LIST = "id: words\ntitle: 語のリスト\nwhy: Words for a test.\nterms: [だめ]\n"

    def codes(self, text, name="words.yaml"):
        loaded = load_sources(
            {"insult/example.yaml": SOUND.replace("terms: [だめなことば]", "lists: [words]")}, {name: text}
        )
        return [problem.code for problem in check(loaded, fold=fold, views_of=PlainViews)]

    def test_a_sound_list_is_used(self):
        assert self.codes(self.LIST) == []

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (("terms:", "term:"), "unknown_key"),
            (("[だめ]", "[]"), "wrong_value"),
            (("id: words", "id: other"), "id_not_path"),
        ],
    )
    def test_a_broken_list_breaks_only_the_rules_that_use_it(self, change, code):
        assert set(self.codes(self.LIST.replace(*change))) >= {code, "no_list"}


class TestReferences:
    def codes(self, *rules):
        made = compile_rules(load(*rules), fold=fold)
        return {problem.rule_id: problem.code for problem in made.broken}, [rule.id for rule in made.rules]

    def test_a_circle_is_named_and_broken_and_the_rest_runs(self):
        bad, running = self.codes(
            rule_data({"rule": "insult.b"}, "insult.a"),
            rule_data({"rule": "insult.a"}, "insult.b"),
            rule_data({"rule": "insult.a"}, "insult.c"),
            rule_data({"rule": "insult.d"}, "insult.d"),
            rule_data({"terms": ["x"]}, "insult.e"),
        )

        assert bad == {
            "insult.a": "circle",
            "insult.b": "circle",
            "insult.c": "no_rule",
            "insult.d": "circle",
        }
        assert running == ["insult.e"]

    def test_a_missing_rule_is_suggested(self):
        made = compile_rules(
            load(rule_data({"rule": "insult.bese"}, "insult.a"), rule_data({"terms": ["x"]}, "insult.base")),
            fold=fold,
        )

        assert "did you mean 'insult.base'?" in str(made.broken[0])

    def test_a_live_rule_may_not_ask_a_shadow_rule(self):
        bad, running = self.codes(
            rule_data({"rule": "insult.b"}, "insult.a"),
            rule_data({"terms": ["x"]}, "insult.b", status="shadow"),
        )

        assert (bad, running) == ({"insult.a": "live_asks_shadow"}, ["insult.b"])

    def test_long_chains_and_explosions_are_refused(self):
        chain = [rule_data({"terms": ["x"]}, "insult.r0")]
        chain += [rule_data({"rule": f"insult.r{n}"}, f"insult.r{n + 1}") for n in range(8)]
        tree = [rule_data({"terms": ["x"]}, "threat.r0")]
        tree += [rule_data({"any": [{"rule": f"threat.r{n}"}] * 20}, f"threat.r{n + 1}") for n in range(4)]

        bad, _ = self.codes(*chain, *tree)

        assert bad == {
            "insult.r6": "too_deep",
            "insult.r7": "too_deep",
            "insult.r8": "too_deep",
            "threat.r3": "too_many_conditions",
            "threat.r4": "too_many_conditions",
        }

    def test_a_draft_is_not_there(self):
        bad, _ = self.codes(
            rule_data({"rule": "insult.b"}, "insult.a"),
            rule_data({"terms": ["x"]}, "insult.b", status="draft"),
        )

        assert bad == {"insult.a": "no_rule"}


def test_a_doubled_id_is_refused_and_the_first_stays():
    data = json.dumps(rule_data({"terms": ["x"]}))
    loaded = load_sources({path_of("insult.example"): data, "insult/twin.yaml": data}, {})

    assert [problem.code for problem in loaded.problems] == ["doubled_id"]
    assert [item.path for item in loaded.rules] == ["insult/example.yaml"]


def test_a_broken_rule_is_named_and_the_rest_run():
    loaded = load(
        rule_data({"lists": ["gone"]}, "insult.broken"), rule_data({"terms": ["bad"]}, "insult.sound")
    )

    made = compile_rules(loaded, fold=fold)

    assert [(problem.rule_id, problem.code) for problem in made.broken] == [("insult.broken", "no_list")]
    [hits] = made.match_subjects([subject("bad")])
    assert [hit.rule_id for hit in hits] == ["insult.sound"]
