"""Small parts that the tests of rules share."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from rules.compile import compile_rules
from rules.load import Loaded, load_sources
from rules.match import RuleSet
from rules.subject import Subject

NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)
"""Noon in Japan."""


# a sound rule as a person would write it
SOUND = """\
id: insult.example
version: 1
status: live
title: 例のルール
category: insult
severity: medium
score: 0.5
policy: H-1
why: A rule that only tests know.
reason: 例のルールに当たる書き込みがありました。
author: tests
date: 2026-11-22
when:
  terms: [だめなことば]
then:
  verdict: none
  review: {queue: general, priority: 50}
tests:
  fires: [だめなことばだ]
  silent: [よいことばだ]
"""


def fold(text: str) -> str:
    """Lower case without blanks: enough of a fold to see offsets move."""
    return text.lower().replace(" ", "")


@lru_cache(maxsize=4)
def _kept(raw: str) -> tuple[int, ...]:
    return tuple(at for at, char in enumerate(raw) for _ in fold(char))


@dataclass(frozen=True)
class PlainViews:
    """Views of a text under the fold above; words are runs between slashes of the folded text."""

    raw: str
    words: tuple[int, ...] = ()

    @property
    def folded(self) -> str:
        return fold(self.raw)

    @property
    def reading(self) -> str:
        return self.folded.translate(str.maketrans({"死": "し", "殺": "こ"}))

    def raw_span(self, view: str, start: int, end: int) -> tuple[int, int]:
        if view == "raw":
            return start, end
        kept = _kept(self.raw)
        return kept[start], kept[end - 1] + 1

    def token_bounds(self, view: str) -> frozenset[int]:
        return frozenset((0, *self.words, len(self.folded)))


def rule_data(when: Any, rule_id: str = "insult.example", **changed: Any) -> dict[str, Any]:
    """A sound rule around a condition."""
    return {
        "id": rule_id,
        "version": 1,
        "status": "live",
        "title": "例のルール",
        "category": rule_id.partition(".")[0],
        "severity": "medium",
        "score": 0.5,
        "policy": "H-1",
        "why": "A rule that only tests know.",
        "reason": "例のルールに当たる書き込みがありました。",
        "author": "tests",
        "date": "2026-11-22",
        "when": when,
        "then": {"verdict": "none", "review": {"queue": "general", "priority": 50}},
        "tests": {"fires": ["x"], "silent": ["y"]},
        **changed,
    }


def path_of(rule_id: str) -> str:
    return rule_id.replace(".", "/", 1) + ".yaml"


def load(*rules: dict[str, Any], lists: dict[str, dict[str, Any]] | None = None) -> Loaded:
    """Rules and lists from plain data; JSON is YAML."""
    return load_sources(
        {path_of(rule["id"]): json.dumps(rule, ensure_ascii=False) for rule in rules},
        {f"{name}.yaml": json.dumps(data, ensure_ascii=False) for name, data in (lists or {}).items()},
    )


def ruleset(*rules: dict[str, Any], lists: dict[str, dict[str, Any]] | None = None) -> RuleSet:
    """A compiled rule set; broken rules fail the test."""
    made = compile_rules(load(*rules, lists=lists), fold=fold)
    assert made.broken == (), "\n".join(map(str, made.broken))
    return made


def subject(text: str, *, words: tuple[int, ...] = (), **known: Any) -> Subject:
    """A message of which only the text is known, and what the test says."""
    return Subject(**{"views": PlainViews(text, words), "sent_at": NOON, **known})


def fires(when: Any, text: str, **known: Any) -> bool:
    """Whether a rule with this condition fires."""
    [hits] = ruleset(rule_data(when)).match_subjects([subject(text, **known)])
    return bool(hits)


def marks(when: Any, text: str, **known: Any) -> list[str]:
    """The pieces of the raw text that the hit shows."""
    [[hit]] = ruleset(rule_data(when)).match_subjects([subject(text, **known)])
    return [text[start:end] for start, end in hit.spans]
