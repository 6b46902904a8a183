"""The JSON Schema of rule files, for editors; ``rules/rule.schema.json`` is its published copy."""

from pathlib import Path
from typing import Any, Final

from rules.rule import Rule

SCHEMA: Final = Path(__file__).parent / "rule.schema.json"
"""The published copy."""


def rule_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one rule file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ibasho rule",
        **{key: value for key, value in Rule.model_json_schema(by_alias=True).items() if key != "title"},
    }
