"""Send the sample stream through the real HTTP API, and remember what was answered."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from api.cli.demo.stream import Post
from moderation.errors import StoreUnavailable

SECONDS_TO_ANSWER = 60.0
TRIES = 5


@dataclass(slots=True)
class Replayed:
    """What was sent, and what came back.

    Attributes:
        sent: Items by kind.
        verdicts: Messages by verdict.
        flagged: Ids of the messages that went to a case.
        degraded: Messages answered with a part missing.
        errors: Items that were refused, with the reason.
    """

    sent: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    flagged: set[str] = field(default_factory=set)
    degraded: int = 0
    errors: list[str] = field(default_factory=list)


def replay(client: httpx2.Client, posts: Sequence[Post], *, tell: Callable[[int], None]) -> Replayed:
    """Send each request in order, again where the server was away: every id counts once.

    Raises:
        StoreUnavailable: The server stays away.
    """
    done = Replayed()
    for post in posts:
        answer = _send(client, post)
        done.sent[post.kind] += post.items
        if not answer.is_success:
            done.errors.append(f"{post.path}: {answer.status_code} {answer.text[:300]}")
        elif post.kind == "message":
            _note(done, answer.json()["results"])
        tell(post.items)
    return done


def _send(client: httpx2.Client, post: Post) -> httpx2.Response:
    for attempt in range(1, TRIES + 1):
        try:
            answer = client.post(post.path, json=post.body, timeout=SECONDS_TO_ANSWER)
        except httpx2.TransportError as error:
            why = str(error)
        else:
            if answer.status_code != 503:  # noqa: PLR2004 - nothing was accepted: the same again
                return answer
            why = answer.text[:300]
        time.sleep(0.5 * attempt)
    raise StoreUnavailable(f"The demo's own server does not answer {post.path}: {why}")


def _note(done: Replayed, results: Sequence[dict[str, Any]]) -> None:
    for result in results:
        if "error" in result:
            done.errors.append(f"{result['id']}: {result['error'].get('detail', result['error'])}")
            continue
        done.verdicts[result["verdict"]] += 1
        done.degraded += result["degraded"]
        if result["review"] or result["verdict"] != "allow":
            done.flagged.add(result["id"])
