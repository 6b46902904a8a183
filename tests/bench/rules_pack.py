"""The rules that the bench measures: every kind of condition on at least 5 % of them, hits on 1 to 3 % of real text.

Made from a seed and the texts they shall run over. Most words of a rule never come up, as in a real pack; a
few that do are spread over the rules so that about one message in fifty is hit.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rules.load import Loaded, load_sources

CATEGORIES = (
    "insult", "threat", "identity_hate", "sexual_harassment", "self_harm", "privacy", "solicitation", "spam_scam",
    "illegal", "disruption", "profanity",
)  # fmt: skip
KINDS = (
    "terms", "token", "reading", "exact", "sequence", "patterns", "joined", "similar", "score", "author", "room",
    "target", "count", "distinct", "newcomers", "reports", "time", "length", "rule", "not",
)  # fmt: skip
"""Rules take their main condition from these in turn: each is the main one of 5 % of the rules."""
HIT_SHARE = 0.017
WORDS = 10
SYLLABLES = "かきくけこさしすせそたちつてとなにぬねのまみむめもらりるれろがぎぐげござじずぜぞばびぶべぼ"
IDEOGRAMS = "悪罵嘲蔑侮辱醜愚劣邪鬼呪殴蹴刺脅襲爆毒薬賭闇偽詐盗晒暴隠潜匿誘淫猥裸触痴虐喰腐汚臭"


class Maker:
    """Writes rules; the same seed and texts make the same rules."""

    def __init__(self, folded: Sequence[str], seed: int = 4) -> None:
        self._random = random.Random(seed)
        self._texts = folded
        self._taken: set[str] = set()
        self._rare = self._rare_pieces()

    def _rare_pieces(self) -> list[str]:
        """Pieces of five characters that stand in exactly one of the texts, each of another text."""
        seen = Counter(
            piece for text in self._texts for piece in {text[at : at + 5] for at in range(len(text) - 4)}
        )
        found = []
        for text in self._texts:
            pieces = [text[at : at + 5] for at in range(len(text) - 4) if seen[text[at : at + 5]] == 1]
            if pieces:
                found.append(self._random.choice(pieces))
        self._random.shuffle(found)
        return found

    def absent(self) -> str:
        """A word as chat might have it, which is in none of the texts."""
        while True:
            word = self._random.choice(IDEOGRAMS) + "".join(self._random.choices(SYLLABLES + IDEOGRAMS, k=3))
            if word not in self._taken and not any(word in text for text in self._texts):
                self._taken.add(word)
                return word

    def pack(self, count: int) -> Loaded:
        """So many live rules. Raises AssertionError where one of them is not sound."""
        hits = round(HIT_SHARE * len(self._texts))
        plain = [number for number in range(count) if KINDS[number % len(KINDS)] in {"terms", "not"}]
        hot: dict[int, list[str]] = {}
        for at, piece in enumerate(self._rare[:hits]):
            hot.setdefault(plain[at % len(plain)], []).append(piece)
        packs = {}
        for number in range(count):
            category = CATEGORIES[number % len(CATEGORIES)]
            rule = self._rule(
                f"{category}.r{number:03}", category, KINDS[number % len(KINDS)], hot.get(number, [])
            )
            packs[f"{category}/r{number:03}.yaml"] = json.dumps(rule, ensure_ascii=False)
        loaded = load_sources(packs, {})
        assert not loaded.problems, loaded.problems[0]
        return loaded

    def _rule(self, rule_id: str, category: str, kind: str, hot: list[str]) -> dict[str, Any]:
        words = {"terms": [*hot, *(self.absent() for _ in range(WORDS))]}
        return {
            "id": rule_id, "version": 1, "status": "live", "title": "計測用のルール", "category": category,
            "severity": "medium", "score": 0.5, "policy": "H-1", "why": "Only the bench knows this rule.",
            "reason": "計測用のルールに当たる書き込みがありました。", "author": "bench", "date": "2026-11-27",
            "when": self._when(kind, words),
            "then": {"verdict": "none", "review": {"queue": "general", "priority": 50}},
            "tests": {"fires": ["x"], "silent": ["y"]},
        }  # fmt: skip

    def _when(self, kind: str, words: dict[str, Any]) -> dict[str, Any]:
        pick = self._random.choice
        window = {"name": "w", "by": ["author"], "within": pick(["10s", "30s", "1m", "5m"]), "at_least": 500}
        made: dict[str, Any] = {
            "terms": words,
            "token": {**words, "mode": "token"},
            "reading": {"all": [words, {"terms": ["くそむし"], "mode": "reading"}]},
            "exact": {**words, "mode": "exact"},
            "sequence": {"sequence": [words["terms"], [self.absent(), self.absent()]], "gap": 6},
            "patterns": {
                "patterns": [
                    f"{self.absent()}[0-9]{{2,4}}",
                    f"(?i)[a-z0-9]+\\.{pick(['xyz', 'top', 'vip'])}/[0-9]+",
                ]
            },
            "joined": {"joined": {"terms": words["terms"], "last": 5, "within": "1m"}},
            "similar": {
                "all": [
                    {"length": {"at_least": 30}},
                    {"similar": {"to": "author", "last": 5, "within": "5m", "at_least": 0.9, "times": 3}},
                    {"author": {"account_age_below": "7d"}},
                ]
            },
            "score": {"all": [{"score": "insult", "at_least": pick([0.5, 0.6, 0.7])}, words]},
            "author": {"all": [{"author": {"account_age_below": "1d", "strikes_at_least": 1}}, words]},
            "room": {"all": [{"room": {"strictness": ["strict"]}}, {"score": "threat", "at_least": 0.4}]},
            "target": {"all": [{"target": {"kind": ["streamer"]}}, words]},
            "count": {"window": {**window, "count": "messages"}},
            "distinct": {
                "window": {**window, "distinct": "author", "by": ["room", "target"], "where": words}
            },
            "newcomers": {"all": [{"window": {**window, "newcomers": "author", "by": ["room"]}}, words]},
            "reports": {"all": [{"reports": {"of": "author", "within": "1h", "at_least": 3}}, words]},
            "time": {"all": [{"time": {"from": "23:00", "to": "05:00"}}, words]},
            "length": {"all": [{"length": {"at_least": 400}}, {"room": {"live": True}}]},
            "rule": {"any": [{"all": [{"rule": "insult.r000"}, {"author": {"strikes_at_least": 3}}]}, words]},
            "not": {"all": [words, {"not": {"terms": [self.absent()]}}]},
        }
        found: dict[str, Any] = made[kind]
        return found
