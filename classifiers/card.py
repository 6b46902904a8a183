"""The model card: what a classifier was taught with, how well it does, and what it must not be used for."""

from collections.abc import Mapping
from typing import Any, Final

from classifiers.labels import CATEGORY_JA

INTENDED_USE: Final = (
    "Ranking and flagging Japanese live chat for people who moderate it. A person decides; "
    "a score by itself is no finding about anybody."
)
LIMITS: Final = (
    "It reads one message: harm that lies in several messages, in sound or in pictures is not seen.",
    "Taught with lines written for this project, so slang that came later is not known until it is taught.",
    "Probabilities hold for the assumed prior; a service with more or less harm must set its own.",
    "Figures below come from lines of the same authors as the training lines; expect less on foreign chat.",
    "Names of groups are not harm, but lines that name them may score higher than they should.",
)


def card_markdown(card: Mapping[str, Any]) -> str:
    """The card as a page for people."""
    versions, corpus = card["versions"], card["corpus"]
    lines = [
        "# Ibasho Japanese chat classifier",
        "",
        f"**Intended use.** {card['intended_use']}",
        "",
        "## Versions",
        *(f"- {name}: `{value}`" for name, value in versions.items()),
        "",
        "## Taught with",
        f"- corpus `{corpus['hash']}`: {corpus['lines']} lines, {corpus['held_out']} of them held out by group",
        f"- moderators' decisions `{card['decided']['hash']}`: {card['decided']['lines']} lines",
        f"- lexicon: {card['lexicon']['entries']} entries",
        f"- features: {card['features']}; assumed share of harmful messages: {card['assumed_prior']['harm']}",
        "",
        "## Figures on held-out groups",
        "",
        "| category | lines | positives | precision | recall | F1 | average precision | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for category, row in card["metrics"]["categories"].items():
        figures = " | ".join(_figure(row[name]) for name in ("precision", "recall", "f1", "ap", "ece"))
        name = CATEGORY_JA.get(category, category)
        lines.append(f"| {category} {name} | {row['n']} | {row['positives']} | {figures} |")
    lines += [
        "",
        "Precision and recall are taken at the suggested thresholds below; intervals are 95 % bootstrap by line.",
        "",
        "Calibration is measured with lines weighed to the assumed prior.",
        "",
        "## Reliability (said → true, in tenths of the weight, lines held out in turn)",
        *(
            f"- {category}: " + ", ".join(f"{said:.4f} → {true:.4f}" for said, true, _ in table)
            for category, table in card["reliability"].items()
        ),
        "",
        "## Suggested thresholds (probability at the assumed prior)",
        *(f"- {category}: {value:.4f}" for category, value in card["thresholds"].items()),
        "",
        "## Limits",
        *(f"- {limit}" for limit in card["limits"]),
        "",
    ]
    return "\n".join(lines)


def _figure(interval: Any) -> str:
    if interval is None:
        return "–"
    value, low, high = interval
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
