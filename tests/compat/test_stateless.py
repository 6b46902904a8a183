"""Compatible endpoints leave nothing behind: no row, no key, no line with the text."""

import json
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from moderation.storage.redis import connect
from tests.support.factories import body
from tests.support.servers import ApiServer

MARK = "アサガオノ9173"
"""Stands in every text sent; it may be found nowhere afterwards."""
TEXT = f"お前ほんとに死ねよ {MARK}"


def rows(data: Path) -> dict[str, int]:
    """Rows of every table of both databases."""
    counts = {}
    for name in ("ibasho.db", "archive.db"):
        engine = create_engine(f"sqlite:///{data / name}")
        with engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                counts[f"{name}:{table}"] = connection.scalar(text(f'SELECT count(*) FROM "{table}"'))
        engine.dispose()
    return counts


def kinds_of_keys(server: ApiServer) -> set[bytes]:
    """What Redis holds, by the second part of its keys' names."""
    with connect(server.settings.redis_url) as client:
        return {key.split(b":")[1] for key in client.scan_iter()}


def files_with_the_text(server: ApiServer) -> list[Path]:
    """Databases, their logs, and the server's log."""
    paths = [path for path in server.settings.data_dir.rglob("*") if path.is_file()]
    return [path for path in [*paths, server.log] if MARK.encode() in path.read_bytes()]


def score(server: ApiServer) -> None:
    """The ordinary way, which does leave traces: what the tests below compare with."""
    with server.client() as client:
        assert client.post("/v1/score", json=body(TEXT)).json()["review"]


def use(server: ApiServer) -> None:
    """Both endpoints, with success and with a refusal."""
    asked = {
        "comment": {"text": TEXT},
        "requestedAttributes": {"TOXICITY": {}},
        "doNotStore": False,
        "spanAnnotations": True,
    }
    with server.client() as client:
        openai = client.post("/v1/moderations", json={"input": [TEXT, TEXT]})
        google = client.post("/v1alpha1/comments:analyze", json=asked)
        refused = client.post("/v1alpha1/comments:analyze", json=asked | {"languages": ["en"]})
    assert openai.json()["results"][0]["flagged"]
    assert google.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.5
    assert refused.status_code == 400
    for answer in (openai, google, refused):
        assert MARK not in json.dumps(answer.json(), ensure_ascii=False)


def test_a_flagged_text_leaves_nothing_where_the_ordinary_way_leaves_its_traces(server):
    data = server.settings.data_dir
    rows_before, keys_before = rows(data), kinds_of_keys(server)

    use(server)
    assert rows(data) == rows_before
    assert not {b"w", b"scored"} & (kinds_of_keys(server) - keys_before)
    assert files_with_the_text(server) == []

    score(server)
    assert rows(data) != rows_before
    assert {b"w", b"scored"} <= kinds_of_keys(server) - keys_before
    assert files_with_the_text(server) != []
