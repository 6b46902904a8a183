"""Mappings: our categories in the words of OpenAI's moderation and of Perspective, as data.

Where a foreign word means what one of ours means, it has our score. Where it means two things at
once (hate that threatens), it has the lower of the two. Where it is wider (TOXICITY), it has the
highest of its parts. What we have no word for is left out of the table, never guessed.

Source: the definitions that OpenAI and Perspective publish for their own categories.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.scoring.signal import Signal
from moderation.scoring.verdict import Verdict
from moderation.taxonomy import Category, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text as the engine read it.

    Attributes:
        verdict: The engine's answer.
        minors: Probability that a minor is the one at risk, 0 to 1; 1 where a rule says so.
    """

    verdict: Verdict
    minors: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """What one foreign category is made of.

    Attributes:
        any_of: Our categories it covers; the highest score counts.
        beside: It needs one of these as well; the lower of the two sides counts.
        minors: It needs harm to a minor as well.
        severe_of: Hits of these categories count too where their rule rates them high or critical.
    """

    any_of: tuple[Category, ...]
    beside: tuple[Category, ...] = ()
    minors: bool = False
    severe_of: tuple[Category, ...] = ()

    def score(self, reading: Reading) -> float:
        """The foreign category's score, 0 to 1."""
        severe = [signal.score for signal in self._severe(reading.verdict)]
        found = max([_highest(reading.verdict, self.any_of), *severe])
        if self.beside:
            found = min(found, _highest(reading.verdict, self.beside))
        return min(found, reading.minors) if self.minors else found

    def reached(self, reading: Reading) -> bool:
        """Whether the house's own operating points are reached, on every side that it needs."""
        reached = set(reading.verdict.categories)
        return (
            (bool(reached.intersection(self.any_of)) or bool(self._severe(reading.verdict)))
            and (not self.beside or bool(reached.intersection(self.beside)))
            and (not self.minors or reading.verdict.minors)
        )

    def evidence(self, verdict: Verdict) -> list[Signal]:
        """The live signals behind the score."""
        wanted = {*self.any_of, *self.beside}
        plain = [one for one in verdict.signals if one.mode == "live" and one.category in wanted]
        return plain + [one for one in self._severe(verdict) if one.category not in wanted]

    def _severe(self, verdict: Verdict) -> list[Signal]:
        return [
            signal
            for signal in verdict.signals
            if signal.mode == "live"
            and signal.category in self.severe_of
            and signal.severity is not None
            and signal.severity.rank >= Severity.HIGH.rank
        ]


def _highest(verdict: Verdict, categories: tuple[Category, ...]) -> float:
    return max(verdict.category_scores.get(category, 0.0) for category in categories)


_TOXIC = (
    Category.INSULT,
    Category.THREAT,
    Category.IDENTITY_HATE,
    Category.SEXUAL_HARASSMENT,
    Category.SOLICITATION,
    Category.ILLEGAL,
    Category.DISRUPTION,
    Category.PROFANITY,
)

OPENAI_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
"""Every category of OpenAI's moderation answer; an answer holds all of them."""

OPENAI: Mapping[str, Counterpart] = {
    "harassment": Counterpart(any_of=(Category.INSULT, Category.DISRUPTION, Category.THREAT)),
    "harassment/threatening": Counterpart(any_of=(Category.THREAT,)),
    "hate": Counterpart(any_of=(Category.IDENTITY_HATE,)),
    "hate/threatening": Counterpart(any_of=(Category.IDENTITY_HATE,), beside=(Category.THREAT,)),
    "illicit": Counterpart(any_of=(Category.ILLEGAL, Category.SPAM_SCAM)),
    "illicit/violent": Counterpart(any_of=(Category.ILLEGAL,), beside=(Category.THREAT,)),
    "self-harm": Counterpart(any_of=(Category.SELF_HARM,)),
    "self-harm/instructions": Counterpart(any_of=(Category.SELF_HARM,)),
    "self-harm/intent": Counterpart(any_of=(Category.SELF_HARM,)),
    "sexual": Counterpart(any_of=(Category.SEXUAL_HARASSMENT,)),
    "sexual/minors": Counterpart(any_of=(Category.SEXUAL_HARASSMENT, Category.SOLICITATION), minors=True),
    "violence": Counterpart(any_of=(Category.THREAT,)),
}
"""OpenAI's categories in ours. ``violence/graphic`` has none: we do not tell how graphic a text is.

The three of self-harm are not told apart. A category with a slash also counts for the one before
it (a threat is harassment), as it does at OpenAI.
"""

_PRODUCTION: Mapping[str, Counterpart] = {
    "TOXICITY": Counterpart(any_of=_TOXIC),
    "SEVERE_TOXICITY": Counterpart(any_of=(Category.THREAT, Category.IDENTITY_HATE), severe_of=_TOXIC),
    "IDENTITY_ATTACK": Counterpart(any_of=(Category.IDENTITY_HATE,)),
    "INSULT": Counterpart(any_of=(Category.INSULT,)),
    "PROFANITY": Counterpart(any_of=(Category.PROFANITY,)),
    "THREAT": Counterpart(any_of=(Category.THREAT,)),
}

PERSPECTIVE: Mapping[str, Counterpart] = {
    **_PRODUCTION,
    "SEXUALLY_EXPLICIT": Counterpart(any_of=(Category.SEXUAL_HARASSMENT,)),
    "SPAM": Counterpart(any_of=(Category.SPAM_SCAM,)),
    **{f"{name}_EXPERIMENTAL": counterpart for name, counterpart in _PRODUCTION.items()},
}
"""Perspective's attributes in our categories; an ``_EXPERIMENTAL`` one is its name without that.

Who asks for TOXICITY alone, as most clients do, is told of all that drives people out of a room.
"""

PERSPECTIVE_WITHOUT = frozenset(
    {
        "AFFINITY_EXPERIMENTAL",
        "ATTACK_ON_AUTHOR",
        "ATTACK_ON_COMMENTER",
        "COMPASSION_EXPERIMENTAL",
        "CURIOSITY_EXPERIMENTAL",
        "FLIRTATION",
        "INCOHERENT",
        "INFLAMMATORY",
        "LIKELY_TO_REJECT",
        "NUANCE_EXPERIMENTAL",
        "OBSCENE",
        "PERSONAL_STORY_EXPERIMENTAL",
        "REASONING_EXPERIMENTAL",
        "RESPECT_EXPERIMENTAL",
        "UNSUBSTANTIAL",
    }
)
"""Attributes that Perspective has and we do not; it has none of them for Japanese either."""
