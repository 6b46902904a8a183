"""A backtest takes short cuts: it shares searches, windows and outcomes. It has to find what scoring finds all the same."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from classifiers.views import Views
from moderation.bootstrap import read_rule_files
from moderation.scoring.backtest import Backtest
from moderation.scoring.backtest_subjects import Archived, RoomKnown, Subjects
from moderation.scoring.detectors import fold_text
from moderation.scoring.room_talk import Talk
from moderation.scoring.ruleset import RuleSources
from moderation.settings import Settings
from rules.compile import compile_rules
from rules.subject import Recent
from rules.windows import ExactWindows
from tests.rules.support import SOUND
from tests.support.factories import NOON

SAMPLE = Path(__file__).resolve().parents[2] / "api" / "cli" / "sample" / "stream.jsonl"
CHANGES = (
    ("disruption/flood.yaml", "at_least: 8", "at_least: 3"),
    ("disruption/pile_on.yaml", "at_least: 5", "at_least: 2"),
    ("insult/die_command.yaml", "quoted: false", "quoted: true"),
)


def stream():
    """The first quarter of the sample stream, as the archive has it."""
    lines = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    said = [line["message"] | {"at": line["at"]} for line in lines if line["kind"] == "message"]
    for at, one in enumerate(said[:450]):
        author, score = one["author"]["id"], at % 100 / 100
        yield Archived(
            f"m{at}", one["text"], author, NOON - timedelta(days=at % 9), "viewer", "unknown", one["room_id"],
            "fps", f"streamer-{at % 2}", ("none", "streamer", "viewer")[at % 3], NOON + timedelta(seconds=one["at"] / 4),
            {"insult": score, "threat": 1 - score, "spam_scam": score / 2, "disruption": score / 2}, False, False,
        )  # fmt: skip


def known(messages):
    """Half of the rooms are strict and live, and every third author had a strike for a while."""
    rooms, authors = sorted({one.room_id for one in messages}), sorted({one.author_id for one in messages})
    middle = messages[len(messages) // 2].counted_at
    return {
        "rooms": {one: RoomKnown("a game", "fps", "strict", NOON - timedelta(hours=1)) for one in rooms[::2]},
        "strikes": {one: [(NOON, middle), (NOON - timedelta(days=9), middle)] for one in authors[::3]},
        "rescore": None,
    }


def engine_finds(rules, messages):
    """Rules that fire on each message, asked as scoring asks, windows counted one by one."""
    rule_set, windows = compile_rules(rules.loaded, fold=fold_text), ExactWindows()
    subjects, talks = Subjects(**known(messages)), defaultdict(Talk)
    for message in messages:
        views, talk = Views(message.text), talks[message.room_id]
        prepared = rule_set.prepare([subjects.of(message, views, talk)])
        values = windows.run([one.window_requests() for one in prepared])
        [hits] = rule_set.match(prepared, values)
        yield {hit.rule_id for hit in hits}
        talk.add(message.author_id, Recent(folded=views.folded, sent_at=message.counted_at))


def test_it_finds_what_the_live_engine_finds():
    live = read_rule_files(Settings())
    candidate = live.with_file("pack", "insult/repeated_at_target.yaml", None)
    for path, before, after in CHANGES:
        assert before in candidate.packs[path]
        candidate = candidate.with_file("pack", path, candidate.packs[path].replace(before, after))
    messages = list(stream())
    test = Backtest(candidate, live, since=NOON, until=NOON, decided={}, **known(messages))
    test.feed(messages)

    report = test.finish()

    new, old = list(engine_finds(candidate, messages)), list(engine_finds(live, messages))
    told = {
        rule.rule_id: (rule.hits.total, rule.new.total, rule.lost.total)
        for rule in report.rules
        if rule.hits.total or rule.lost.total
    }
    assert told == {
        rule_id: (
            sum(rule_id in found for found in new),
            sum(rule_id in found and rule_id not in before for found, before in zip(new, old, strict=True)),
            sum(rule_id in before and rule_id not in found for found, before in zip(new, old, strict=True)),
        )
        for rule_id in set().union(*new, *old)
    }
    assert len(told) >= 10
    assert told["disruption.flood"][1] > 0
    assert told["insult.repeated_at_target"][2] > 0


def test_reports_are_unknown_and_not_none():
    """The archive does not keep them: neither "there were three" nor "there were fewer" is certain."""
    live = RuleSources(packs={}, lists={})
    reported = SOUND.replace("terms: [だめなことば]", "not: {reports: {of: author, within: 1h, at_least: 3}}")
    candidate = live.with_file("pack", "insult/example.yaml", reported)
    given = {"since": NOON, "until": NOON, "rooms": {}, "strikes": {}, "decided": {}, "rescore": None}
    test = Backtest(candidate, live, **given)
    test.feed(stream())

    report = test.finish()

    assert (report.broken, report.hits.total, "reports" in report.unknown) == ((), 0, True)
