"""Whatever is given, a command answers with a line that says what to do, and never with a traceback."""

import json
import socket
import subprocess
import sys

import pytest

from api.cli.main import COMMANDS
from moderation.settings import PROJECT

GROUPS = {
    "rules": ["check", "test"],
    "model": ["train", "evaluate", "check-corpus", "card", "export", "promote", "rollback", "status"],
    "trends": ["report"],
    "keys": ["create", "list", "revoke"],
    "users": ["add", "list", "disable"],
    "db": ["upgrade", "check", "seed"],
}


def assert_one_line(done, code, *says):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("ibasho: ")
    for part in says:
        assert part in done.stderr


@pytest.mark.parametrize(
    "command", [[name] for name in COMMANDS] + [[group, name] for group, names in GROUPS.items() for name in names],
    ids=" ".join,
)  # fmt: skip
def test_every_command_explains_itself(command, ibasho):
    done = ibasho(*command, "--help")

    assert done.returncode == 0
    assert "Usage: ibasho " + " ".join(command) in done.stdout


def test_the_help_loads_no_command():
    code = (
        "import sys, api.cli.main\n"
        "print([name for name in ('sqlalchemy', 'fastapi', 'sklearn', 'numpy', 'rq', 'redis') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [["scor"], ["serve", "--port", "x"], ["serve", "--port", "70000"], ["worker", "--only", "x"], ["score", "--foo"],
     ["report", "friend", "m-1", "--reporter", "u"], ["keys", "create", "s", "--scope", "all"],
     ["users", "add", "u", "--role", "boss"], ["demo", "--port", "-1"], ["model", "train", "--seed", "-1"]],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_word_on_the_command_line_is_named(arguments, ibasho):
    done = ibasho(*arguments)

    assert done.returncode == 2
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


NEED_A_DATABASE = [
    ["serve"], ["worker"], ["trends", "report"], ["keys", "list"], ["keys", "create", "s"], ["keys", "revoke", "k"],
    ["users", "list"], ["users", "add", "u", "--role", "lead", "--generate"], ["users", "disable", "u"], ["db", "seed"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", NEED_A_DATABASE, ids=" ".join)
def test_a_missing_migration_is_named_with_its_mending(fresh, arguments, ibasho):
    assert_one_line(ibasho(*arguments, settings=fresh), 2, "run `ibasho db upgrade`")


@pytest.mark.parametrize("arguments", [*NEED_A_DATABASE, ["db", "upgrade"], ["db", "check"]], ids=" ".join)
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "IBASHO_DATABASE_URL: 'nonsense' is not a database URL"),
        ("mysql://x/y", "'mysql' is not supported"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
    ],
    ids=["nonsense", "mysql", "nobody there"],
)
def test_a_wrong_database_url_is_named(fresh, arguments, url, says, ibasho):
    done = ibasho(*arguments, settings=fresh, env={"IBASHO_DATABASE_URL": url})

    assert_one_line(done, 2)
    assert says in done.stderr or "Cannot migrate" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IBASHO_PORTT", "1", "Unknown setting IBASHO_PORTT"),
        ("IBASHO_PORT", "many", "IBASHO_PORT"),
        ("IBASHO_LOG_LEVEL", "loud", "IBASHO_LOG_LEVEL"),
        ("IBASHO_RULES_DIR", "/no/such/folder", "no such folder"),
    ],
)
def test_a_wrong_setting_is_named(fresh, name, value, says, model_dir, ibasho):
    assert_one_line(ibasho("score", settings=fresh, env={name: value}), 2, says)


class TestServe:
    @pytest.fixture
    def ready(self, sqlite_settings, model_dir):
        return sqlite_settings

    def test_a_taken_port_is_named(self, ready, ibasho):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            assert_one_line(ibasho("serve", "--port", port, settings=ready), 2, f"Port {port} is taken")

    def test_an_address_that_is_not_ours_is_named(self, ready, ibasho):
        assert_one_line(ibasho("serve", "--host", "192.0.2.1", settings=ready), 2, "192.0.2.1")

    def test_a_missing_classifier_is_named(self, ready, tmp_path, ibasho):
        done = ibasho("serve", settings=ready, env={"IBASHO_MODEL_DIR": str(tmp_path / "none")})

        assert_one_line(done, 2, "ibasho model train")

    def test_a_broken_classifier_is_named(self, ready, model_dir, tmp_path, ibasho):
        for name in ("meta.json", "lexicon.npz", "lexicon.json", "card.json"):
            (tmp_path / name).write_bytes((model_dir / name).read_bytes())
        (tmp_path / "model.npz").write_bytes(b"no arrays")

        done = ibasho("serve", settings=ready, env={"IBASHO_MODEL_DIR": str(tmp_path)})

        assert_one_line(done, 2, "model.npz", "ibasho model train")


class TestRules:
    def test_problems_are_one_line_each(self, tmp_path, ibasho):
        (tmp_path / "packs" / "insult").mkdir(parents=True)
        (tmp_path / "lists").mkdir()
        (tmp_path / "packs" / "insult" / "bad.yaml").write_text("id: insult.bad\ntitel: x\n")
        (tmp_path / "packs" / "insult" / "worse.yaml").write_text("a: [1\n")
        (tmp_path / "packs" / "insult" / "bytes.yaml").write_bytes(b"\xff\xfe\x00")

        done = ibasho("rules", "check", tmp_path / "packs", "--lists", tmp_path / "lists")

        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        for name in ("bad", "worse", "bytes"):
            assert f"insult/{name}.yaml" in done.stdout

    def test_our_own_rules_hold(self, ibasho):
        assert ibasho("rules", "check").returncode == 0

    def test_an_unknown_rule_is_named(self, ibasho):
        done = ibasho("rules", "test", "--rule", "insult.nothing")

        assert (done.returncode, done.stdout) == (1, "insult.nothing: there is no rule of this id\n")

    def test_a_missing_folder_is_named(self, tmp_path, ibasho):
        assert_one_line(ibasho("rules", "check", tmp_path / "none"), 2, "none: no such folder")


class TestModel:
    def test_bad_corpus_rows_are_named_by_file_and_line(self, tmp_path, ibasho):
        (tmp_path / "rows.jsonl").write_text('{"text": "x"}\nnot json\n')

        for command in (["model", "check-corpus"], ["model", "train", "--to", tmp_path / "to"]):
            done = ibasho(*command, "--corpus", tmp_path / "rows.jsonl")

            assert done.returncode == 1
            assert "rows.jsonl:1: lacks" in done.stderr
            assert "rows.jsonl:2: not JSON" in done.stderr
            assert "Traceback" not in done.stderr
        assert not (tmp_path / "to").exists()

    def test_too_few_rows_are_refused(self, tmp_path, ibasho):
        row = {
            "text": "やあ",
            "categories": [],
            "minors": False,
            "target": "none",
            "register": "casual",
            "group": "g",
        }
        (tmp_path / "rows.jsonl").write_text(json.dumps(row))

        done = ibasho("model", "train", "--corpus", tmp_path / "rows.jsonl", "--to", tmp_path / "to")

        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_a_row_that_stands_in_a_foreign_file_is_named(self, tmp_path, ibasho):
        text = "きょうの配信はいつもより音が小さい気がする"
        row = {
            "text": text,
            "categories": [],
            "minors": False,
            "target": "none",
            "register": "casual",
            "group": "g",
        }
        (tmp_path / "rows.jsonl").write_text(json.dumps(row))
        (tmp_path / "foreign.jsonl").write_text(json.dumps({"text": f"{text}。"}) + "\n")
        (tmp_path / "foreign.txt").write_text("べつの話\n", encoding="utf-8")

        check = ["model", "check-corpus", "--corpus", tmp_path / "rows.jsonl", "--against"]

        assert ibasho(*check, tmp_path / "foreign.txt").returncode == 0
        copied = ibasho(*check, tmp_path / "foreign.jsonl")
        assert copied.returncode == 1
        assert "rows.jsonl:1: stands" in copied.stdout

    def test_a_file_to_measure_on_must_have_labels(self, tmp_path, model_dir, ibasho):
        (tmp_path / "rows.jsonl").write_text("nonsense\n")

        done = ibasho("model", "evaluate", tmp_path / "rows.jsonl", "--model", model_dir)

        assert_one_line(done, 1, "rows.jsonl:1")


class TestReport:
    def test_a_missing_key_is_named(self, ibasho):
        assert_one_line(ibasho("report", "message", "m-1", "--reporter", "u-1"), 2, "IBASHO_API_KEY")

    @pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1:1", "http://[bad", "ftp://x"])
    def test_a_wrong_url_is_named(self, url, ibasho):
        done = ibasho("report", "message", "m-1", "--reporter", "u-1", "--key", "k", "--url", url)

        assert_one_line(done, 2, url, "is --url right?")


class TestPeople:
    def test_an_unknown_user_and_key_are_named(self, sqlite_settings, ibasho):
        assert_one_line(ibasho("users", "disable", "nobody", settings=sqlite_settings), 1, "No user 'nobody'")
        assert_one_line(ibasho("keys", "revoke", "nothing", settings=sqlite_settings), 1, "No key 'nothing'")

    def test_a_short_password_is_refused(self, sqlite_settings, ibasho):
        add = ["users", "add", "u", "--role", "lead", "--password-stdin"]

        assert_one_line(ibasho(*add, settings=sqlite_settings, input=b"short\n"), 1, "at least 10 characters")

    def test_without_a_terminal_it_says_how_to_give_a_password(self, sqlite_settings, ibasho):
        assert_one_line(
            ibasho("users", "add", "u", "--role", "lead", settings=sqlite_settings), 1, "--generate"
        )
