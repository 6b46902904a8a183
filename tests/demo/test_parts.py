"""The demo's parts: the stream as requests, the receiver, and the sums that must add up."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook

from api.cli.demo.hands import Forms
from api.cli.demo.receiver import Receiver
from api.cli.demo.replay import Replayed
from api.cli.demo.stream import posts, read_stream
from api.cli.demo.summary import Outcome
from moderation.errors import Misconfigured
from moderation.storage.census import ArchiveCensus, Census
from moderation.storage.webhooks.endpoints import new_secret
from moderation.taxonomy import Severity

NOW = datetime(2026, 8, 20, 3, tzinfo=UTC)


class TestStream:
    @pytest.fixture
    def sent(self):
        return list(posts(read_stream(), now=NOW))

    def test_nothing_is_left_out_and_order_is_kept(self, sent):
        lines = read_stream()
        items = [
            item["id"] for post in sent for key in post.body if key != "replay" for item in post.body[key]
        ]

        assert items == [line[line["kind"]]["id"] for line in lines]
        assert sum(post.items for post in sent) == len(lines) > 1_500

    def test_its_week_ends_now(self, sent):
        times = [
            datetime.fromisoformat(m["sent_at"])
            for p in sent
            if p.kind == "message"
            for m in p.body["messages"]
        ]

        assert times == sorted(times)
        assert NOW - timedelta(days=7) <= times[0]
        assert NOW - timedelta(hours=12) < times[-1] <= NOW

    def test_messages_carry_what_their_room_and_author_are(self, sent):
        messages = [message for post in sent if post.kind == "message" for message in post.body["messages"]]

        assert all(message["room"]["game"] for message in messages)
        assert any(message["room"].get("live_viewers") for message in messages)
        assert all(datetime.fromisoformat(m["author"]["created_at"]) < NOW for m in messages)

    def test_old_times_are_asked_to_be_believed(self, sent):
        assert all(post.body["replay"] for post in sent if post.kind == "message")

    @pytest.mark.parametrize("text", ["nonsense\n", None])
    def test_a_missing_or_broken_file_is_named(self, tmp_path, text):
        path = tmp_path / "stream.jsonl"
        if text is not None:
            path.write_text(text)
        with pytest.raises(Misconfigured, match=r"stream\.jsonl"):
            read_stream(path)


class TestReceiver:
    @pytest.fixture
    def receiver(self):
        receiver = Receiver(secret=new_secret())
        yield receiver, receiver.start()
        receiver.stop()

    def deliver(self, url, secret, webhook_id="w1"):
        body, at = '{"type": "case.decided"}', datetime.now(UTC)
        signature = Webhook(secret).sign(webhook_id, at, body)
        headers = {
            "webhook-id": webhook_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature,
        }  # fmt: skip
        return httpx2.post(url, content=body, headers=headers).status_code

    def test_a_genuine_event_counts_once_however_often_it_comes(self, receiver):
        taker, url = receiver

        assert [self.deliver(url, taker.secret) for _ in range(2)] == [204, 204]
        assert taker.types() == {"case.decided": 1}

    def test_a_wrong_signature_is_refused_and_counted(self, receiver):
        taker, url = receiver

        assert self.deliver(url, new_secret()) == 401
        assert (taker.types(), taker.refused) == ({}, 1)


def test_forms_of_a_page_are_found_with_their_hidden_fields():
    page = """<form action="/a/next"><input type="hidden" name="csrf" value="t"></form>
              <form action="/a/decide"><input type=hidden name=version value="3"><input name="note"></form>"""

    assert Forms(page).fields("/next") == {"csrf": "t"}
    assert Forms(page).fields("/decide") == {"version": "3"}
    assert Forms(page).fields("/undo") is None


class TestSums:
    def outcome(self, **changed):
        counts = {
            "messages": 3, "hits": frozenset({"m1"}), "reports": 2, "archived": 3, "counted": 3, "webhooks": 4,
            "refused": 0, "waiting": 0, "degraded": 0, "errors": [],
        } | changed  # fmt: skip
        replayed = Replayed(
            sent=Counter({"message": 3, "report": 2}), verdicts=Counter({"allow": counts["messages"]}),
            flagged={"m1"}, degraded=counts["degraded"], errors=counts["errors"],
        )  # fmt: skip
        store = Census(
            cases=dict.fromkeys(Severity, 0), open_cases=0, hits=counts["hits"], decisions=1, reports=counts["reports"],
            inquiries=0, events=0, waiting={"webhook": counts["waiting"], "recorder": 0}, delivered=4,
        )  # fmt: skip
        archive = ArchiveCensus(messages=counts["archived"], buckets=1, counted=counts["counted"])
        return Outcome(
            replayed=replayed, decided=1, store=store, archive=archive, webhooks=counts["webhooks"],
            refused_webhooks=counts["refused"], webhook_types={},
        )  # fmt: skip

    def test_a_run_in_which_all_arrived_has_no_problems(self):
        assert self.outcome().problems() == []

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"hits": frozenset()}, "1 flagged messages stand in no case, e.g. m1"),
            ({"archived": 2}, "messages archived: 2, expected 3"),
            ({"counted": 4}, "messages in the hourly counts: 4, expected 3"),
            ({"messages": 2}, "messages answered: 2, expected 3"),
            ({"reports": 1}, "reports kept: 1, expected 2"),
            ({"webhooks": 3}, "webhooks verified by the receiver: 3, expected 4"),
            ({"refused": 1}, "webhooks with a wrong signature: 1, expected 0"),
            ({"waiting": 1}, "webhooks that still wait: 1, expected 0"),
            ({"degraded": 1}, "answers with a part missing: 1, expected 0"),
            ({"errors": ["m2: refused"]}, "m2: refused"),
        ],
    )
    def test_whatever_is_missing_is_named(self, changed, says):
        assert says in self.outcome(**changed).problems()
