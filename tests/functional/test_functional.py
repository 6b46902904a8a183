"""The functional suite: named behaviours with their minimal-pair mirrors, as HateCheck has them.

A case is flagged as a moderator would meet it: classifier, rules and operating points together,
without windows. `shortfalls.yaml` lists the groups that are still below their floor, with the share
that is reached; nothing may fall below it, and a group that reaches its floor has to leave the list. It also
counts the lexicon's entries a category: who takes some out lowers the count, knowingly.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from classifiers.artefact import load
from classifiers.lexicon import Lexicon
from classifiers.model import Classifier
from classifiers.views import Views
from moderation.bootstrap import embedded_engine
from moderation.scoring.detectors import ClassifierBridge
from moderation.scoring.engine import Engine
from moderation.scoring.message import Author, Message, Room
from moderation.settings import Settings

FOLDER = Path(__file__).parent
NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)
SHORTFALLS = yaml.safe_load((FOLDER / "shortfalls.yaml").read_text(encoding="utf-8"))


def groups() -> Iterator[dict]:
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "shortfalls.yaml":
            yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


GROUPS = list(groups())


@pytest.fixture(scope="module")
def engine(model_dir):
    return embedded_engine(Settings(model_dir=model_dir))


@pytest.fixture(scope="module")
def flagged(engine):
    """Whether a text is flagged."""
    return flagged_by(engine)


def flagged_by(engine: Engine) -> dict[str, bool]:
    """All cases, scored in one batch."""
    texts = [text for group in GROUPS for text in group["cases"]]
    half = engine.begin([_message(text) for text in texts])
    verdicts = engine.finish(half, [None] * len(texts))
    return {text: verdict.flagged for text, verdict in zip(texts, verdicts, strict=True)}


def _message(text: str) -> Message:
    return Message(
        service="test",
        id="m",
        text=text,
        author=Author(id="u"),
        room=Room(id="r"),
        sent_at=NOW,
        received_at=NOW,
        counted_at=NOW,
    )


@cache
def floor(group: str) -> float:
    """What a group has to reach: its floor, or the share it is known to reach so far."""
    whole = next(one["floor"] for one in GROUPS if one["group"] == group)
    return SHORTFALLS["groups"].get(group, whole)


def share(group: dict, flagged: dict[str, bool]) -> float:
    right = [flagged[text] == (group["expect"] == "flag") for text in group["cases"]]
    return sum(right) / len(right)


def whole(polarity: str, flagged: dict[str, bool]) -> float:
    """The share of all cases to flag, or to allow, that are judged rightly."""
    cases = [text for group in GROUPS if group["expect"] == polarity for text in group["cases"]]
    return sum(flagged[text] == (polarity == "flag") for text in cases) / len(cases)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["group"])
def test_the_behaviour_holds(group, flagged):
    wrong = [text for text in group["cases"] if flagged[text] != (group["expect"] == "flag")]

    assert share(group, flagged) >= floor(group["group"]) - 1e-9, f"{group['behaviour']} Wrong: {wrong}"


def test_a_group_that_reaches_its_floor_leaves_the_list_of_shortfalls(flagged):
    reached = [
        group["group"]
        for group in GROUPS
        if group["group"] in SHORTFALLS["groups"] and share(group, flagged) >= group["floor"]
    ]

    assert reached == []


@pytest.mark.parametrize("polarity", ["flag", "allow"])
def test_the_suite_as_a_whole(polarity, flagged):
    assert whole(polarity, flagged) >= SHORTFALLS["whole"][polarity]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_suite_fails_when_entries_it_rests_on_are_gone(engine, model_dir, flagged, seed):
    """Of the entries that are the only ones in a harmful case, twenty drawn by lot are taken out."""
    artefact = load(model_dir)
    cases = [Views(text) for group in GROUPS if group["expect"] == "flag" for text in group["cases"]]
    found_in = [artefact.lexicon.find(case) for case in cases]
    gone = set(
        random.Random(seed).sample(sorted({hits[0].entry.id for hits in found_in if len(hits) == 1}), 20)
    )
    left = Lexicon(entry for entry in artefact.lexicon.entries if entry.id not in gone)
    poorer = replace(engine, text=ClassifierBridge(Classifier(replace(artefact, lexicon=left))))

    found = flagged_by(poorer)

    held = [group for group in GROUPS if share(group, flagged) >= floor(group["group"]) - 1e-9]
    fallen = [group["group"] for group in held if share(group, found) < floor(group["group"]) - 1e-9]
    assert fallen or whole("flag", found) < SHORTFALLS["whole"]["flag"]


def test_every_expression_is_found_in_itself_and_none_is_lost_unnoticed(model_dir):
    """Some twenty entries fewer, or entries that something else hides, fall below what `shortfalls.yaml` holds."""
    lexicon = load(model_dir).lexicon
    alive = Counter(
        entry.category
        for entry in lexicon.entries
        if any(hit.entry is entry for hit in lexicon.find(Views(entry.term)))
    )

    assert alive.total() == len(lexicon.entries)
    assert {name: alive[name] for name, known in SHORTFALLS["entries"].items() if alive[name] < known} == {}


def test_the_suite_is_as_large_as_promised():
    assert len(GROUPS) >= 35
    assert sum(len(group["cases"]) for group in GROUPS) >= 400


def test_every_case_stands_once_and_every_pair_exists():
    texts = [text for group in GROUPS for text in group["cases"]]
    names = {group["group"] for group in GROUPS}

    assert len(texts) == len(set(texts))
    assert all(group.get("pair", group["group"]) in names for group in GROUPS)
