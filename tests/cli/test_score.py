"""`ibasho score`: one row a line whatever comes in, and no server."""

import json
import subprocess
import sys

import pytest

from moderation.settings import PROJECT
from tests.support.servers import environment

pytestmark = pytest.mark.usefixtures("model_dir")

WIRE = {
    "id",
    "verdict",
    "review",
    "severity",
    "category_scores",
    "categories",
    "minors",
    "target",
    "signals",
    "rules",
}


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def score(ibasho, fresh, given):
    return ibasho("score", settings=fresh, input=given.encode() if isinstance(given, str) else given)


def test_text_lines_become_rows_with_line_numbers(fresh, ibasho):
    done = score(ibasho, fresh, "ナイスプレイ！\n\nお前マジで死ね\n")

    fine, bad = rows(done)
    assert done.returncode == 0
    assert fine.keys() >= WIRE
    assert (fine["id"], fine["verdict"], fine["review"]) == ("1", "allow", False)
    assert (bad["id"], bad["review"]) == ("3", True)
    assert bad["severity"] in ("high", "critical")
    assert "insult" in bad["categories"]
    [span] = next(signal for signal in bad["signals"] if signal["source"].startswith("rule:"))["spans"]
    assert "お前マジで死ね"[span["start"] : span["end"]] == span["text"] == "死ね"


def test_json_lines_keep_their_ids_and_may_have_other_keys(fresh, ibasho):
    done = score(
        ibasho,
        fresh,
        '{"id": "a", "text": "おはよう", "lang": "ja"}\n{"id": 7, "text": "こんばんは"}\n{"text": "x"}\n',
    )

    assert [row["id"] for row in rows(done)] == ["a", 7, "3"]
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        (b'{"id": "b"}', "b", "lacks `text`"),
        (b'{"id": "b", "text": 5}', "b", "must be text"),
        (b'{"id": true, "text": "x"}', "2", "`id` must be"),
        (b"{broken", "2", "not JSON"),
        (b"[1]", "2", "must be a JSON object"),
        (b'{"id": "b", "text": "\xff"}', "2", "not UTF-8"),
        (b"[" * 100_000, "2", "not JSON"),
        (json.dumps({"id": "b", "text": "あ" * 10_001}).encode(), "b", "10,001 code points"),
    ],
    ids=[
        "no text",
        "text is a number",
        "id is a boolean",
        "not JSON",
        "a list",
        "not UTF-8",
        "deep",
        "too long",
    ],
)
def test_a_bad_line_gets_a_row_and_the_rest_is_scored(fresh, line, name, why, ibasho):
    done = score(ibasho, fresh, b'{"id": "a", "text": "x"}\n' + line + b'\n{"id": "c", "text": "y"}\n')

    first, bad, last = rows(done)
    assert (first["verdict"], last["verdict"]) == ("allow", "allow")
    assert (bad["id"], bad["verdict"]) == (name, None)
    assert "line 2" in bad["error"]
    assert why in bad["error"]
    assert done.returncode == 1
    assert done.stderr == "ibasho: 1 lines could not be scored; their rows say why.\n"


@pytest.mark.parametrize(
    "text",
    ["あ" * 10_000, "\u200b\u200c\u200d", "\ud800", "\x00", "é" * 50, "　", "👨‍👩‍👧‍👦"],
    ids=["longest", "zero width", "half a pair", "NUL", "marks", "wide space", "family"],
)
def test_any_text_is_scored(fresh, text, ibasho):
    done = score(ibasho, fresh, json.dumps({"id": "a", "text": text}))

    [row] = rows(done)
    assert (row["id"], row["verdict"]) == ("a", "allow")
    assert done.returncode == 0


def test_a_file_is_read_and_a_missing_one_named(fresh, tmp_path, ibasho):
    (tmp_path / "chat.txt").write_text("\ufeffおはよう\r\nやあ\r\n", encoding="utf-8")

    assert [row["id"] for row in rows(ibasho("score", tmp_path / "chat.txt", settings=fresh))] == ["1", "2"]
    missing = ibasho("score", tmp_path / "nothing", settings=fresh)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "nothing: No such file" in missing.stderr


def test_empty_input_is_no_rows(fresh, ibasho):
    done = score(ibasho, fresh, "")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_reader_that_leaves_ends_it_quietly(fresh, tmp_path):
    (tmp_path / "many.txt").write_text("やあ\n" * 5_000, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "score", tmp_path / "many.txt"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT, env=environment(fresh),
    )  # fmt: skip
    process.stdout.readline()
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) != 0


def test_the_same_lines_give_the_same_rows(fresh, ibasho):
    given = "お前マジで死ね\nLINE交換しよ\nおつかれさま\n"

    assert score(ibasho, fresh, given).stdout == score(ibasho, fresh, given).stdout


def test_it_loads_neither_the_web_server_nor_scikit_learn(fresh, tmp_path):
    (tmp_path / "chat.txt").write_text("やあ\n", encoding="utf-8")
    code = (
        "import sys; sys.argv = ['ibasho', 'score', sys.argv[1]]\n"
        "from api.cli.main import run\n"
        "try: run()\n"
        "finally: print([name for name in ('sklearn', 'scipy', 'fastapi', 'uvicorn', 'rq') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "chat.txt"],
        capture_output=True, text=True, cwd=PROJECT, env=environment(fresh), check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
