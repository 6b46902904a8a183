"""What is published about the rule language is true."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rules.conditions.tree import KINDS
from rules.load import load_folder
from rules.schema import SCHEMA, rule_schema
from rules.term_list import TermList

DOCS = Path("docs/rules.md")


def keys(schema: Any) -> set[str]:
    """Every key that a rule file may hold."""
    found: set[str] = set()
    todo = [schema]
    for part in todo:
        if isinstance(part, dict):
            found |= set(part.get("properties", {}))
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return found


def test_the_published_schema_is_the_models():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == rule_schema()


def test_the_schema_takes_every_rule_of_ours_and_refuses_a_mistyped_key():
    validator = jsonschema.Draft202012Validator(rule_schema())
    rules = load_folder().rules

    for item in rules:
        validator.validate(item.document.data)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**rules[0].document.data, "titel": "x"})


def test_every_key_is_explained_in_the_docs():
    text = DOCS.read_text(encoding="utf-8")

    assert (
        sorted(
            key
            for key in keys(rule_schema()) | set(TermList.model_json_schema()["properties"])
            if f"`{key}`" not in text
        )
        == []
    )


def test_the_docs_name_no_key_that_does_not_exist():
    rows = re.findall(r"^\| `([a-z_]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    known = keys(rule_schema()) | set(TermList.model_json_schema()["properties"]) | set(KINDS)

    assert rows
    assert [row for row in rows if row not in known] == []


def test_every_field_of_the_language_has_a_description():
    bare: list[str] = []
    todo = [rule_schema()]
    for part in todo:
        for name, field in part.get("properties", {}).items():
            if isinstance(field, dict) and "description" not in field and "$ref" not in field:
                bare.append(name)
        todo.extend(value for value in part.get("$defs", {}).values())
    assert bare == []
