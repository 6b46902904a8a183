"""The name of a rule in signals and records: ``rule:insult.die@2``."""

import re
from typing import NamedTuple

_SOURCE = re.compile(r"rule:([a-z_]+\.[a-z0-9_]+)@([0-9]+)")


class RuleSource(NamedTuple):
    """One version of one rule."""

    rule_id: str
    version: int

    def __str__(self) -> str:
        return f"rule:{self.rule_id}@{self.version}"


def parse_source(source: str) -> RuleSource | None:
    """The rule a signal comes from; None where it comes from something else.

    >>> parse_source("rule:insult.die@2")
    RuleSource(rule_id='insult.die', version=2)
    """
    found = _SOURCE.fullmatch(source)
    return None if found is None else RuleSource(found[1], int(found[2]))
