"""The words that rules are written with. Values are stored: never rename one."""

from typing import Literal, get_args

Category = Literal[
    "insult",
    "threat",
    "identity_hate",
    "sexual_harassment",
    "self_harm",
    "privacy",
    "solicitation",
    "spam_scam",
    "illegal",
    "disruption",
    "profanity",
]
Severity = Literal["none", "low", "medium", "high", "critical"]
Verdict = Literal["allow", "hold", "block", "none"]
Status = Literal["draft", "shadow", "live", "retired"]
Mode = Literal["live", "shadow"]
CaseKind = Literal["author_room", "raid", "quarrel", "room", "profile"]
Queue = Literal["general", "urgent", "child_safety", "care", "live"]
View = Literal["folded", "raw", "reading"]
MatchMode = Literal["substring", "token", "reading", "exact"]
TargetKind = Literal["streamer", "viewer", "third_party", "self", "none"]
AgeBand = Literal["minor", "adult"]
Role = Literal["viewer", "streamer", "moderator"]
Strictness = Literal["relaxed", "normal", "strict"]
KeyPart = Literal["author", "room", "target", "pair", "text"]
Member = Literal["author", "room", "target", "text"]
Measure = Literal["count", "distinct", "newcomers", "reports"]
Entity = Literal["author", "room"]

CATEGORIES: tuple[Category, ...] = get_args(Category)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""In rising order: the index is the rank."""
NEVER_LIFTED: frozenset[Category] = frozenset({"threat", "self_harm"})
"""Categories that no ``allow`` rule may lift; neither may it lift a ``minors`` rule."""
