"""A list of terms as YAML text."""

from collections.abc import Mapping
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Quotes whatever could be read as something else than text, and indents lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002 - PyYAML's own
        return super().increase_indent(flow=flow, indentless=False)


def list_yaml(parts: Mapping[str, Any]) -> str:
    """The parts of a list (id, title, why, terms, except) as the text of its file."""
    content = {
        "id": parts["id"],
        "title": parts["title"],
        "why": parts["why"],
        "terms": [_Quoted(term) for term in parts["terms"]],
    }
    if parts.get("except"):
        content["except"] = [_Quoted(term) for term in parts["except"]]
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Quoted(str):
    """A term, always in quotes: on, 1 and ～ stay text."""

    __slots__ = ()


def _quoted(dumper: yaml.SafeDumper, text: _Quoted) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


_Dumper.add_representer(_Quoted, _quoted)
