"""The examples of docs/client.md do what they say."""

import json
import os
import re
import shutil
import subprocess

import pytest

import api.client
from moderation.settings import PROJECT

PAGE = (PROJECT / "docs" / "client.md").read_text(encoding="utf-8")


def examples(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def shell(code, server, folder):
    code = code.replace("http://127.0.0.1:8080", server.url)
    run = subprocess.run(
        ["/bin/sh", "-ec", code], cwd=folder, env=os.environ | {"IBASHO_API_KEY": server.key},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return run.stdout


def test_the_curl_examples(shared_server, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    one, lines = examples("sh")
    message = {"id": "m-9", "text": "おはよう", "author": {"id": "u-1"}, "room": {"id": "r-1"}}
    (tmp_path / "messages.jsonl").write_text(
        "\n".join(json.dumps(message | {"id": f"n-{n}"}) for n in range(3))
    )

    assert json.loads(shell(one, shared_server, tmp_path))["verdict"] == "allow"
    shell(lines, shared_server, tmp_path)
    rows = (tmp_path / "verdicts.jsonl").read_text().splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["n-0", "n-1", "n-2"]


def test_the_node_example(shared_server, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    [code] = examples("js")
    ask = "console.log(JSON.stringify(await score(process.argv[2], process.argv[3], JSON.parse(process.argv[4]))));"
    (tmp_path / "try.mjs").write_text(code + ask)
    message = json.dumps({"id": "m-3", "text": "こんにちは", "author": {"id": "u-1"}, "room": {"id": "r-1"}})

    run = subprocess.run(
        [node, "try.mjs", shared_server.url, shared_server.key, message],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["verdict"] == "allow"


def test_the_python_example(shared_server):
    code = (
        examples("python")[0]
        .replace("http://127.0.0.1:8080", shared_server.url)
        .replace("ibasho_…", shared_server.key)
    )

    exec(compile(code, "docs/client.md", "exec"), {})


def test_every_method_it_names_is_there():
    methods = set(re.findall(r"`(\w+)\(", PAGE[PAGE.index("| method") : PAGE.index("In a batch")]))

    assert methods >= {"score", "score_batch", "score_all", "report", "events", "approve"}
    for kind in (api.client.Client, api.client.AsyncClient):
        assert all(callable(getattr(kind, method)) for method in methods)
